"""What a job may do that continues another: it begins nothing that may have happened already."""

from datetime import timedelta

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import DEAD_LETTER, LOSSES_IN_A_ROW, Job, JobStatus
from taskforce.core.jobs.ports import Claims
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.jobs.signals import OUTCOME
from taskforce.core.jobs.steps import Effect
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import LEASE, a_lease
from tests.stage import Script, Stage

IN_THE_MIDDLE = "step.start:pay"
LONG = timedelta(minutes=1)


class Register:
    """Takes money, and counts how often."""

    def __init__(self, *, failures: int = 0) -> None:
        self.payments = 0
        self._failures = failures

    async def __call__(self) -> str:
        self.payments += 1
        if self.payments <= self._failures:
            raise OSError("no line")
        return "paid"


def paying(register: Register, *, retry: RetryPolicy | None = None) -> Script:
    """Pay once, and fail unless it was paid."""

    async def play(_: Job, ctx: JobContext) -> JsonObject:
        policy = retry or RetryPolicy()
        return {"said": await ctx.step("pay", register, type=str, retry=policy, effect=Effect.ONCE)}

    return play


async def cut_off(stage: Stage) -> Job:
    """Return a cancelled job whose worker died while it paid."""
    stage.trap.place = IN_THE_MIDDLE
    job = await stage.run()
    return await cancelled(stage, job)


async def cancelled(stage: Stage, job: Job) -> Job:
    return await stage.store.cancel(job.id, project=DEFAULT_PROJECT)


async def questions(stage: Stage, job: Job) -> list[str]:
    return [wait.key for wait in await stage.store.waits(job.id)]


async def said(stage: Stage, job: Job) -> tuple[JobStatus, object]:
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    return outcome.status, outcome.result and outcome.result["said"]


async def test_a_once_step_that_was_under_way_in_a_cancelled_job_becomes_a_question_in_its_retry() -> None:
    register = Register()
    stage = Stage(paying(register))
    again = await stage.again(await cut_off(stage))
    assert (register.payments, again.status) == (0, JobStatus.WAITING)
    assert await questions(stage, again) == ["pay@outcome/1"]
    assert [type_ for _, type_, _ in await stage.log(again.id)] == ["started", "approval_required"]
    await stage.answer(again.id, "pay@outcome/1", OUTCOME, {"decision": "result", "output": "by hand"})
    await stage.settle()
    assert (register.payments, await said(stage, again)) == (0, (JobStatus.SUCCEEDED, "by hand"))


async def test_a_once_step_whose_job_became_a_dead_letter_becomes_a_question_in_its_retry() -> None:
    register = Register()
    stage = Stage(paying(register))
    job_id = await stage.submit()
    stage.trap.place = IN_THE_MIDDLE
    await stage.play_one()
    for _ in range(LOSSES_IN_A_ROW):
        await stage.store.claim(Claims(kinds=stage.player.kinds), a_lease())
        stage.clock.pass_(seconds=LEASE.total_seconds() + 1)
    dead = await stage.job(job_id)
    assert dead.outcome is not None
    assert dead.outcome.failure is not None
    assert dead.outcome.failure.code == DEAD_LETTER
    again = await stage.again(dead)
    assert (register.payments, await questions(stage, again)) == (0, ["pay@outcome/1"])


async def test_a_question_that_nobody_answered_is_asked_again_by_the_next_that_continues() -> None:
    register = Register()
    stage = Stage(paying(register))
    second = await stage.again(await cut_off(stage))
    third = await stage.again(await cancelled(stage, second))
    assert (register.payments, await questions(stage, third)) == (0, ["pay@outcome/1"])
    await stage.answer(third.id, "pay@outcome/1", OUTCOME, {"decision": "skip"})
    await stage.settle()
    assert (register.payments, await said(stage, third)) == (0, (JobStatus.FAILED, None))


async def test_what_a_person_said_to_repeat_and_was_cut_off_again_is_asked_of_the_later_try() -> None:
    register = Register()
    stage = Stage(paying(register))
    second = await stage.again(await cut_off(stage))
    stage.trap.place = IN_THE_MIDDLE
    await stage.answer(second.id, "pay@outcome/1", OUTCOME, {"decision": "repeat"})
    await stage.settle()
    third = await stage.again(await cancelled(stage, second))
    assert (register.payments, await questions(stage, third)) == (0, ["pay@outcome/2"])


async def test_what_a_person_said_to_skip_stays_skipped() -> None:
    register = Register()
    stage = Stage(paying(register))
    second = await stage.again(await cut_off(stage))
    await stage.answer(second.id, "pay@outcome/1", OUTCOME, {"decision": "skip"})
    await stage.settle()
    third = await stage.again(await stage.job(second.id))
    assert (register.payments, await said(stage, third)) == (0, (JobStatus.FAILED, None))


async def test_a_word_on_an_earlier_jobs_try_is_none_on_the_try_of_the_same_number() -> None:
    register = Register(failures=1)
    stage = Stage(paying(register))
    stage.trap.place = IN_THE_MIDDLE
    first = await stage.run()
    await stage.answer(first.id, "pay@outcome/1", OUTCOME, {"decision": "repeat"})
    await stage.settle()
    failed = await stage.job(first.id)
    assert (register.payments, failed.status) == (1, JobStatus.FAILED)
    stage.trap.place = IN_THE_MIDDLE
    second = await stage.again(failed)
    assert (register.payments, await questions(stage, second)) == (1, ["pay@outcome/1"])


async def test_a_word_that_its_job_did_not_live_to_hear_is_asked_for_again() -> None:
    register = Register()
    stage = Stage(paying(register))
    stage.trap.place = IN_THE_MIDDLE
    first = await stage.run()
    await stage.answer(first.id, "pay@outcome/1", OUTCOME, {"decision": "repeat"})
    second = await stage.again(await cancelled(stage, first))
    assert (register.payments, await questions(stage, second)) == (0, ["pay@outcome/1"])


@pytest.mark.parametrize("tries", [1, 2])
async def test_what_failed_for_certain_is_tried_again_with_all_its_pauses(tries: int) -> None:
    register = Register(failures=tries + 1)
    stage = Stage(paying(register, retry=RetryPolicy(attempts=tries, first=LONG, factor=1)))
    failed = await stage.run()
    for _ in range(tries - 1):
        stage.clock.pass_(seconds=61)
        await stage.settle()
    failed = await stage.job(failed.id)
    assert (register.payments, failed.status) == (tries, JobStatus.FAILED)
    again = await stage.again(failed)
    assert register.payments == tries + 1
    assert again.status is (JobStatus.FAILED if tries == 1 else JobStatus.WAITING)


async def test_a_childs_once_step_becomes_a_question_in_the_child_that_gets_another_chance() -> None:
    register = Register()

    async def parent(_: Job, ctx: JobContext) -> JsonObject:
        return await ctx.child("shop", "child", {})

    stage = Stage(parent, child=paying(register))
    second = await stage.again(await cut_off(stage))
    child = next(job for job in stage.store.jobs() if job.parent == second.id)
    assert (register.payments, await questions(stage, child)) == (0, ["pay@outcome/1"])
    await stage.answer(child.id, "pay@outcome/1", OUTCOME, {"decision": "repeat"})
    await stage.settle()
    assert (register.payments, await said(stage, second)) == (1, (JobStatus.SUCCEEDED, "paid"))
