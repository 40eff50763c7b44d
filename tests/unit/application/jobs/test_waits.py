"""A job that waits costs no worker, and hears of its signal exactly once."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import TIMED_OUT, ChildFailed, JobFailed, WaitNotOpen
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.jobs.signals import ANSWER, TIMER
from tests.stage import Stage


async def asking(_: Job, ctx: JobContext) -> JsonObject:
    signal = await ctx.wait_for("ask", ANSWER)
    return {"answer": signal.payload["answer"], "by": signal.by}


async def test_a_wait_parks_the_job_and_the_answer_wakes_it() -> None:
    stage = Stage(asking)
    job = await stage.run()
    assert (job.status, job.lease, stage.plays) == (JobStatus.WAITING, None, 1)
    await stage.answer(job.id, "ask", ANSWER, {"answer": "yes"})
    await stage.settle()
    ended = await stage.job(job.id)
    assert ended.outcome is not None
    assert ended.outcome.result == {"answer": "yes", "by": "ann"}


async def test_a_second_answer_is_refused() -> None:
    stage = Stage(asking)
    job = await stage.run()
    await stage.answer(job.id, "ask", ANSWER, {"answer": "yes"})
    with pytest.raises(WaitNotOpen):
        await stage.answer(job.id, "ask", ANSWER, {"answer": "no"})


async def test_a_wait_with_an_end_goes_on_by_the_timer() -> None:
    async def script(job: Job, ctx: JobContext) -> JsonObject:
        signal = await ctx.wait_for("ask", ANSWER, until=job.created_at + timedelta(minutes=5))
        return {"signal": signal.name}

    stage = Stage(script)
    job = await stage.run()
    assert job.status is JobStatus.WAITING
    stage.clock.pass_(seconds=301)
    await stage.settle()
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result == {"signal": TIMER}


async def test_an_answer_that_came_before_the_timer_holds() -> None:
    async def script(job: Job, ctx: JobContext) -> JsonObject:
        signal = await ctx.wait_for("ask", ANSWER, until=job.created_at + timedelta(minutes=5))
        return {"signal": signal.name}

    stage = Stage(script)
    job = await stage.run()
    stage.clock.pass_(seconds=301)
    await stage.answer(job.id, "ask", ANSWER, {})
    await stage.settle()
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result == {"signal": ANSWER}


async def test_three_nested_children_end_one_after_the_other_in_one_place() -> None:
    async def nesting(job: Job, ctx: JobContext) -> JsonObject:
        depth = job.input["depth"]
        assert isinstance(depth, int)
        if depth == 0:
            return {"sum": 0}
        below = await ctx.child("below", "written", {"depth": depth - 1})
        assert isinstance(below["sum"], int)
        return {"sum": below["sum"] + depth}

    stage = Stage(nesting)
    job = await stage.run({"depth": 3})
    assert job.outcome is not None
    assert job.outcome.result == {"sum": 6}
    assert {other.root for other in stage.store.jobs()} == {job.id}


async def test_a_childs_failure_is_raised_in_its_parent() -> None:
    async def parent(_: Job, ctx: JobContext) -> JsonObject:
        try:
            await ctx.child("below", "failing", {})
        except ChildFailed as failed:
            return {"reason": failed.reason}
        return {}

    async def failing(_: Job, __: JobContext) -> JsonObject:
        raise JobFailed("broken", "It broke.")

    stage = Stage(parent, failing=failing)
    job = await stage.run()
    assert job.outcome is not None
    assert job.outcome.result == {"reason": "broken"}


async def test_a_gather_parks_when_every_branch_waits() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def branch(name: str) -> str:
            return str((await ctx.wait_for(name, ANSWER)).payload["answer"])

        names = [f"ask/{number}" for number in range(6)]
        found = await ctx.gather({name: partial(branch, name) for name in names}, limit=2)
        return dict(found)

    stage = Stage(script)
    job = await stage.run()
    assert job.status is JobStatus.WAITING
    assert len(await stage.store.waits(job.id)) == 6
    for number in range(6):
        await stage.answer(job.id, f"ask/{number}", ANSWER, {"answer": str(number)})
        await stage.settle()
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result == {f"ask/{number}": str(number) for number in range(6)}


async def test_branches_that_work_go_on_while_others_wait() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def waiting() -> str:
            return str((await ctx.wait_for("ask", ANSWER)).payload["answer"])

        async def working() -> str:
            for number in range(3):
                await ctx.step(f"work/{number}", _nothing, type=int)
            return "worked"

        return dict(await ctx.gather({"waiting": waiting, "working": working}))

    stage = Stage(script)
    job = await stage.run()
    assert job.status is JobStatus.WAITING
    assert len((await stage.store.load(job)).steps) == 3
    await stage.answer(job.id, "ask", ANSWER, {"answer": "ok"})
    await stage.settle()
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result == {"waiting": "ok", "working": "worked"}


async def test_the_first_branch_that_fails_ends_the_others() -> None:
    reached: list[str] = []

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def failing() -> str:
            raise JobFailed("broken", "It broke.")

        async def slow() -> str:
            await asyncio.sleep(5)
            reached.append("slow")
            return ""

        async def waiting() -> str:
            await ctx.wait_for("ask", ANSWER)
            return ""

        await ctx.gather({"slow": slow, "waiting": waiting, "failing": failing})
        return {}

    stage = Stage(script)
    job = await stage.run()
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "broken"
    assert reached == []


async def test_a_gather_within_a_gather_parks_too() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def ask(name: str) -> str:
            return str((await ctx.wait_for(name, ANSWER)).payload["answer"])

        async def inner(name: str) -> dict[str, str]:
            return await ctx.gather({end: partial(ask, f"{name}/{end}") for end in "ab"}, limit=1)

        found = await ctx.gather({name: partial(inner, name) for name in "xyz"}, limit=1)
        return {name: "".join(ends.values()) for name, ends in found.items()}

    stage = Stage(script)
    job = await stage.run()
    for wait in ["x/a", "x/b", "y/a", "y/b", "z/a", "z/b"]:
        assert (await stage.job(job.id)).status is JobStatus.WAITING
        await stage.answer(job.id, wait, ANSWER, {"answer": wait[-1]})
        await stage.settle()
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result == {"x": "ab", "y": "ab", "z": "ab"}


async def _nothing() -> int:
    return 0


async def test_a_child_that_failed_gets_another_chance_when_its_parent_is_retried() -> None:
    failures = ["once"]

    async def parent(_: Job, ctx: JobContext) -> JsonObject:
        return await ctx.child("below", "flaky", {})

    async def flaky(_: Job, __: JobContext) -> JsonObject:
        if failures:
            raise JobFailed("broken", failures.pop())
        return {"ok": True}

    stage = Stage(parent, flaky=flaky)
    failed = await stage.run()
    again = await stage.again(failed)
    assert (failed.status, again.status) == (JobStatus.FAILED, JobStatus.SUCCEEDED)


async def test_a_child_is_cancelled_when_its_time_is_up_and_goes_on_when_its_parent_is_retried() -> None:
    async def parent(job: Job, ctx: JobContext) -> JsonObject:
        return await ctx.child("below", "slow", {}, until=job.created_at + timedelta(minutes=5))

    async def slow(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.wait_for("ask", ANSWER)
        return {}

    stage = Stage(parent, slow=slow)
    begun = await stage.run()
    stage.clock.pass_(seconds=301)
    await stage.settle()
    failed = await stage.job(begun.id)
    assert failed.outcome is not None
    assert failed.outcome.failure is not None
    assert failed.outcome.failure.code == TIMED_OUT
    (child,) = (job for job in stage.store.jobs() if job.kind == "slow")
    assert child.status is JobStatus.CANCELLED
    again = await stage.again(failed)
    (other,) = (job for job in stage.store.jobs() if job.parent == again.id)
    assert (again.status, other.continues) == (JobStatus.WAITING, child.id)


async def test_a_child_whose_time_was_up_before_it_began_is_never_played() -> None:
    async def parent(job: Job, ctx: JobContext) -> JsonObject:
        with pytest.raises(ChildFailed, match="took longer"):
            await ctx.child("below", "slow", {}, until=job.created_at)
        return {}

    async def slow(_: Job, __: JobContext) -> JsonObject:
        raise AssertionError("it was played")

    stage = Stage(parent, slow=slow)
    assert (await stage.run()).status is JobStatus.SUCCEEDED
    (child,) = (job for job in stage.store.jobs() if job.kind == "slow")
    assert child.status is JobStatus.CANCELLED


async def test_a_child_that_was_not_waited_for_is_not_named() -> None:
    async def parent(_: Job, ctx: JobContext) -> JsonObject:
        with pytest.raises(LookupError, match="'below'"):
            ctx.child_of("below")
        return {}

    assert (await Stage(parent).run()).status is JobStatus.SUCCEEDED


async def test_a_moment_that_has_passed_does_not_wake_a_later_wait() -> None:
    async def script(job: Job, ctx: JobContext) -> JsonObject:
        await ctx.sleep("nap", job.created_at + timedelta(minutes=1))
        await ctx.wait_for("ask", ANSWER)
        return {}

    stage = Stage(script)
    job = await stage.run()
    stage.clock.pass_(seconds=61)
    await stage.settle()
    assert ((await stage.job(job.id)).status, stage.plays) == (JobStatus.WAITING, 2)


async def test_a_pause_between_tries_is_kept_when_another_branch_wakes_the_job() -> None:
    tries: list[int] = []

    async def failing() -> int:
        tries.append(1)
        raise OSError("not yet")

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        policy = RetryPolicy(attempts=3, first=timedelta(hours=1))

        async def branch() -> int:
            return await ctx.step("flaky", failing, type=int, retry=policy)

        async def asking() -> int:
            await ctx.wait_for("ask", ANSWER)
            return 0

        return dict(await ctx.gather({"flaky": branch, "asking": asking}))

    stage = Stage(script)
    job = await stage.run()
    await stage.answer(job.id, "ask", ANSWER, {})
    await stage.settle()
    assert ((await stage.job(job.id)).status, len(tries)) == (JobStatus.WAITING, 1)


async def test_a_branch_that_fails_while_the_others_wait_fails_the_gather() -> None:
    async def script(job: Job, ctx: JobContext) -> JsonObject:
        async def waiting() -> str:
            await ctx.wait_for("ask", ANSWER, until=job.created_at + timedelta(hours=1))
            return ""

        async def failing() -> str:
            await ctx.step("work", _nothing, type=int)
            raise JobFailed("broken", "It broke.")

        try:
            await ctx.gather({"waiting": waiting, "failing": failing})
        except JobFailed as failed:
            await ctx.wait_for("then", ANSWER)
            return {"caught": failed.reason}
        return {}

    stage = Stage(script)
    job = await stage.run()
    assert job.status is JobStatus.WAITING
    await stage.answer(job.id, "then", ANSWER, {})
    await stage.settle()
    outcome = (await stage.job(job.id)).outcome
    assert outcome is not None
    assert outcome.result == {"caught": "broken"}
