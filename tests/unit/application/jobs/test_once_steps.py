"""A step that is to be done once is never begun again without a person's word, in none of its tries."""

from datetime import timedelta

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import StepFailed
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.jobs.signals import OUTCOME
from taskforce.core.jobs.steps import Effect
from tests.stage import Script, Stage

PAUSE = timedelta(seconds=1)
LONG = timedelta(minutes=1)


def paying(tries: list[str], *, failing: int, retry: RetryPolicy) -> Script:
    """Pay once; so many of the first tries fail before any money moves."""

    async def pay() -> str:
        tries.append("try")
        if len(tries) <= failing:
            raise OSError("no line")
        return "paid"

    async def play(_: Job, ctx: JobContext) -> JsonObject:
        try:
            return {"said": await ctx.step("pay", pay, type=str, retry=retry, effect=Effect.ONCE)}
        except StepFailed as failed:
            return {"said": failed.message}

    return play


async def said(stage: Stage, job: Job) -> object:
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result is not None
    return outcome.result["said"]


async def test_a_second_try_that_was_under_way_when_its_worker_died_becomes_a_question_too() -> None:
    tries: list[str] = []
    stage = Stage(paying(tries, failing=1, retry=RetryPolicy(attempts=3, first=timedelta())))
    stage.trap.place = "step.done:pay"
    job = await stage.run()
    assert (tries, job.status) == (["try"] * 2, JobStatus.WAITING)
    assert [wait.name for wait in await stage.store.waits(job.id)] == [OUTCOME]
    await stage.answer(job.id, "pay@outcome/2", OUTCOME, {"decision": "result", "output": "paid"})
    await stage.settle()
    assert (tries, await said(stage, job)) == (["try"] * 2, "paid")


async def test_tries_are_counted_across_crashes() -> None:
    tries: list[str] = []
    stage = Stage(paying(tries, failing=9, retry=RetryPolicy(attempts=2, first=timedelta())))
    stage.trap.place = "step.retrying.recorded:pay"
    job = await stage.run()
    assert (tries, await said(stage, job)) == (["try"] * 2, "OSError: no line")


async def test_a_repeat_by_a_persons_word_is_one_of_the_tries() -> None:
    tries: list[str] = []
    stage = Stage(paying(tries, failing=9, retry=RetryPolicy(attempts=2, first=timedelta())))
    stage.trap.place = "step.start:pay"
    job = await stage.run()
    assert (tries, job.status) == ([], JobStatus.WAITING)
    await stage.answer(job.id, "pay@outcome/1", OUTCOME, {"decision": "repeat"})
    await stage.settle()
    assert (tries, await said(stage, job)) == (["try"], "OSError: no line")


@pytest.mark.parametrize("pause", [PAUSE, LONG])
async def test_a_worker_that_dies_between_two_tries_leaves_no_question(pause: timedelta) -> None:
    tries: list[str] = []
    stage = Stage(paying(tries, failing=1, retry=RetryPolicy(attempts=3, first=pause)))
    stage.trap.place = "step.retrying.recorded:pay"
    job = await stage.run()
    if job.status is JobStatus.WAITING:
        assert [wait.key for wait in await stage.store.waits(job.id)] == ["pay@retry/1"]
        stage.clock.pass_(seconds=61)
        await stage.settle()
    assert (tries, await said(stage, job)) == (["try"] * 2, "paid")


async def test_a_pause_is_waited_for_without_an_intent() -> None:
    tries: list[str] = []
    stage = Stage(paying(tries, failing=1, retry=RetryPolicy(attempts=3, first=LONG)))
    job = await stage.run()
    assert (tries, job.status) == (["try"], JobStatus.WAITING)
    stage.clock.pass_(seconds=61)
    await stage.settle()
    assert (tries, await said(stage, job)) == (["try"] * 2, "paid")
