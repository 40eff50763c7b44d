"""What is recorded is not done again."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.jobs.signals import OUTCOME
from taskforce.core.jobs.steps import Effect, Ruling, Subject
from tests.stage import Stage


class Counter:
    """Counts how often it was called, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.calls = 0
        self._failures = failures

    async def __call__(self) -> int:
        self.calls += 1
        if self.calls <= self._failures:
            raise OSError(f"try {self.calls}")
        return self.calls


def twelve_steps(counters: list[Counter]) -> Stage:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        total = 0
        for number, counter in enumerate(counters):
            await ctx.emit(f"about/{number}", Event(type="about", message=str(number)))
            total += await ctx.step(f"step/{number}", counter, type=int)
        return {"total": total}

    return Stage(script)


async def test_a_job_that_plays_through_keeps_its_result_and_a_gapless_log() -> None:
    stage = twelve_steps([Counter() for _ in range(3)])
    job = await stage.run()
    assert job.status is JobStatus.SUCCEEDED
    assert job.outcome is not None
    assert job.outcome.result == {"total": 3}
    log = await stage.log(job.id)
    assert [number for number, _, _ in log] == list(range(1, 6))
    assert [type_ for _, type_, _ in log] == ["started", "about", "about", "about", "complete"]


PLACES = [
    f"step.{moment}:step/{number}" for number in range(12) for moment in ("start", "done", "done.recorded")
]


@pytest.mark.parametrize("place", [*PLACES, "job.ending", "job.ended"])
async def test_a_crash_anywhere_repeats_at_most_the_step_under_way(place: str) -> None:
    counters = [Counter() for _ in range(12)]
    stage = twelve_steps(counters)
    stage.trap.place = place
    job = await stage.run()
    assert job.status is JobStatus.SUCCEEDED
    repeated = [number for number, counter in enumerate(counters) if counter.calls > 1]
    moment, _, key = place.partition(":")
    assert repeated == ([int(key.removeprefix("step/"))] if moment == "step.done" else [])
    assert [type_ for _, type_, _ in await stage.log(job.id)] == ["started", *["about"] * 12, "complete"]


