"""A simulation as a job: it goes on where it was left, whoever left it, and leaves nothing behind."""

from taskforce.application.jobs.erasing import Erasing
from taskforce.core.jobs.model import JobStatus
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.jobs.memory_pruning import MemoryJobPruning
from tests.stage import Crash
from tests.unit.application.scenarios.counting import CountingStage


async def test_a_crash_loses_no_slice_that_is_on_record() -> None:
    stage = CountingStage()
    stage.trap.place = "step.done.recorded:slice/1"
    job = await stage.hand_in()
    await stage.settle()
    assert stage.counter.began == [0, 2]
    assert await stage.made_by(await stage.job(job)) == ["1 by 1", "2 by 1", "3 by 2", "4 by 2"]


async def test_a_run_that_succeeded_leaves_no_state() -> None:
    stage = CountingStage()
    job = await stage.hand_in()
    await stage.settle()
    assert (await stage.job(job)).status is JobStatus.SUCCEEDED
    assert stage.left_by(job) == []


async def test_one_state_lies_in_the_store_at_a_time() -> None:
    stage = CountingStage()
    seen: list[int] = []

    async def look(_: int) -> None:
        seen.append(len([key for key in stage.parts.keys if "/state/" in key]))

    stage.counter.meanwhile = look
    await stage.hand_in()
    await stage.settle()
    assert seen == [0, 1, 1, 1]


async def test_a_play_that_has_lost_its_lease_spoils_no_state_of_the_one_that_took_over() -> None:
    stage = CountingStage()

    async def be_overtaken(key: str) -> None:
        if stage.counter.began == [0] and "/state/" in key and len(stage.left_by(job)) == 4:
            stage.clock.pass_(seconds=60)
            await stage.play_one()

    async def die(number: int) -> None:
        if stage.counter.began == [0, 2] and number == 4:
            raise Crash("the one that took over dies, too, and the first one writes what it has")

    stage.parts.meanwhile = be_overtaken
    stage.counter.meanwhile = die
    job = await stage.hand_in()
    await stage.settle()
    assert stage.counter.began == [0, 2, 3]
    made = await stage.made_by(await stage.job(job))
    assert made == ["1 by 1", "2 by 1", "3 by 2", "4 by 3"]


async def test_a_cancelled_run_keeps_its_last_state_for_a_retry_that_goes_on_from_it() -> None:
    stage = CountingStage()

    async def cancel(number: int) -> None:
        if number == 3 and stage.counter.began == [0]:
            await stage.store.cancel(job, project=DEFAULT_PROJECT)
            raise ValueError("whatever ends the play")

    stage.counter.meanwhile = cancel
    job = await stage.hand_in()
    await stage.settle()
    ended = await stage.job(job)
    assert ended.status.is_over
    left = stage.left_by(job)
    assert [key.split("/")[2] for key in left] == ["replication", "replication", "state"]
    again = await stage.again(ended)
    assert stage.counter.began == [0, 2]
    assert await stage.made_by(again) == ["1 by 1", "2 by 1", "3 by 2", "4 by 2"]
    assert stage.left_by(again.id) == []
    assert stage.left_by(job) == left  # it may be retried once more
    assert await stage.made_by(await stage.again(ended)) == ["1 by 1", "2 by 1", "3 by 3", "4 by 3"]


async def test_what_a_cancelled_run_keeps_is_gone_once_it_is_pruned() -> None:
    stage = CountingStage()

    async def cancel(number: int) -> None:
        if number == 3:
            await stage.store.cancel(job, project=DEFAULT_PROJECT)
            raise ValueError("whatever ends the play")

    stage.counter.meanwhile = cancel
    job = await stage.hand_in()
    await stage.settle()
    assert len(stage.left_by(job)) == 3
    pruning = MemoryJobPruning(stage.store, by_subject=())
    stage.clock.pass_(seconds=60)
    await pruning.prune(job, before=stage.clock.now(), at=stage.clock.now())
    await Erasing(pruning=pruning, artifacts=stage.parts).all()
    assert stage.left_by(job) == []


async def test_an_evaluation_moves_what_is_left_of_a_hundred_percent() -> None:
    stage = CountingStage()
    seen: list[tuple[float, str]] = []

    async def look() -> None:
        progress = (await stage.job(job)).progress
        seen.append((progress.percent, progress.message))
        stage.clock.pass_(seconds=1)  # as often a row moves at least

    stage.lists.meanwhile = look
    job = await stage.hand_in()
    await stage.settle()
    assert seen[1:] == [(98.0, "evaluating")]


async def test_more_records_than_can_be_evaluated_fail_the_run_once_they_are_there() -> None:
    stage = CountingStage(most_bytes=len("1 by 1") * 2)
    job = await stage.hand_in()
    await stage.settle()
    outcome = (await stage.job(job)).outcome
    assert outcome is not None
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.failure.message[:15]) == ("too_many_records", "3 replications ")