async def test_a_final_failure_is_recorded_and_raised_again_on_replay() -> None:
    counter = Counter(failures=99)
    seen: list[str] = []

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        try:
            await ctx.step("bad", counter, type=int)
        except StepFailed as failed:
            seen.append(failed.message)
        await ctx.sleep("nap", datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
        return {}

    stage = Stage(script)
    job_id = await stage.submit()
    await stage.settle()
    stage.clock.pass_(seconds=61)
    await stage.settle()
    assert (await stage.job(job_id)).status is JobStatus.SUCCEEDED
    assert counter.calls == 1
    assert seen == ["OSError: try 1"] * 2


async def test_tries_are_counted_across_crashes() -> None:
    counter = Counter(failures=2)
    policy = RetryPolicy(attempts=3, first=timedelta(seconds=10))

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        return {"got": await ctx.step("flaky", counter, type=int, retry=policy)}

    stage = Stage(script)
    stage.trap.place = "step.retrying.recorded:flaky"
    job_id = await stage.submit()
    for _ in range(6):
        await stage.settle()
        stage.clock.pass_(seconds=30)
    job = await stage.job(job_id)
    assert counter.calls == 3
    assert job.outcome is not None
    assert job.outcome.result == {"got": 3}


async def test_an_uncaught_step_failure_fails_the_job_with_its_code() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        return {"got": await ctx.step("bad", Counter(failures=9), type=int)}

    job = await Stage(script).run()
    assert job.status is JobStatus.FAILED
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "step_failed"
    assert job.outcome.failure.details == {"step": "bad"}


async def test_a_key_said_twice_fails_the_job() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.step("same", Counter(), type=int)
        await ctx.step("same", Counter(), type=int)
        return {}

    job = await Stage(script).run()
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "key_used_twice"
    assert "test_steps.py" in job.outcome.failure.traceback


async def test_a_step_inserted_later_does_not_shift_recorded_ones() -> None:
    first, inserted, second = Counter(), Counter(), Counter()
    with_insertion = False

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.step("first", first, type=int)
        if with_insertion:
            await ctx.step("inserted", inserted, type=int)
        await ctx.step("second", second, type=int)
        return {}

    stage = Stage(script)
    stage.trap.place = "job.ending"
    job_id = await stage.submit()
    await stage.play_one()
    with_insertion = True
    await stage.settle()
    assert (await stage.job(job_id)).status is JobStatus.SUCCEEDED
    assert (first.calls, inserted.calls, second.calls) == (1, 1, 1)


async def test_an_output_passes_through_json_on_first_play_too() -> None:
    seen: list[object] = []

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def pair() -> tuple[int, datetime]:
            return (1, datetime(2026, 1, 1, tzinfo=UTC))

        async def loose() -> object:
            return (1, 2)

        seen.append(await ctx.step("typed", pair, type=tuple[int, datetime]))
        seen.append(await ctx.step("loose", loose, type=object))
        return {}

    await Stage(script).run()
    assert seen == [(1, datetime(2026, 1, 1, tzinfo=UTC)), [1, 2]]


async def test_a_long_output_goes_to_the_artifact_store_and_comes_back() -> None:
    seen: list[int] = []

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def long() -> str:
            return "x" * 2_000_000

        seen.append(len(await ctx.step("long", long, type=str)))
        await ctx.sleep("nap", datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
        return {}

    stage = Stage(script)
    job_id = await stage.submit()
    await stage.settle()
    stage.clock.pass_(seconds=61)
    await stage.settle()
    assert seen == [2_000_000, 2_000_000]
    assert [artifact.ref.kind for artifact in await stage.store.artifacts(job_id)] == ["step"]


async def test_a_step_that_takes_too_long_times_out() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def slow() -> int:
            await asyncio.sleep(5)
            return 1

        return {"got": await ctx.step("slow", slow, type=int, timeout=timedelta(milliseconds=10))}

    job = await Stage(script).run()
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "timed_out"


@pytest.mark.parametrize(
    ("payload", "calls", "result"),
    [
        ({"decision": "repeat"}, 2, {"got": 2}),
        ({"decision": "result", "output": 42}, 1, {"got": 42}),
        ({"decision": "skip"}, 1, None),
    ],
)
async def test_a_once_step_that_was_under_way_waits_for_a_persons_word(
    payload: JsonObject, calls: int, result: JsonObject | None
) -> None:
    counter = Counter()

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        return {"got": await ctx.step("pay", counter, type=int, effect=Effect.ONCE)}

    stage = Stage(script)
    stage.trap.place = "step.done:pay"
    job_id = await stage.submit()
    await stage.settle()
    job = await stage.job(job_id)
    assert (job.status, counter.calls) == (JobStatus.WAITING, 1)
    assert (await stage.log(job_id))[-1][1] == "approval_required"
    await stage.answer(job_id, "pay@outcome/1", OUTCOME, payload)
    await stage.settle()
    outcome = (await stage.job(job_id)).outcome
    assert counter.calls == calls
    assert outcome is not None
    assert outcome.result == result
    assert outcome.failure is None or outcome.failure.code == "skipped"


async def test_a_once_step_that_crashes_again_asks_again() -> None:
    counter = Counter()

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        return {"got": await ctx.step("pay", counter, type=int, effect=Effect.ONCE)}

    stage = Stage(script)
    stage.trap.place = "step.done:pay"
    job_id = await stage.submit()
    await stage.settle()
    stage.trap.place = "step.done:pay"
    await stage.answer(job_id, "pay@outcome/1", OUTCOME, {"decision": "repeat"})
    await stage.settle()
    assert [wait.key for wait in await stage.store.waits(job_id)] == ["pay@outcome/2"]


@pytest.mark.parametrize(
    ("decision", "calls", "failure"), [("repeat", 2, None), ("skip", 1, ("skipped", "Skipped by the rules."))]
)
async def test_what_is_ruled_beforehand_is_asked_of_nobody_and_told(
    decision: Literal["repeat", "skip"], calls: int, failure: tuple[str, str] | None
) -> None:
    counter = Counter()
    ruling = Ruling(decision=decision, by="the rules")
    subject = Subject(name="Paying", details={"sum": 5}, ruling=ruling)

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        return {"got": await ctx.step("pay", counter, type=int, effect=Effect.ONCE, subject=subject)}

    stage = Stage(script)
    stage.trap.place = "step.done:pay"
    job = await stage.run()
    assert (counter.calls, await stage.store.waits(job.id)) == (calls, ())
    assert job.outcome is not None
    found = job.outcome.failure
    assert (found and (found.code, found.message)) == failure
    told = (await stage.store.events(job.id, after=1, limit=1))[0].event
    said = {"by": "the rules", "decision": decision, "reason": "unknown_after_crash", "step": "pay", "sum": 5}
    assert told.type == "answered"
    assert said.items() <= told.details.items()


async def test_what_is_recorded_of_a_step_can_be_seen_before_it_is_played() -> None:
    seen: list[object] = []
    counter = Counter()

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        for key in ("first", "last"):
            seen.append(await ctx.recall(key, type=int))
            await ctx.step(key, counter, type=int)
        return {}

    stage = Stage(script)
    stage.trap.place = "step.start:last"
    await stage.run()
    assert (seen, counter.calls) == ([None, None, 1, None], 2)


async def test_a_failure_that_is_recorded_is_raised_when_it_is_looked_at() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        with contextlib.suppress(StepFailed):
            await ctx.step("flaky", Counter(failures=1), type=int)
        await ctx.recall("flaky", type=int)
        return {}

    job = await Stage(script).run()
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.message == "OSError: try 1"


async def test_a_retry_reuses_what_was_done_and_tries_again_what_failed() -> None:
    done, flaky = Counter(), Counter(failures=1)

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.emit("said", Event(type="said"))
        await ctx.step("done", done, type=int)
        return {"got": await ctx.step("flaky", flaky, type=int)}

    stage = Stage(script)
    failed = await stage.run()
    again = await stage.again(failed)
    assert (failed.status, again.status) == (JobStatus.FAILED, JobStatus.SUCCEEDED)
    assert (done.calls, flaky.calls) == (1, 2)
    assert again.continues == failed.id
    assert [type_ for _, type_, _ in await stage.log(again.id)] == ["started", "said", "complete"]


async def test_moments_and_ids_are_the_same_on_replay() -> None:
    seen: list[tuple[datetime, str]] = []

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        seen.append((ctx.now("when"), ctx.new_id("which")))
        await ctx.sleep("nap", datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
        return {}

    stage = Stage(script)
    await stage.submit()
    await stage.settle()
    stage.clock.pass_(seconds=61)
    await stage.settle()
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_three_losses_in_a_row_without_a_step_are_a_dead_letter() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        return {"got": await ctx.step("deadly", Counter(), type=int)}

    stage = Stage(script)
    job_id = await stage.submit()
    for _ in range(4):
        stage.trap.place = "step.start:deadly"
        await stage.play_one()
    job = await stage.job(job_id)
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "dead_letter"
    assert [type_ for _, type_, _ in await stage.log(job_id)] == ["started", "error", "complete"]
