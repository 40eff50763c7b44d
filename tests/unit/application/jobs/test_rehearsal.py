"""A rehearsal: a program over what is recorded; nothing is done, and the first departure stops it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from taskforce.application.jobs.rehearsal import (
    Departed,
    EventDiffers,
    RecordEnds,
    Rehearsal,
    StepMissing,
)
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import ChildFailed, JobFailed, KeyUsedTwice, StepFailed
from taskforce.core.jobs.events import Delta, Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER
from taskforce.core.jobs.steps import Effect
from tests.stage import Script, Stage

LONG = "x" * 2_000_000


async def rehearse(stage: Stage, job: Job, script: Script) -> JsonObject:
    """Play a script over what a job has recorded."""
    log = await stage.store.events(job.id, after=0, limit=10_000)
    record = await stage.store.load(job)
    ctx = Rehearsal(job=job, record=record, log=log, artifacts=stage.artifacts)
    result = await script(job, ctx)
    ctx.check_all_is_told()
    return result


class Deeds:
    """Counts what is done in the world."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def do(self, name: str) -> str:
        self.done.append(name)
        return name


def saying(text: str, **details: Any) -> Event:  # noqa: ANN401 - any JSON
    return Event(type="said", message=text, details=details)


async def test_everything_that_was_recorded_is_given_again_and_nothing_is_done() -> None:
    deeds = Deeds()

    async def everything(_: Job, ctx: JobContext) -> JsonObject:
        first = await ctx.step("first", lambda: deeds.do("a"), type=str)
        assert await ctx.recall("first", type=str) == first
        assert await ctx.recall("never", type=str) is None
        long = await ctx.step("long", lambda: deeds.do(LONG), type=str)
        await ctx.emit("told", saying(first, at=[1, 2.5, None]))
        both = await ctx.gather({name: _branch(ctx, deeds, name) for name in ("x", "y")})
        ref = await ctx.save("kept", b"bytes", kind="file", media_type="text/plain")
        await ctx.sleep("nap", ctx.now("moment") + timedelta(seconds=5))
        await ctx.hint(Delta(type="live", text="…"))
        await ctx.progress(50)
        word = await ctx.wait_for("word", ANSWER)
        child = await ctx.child("child", "other", {})
        kept = (await ctx.load(ref)).decode()
        return {
            "both": [*both.values()],
            "word": word.payload["answer"],
            "child": child,
            "by": ctx.child_of("child"),
            "kept": kept,
            "id": ctx.new_id("id"),
            "long": len(long),
        }

    async def other(_: Job, __: JobContext) -> JsonObject:
        return {"from": "below"}

    stage = Stage(everything, other=other)
    job = await stage.run()
    stage.clock.pass_(seconds=6)
    await stage.settle()
    await stage.answer(job.id, "word", ANSWER, {"answer": "yes"})
    await stage.settle()
    job = await stage.job(job.id)
    assert job.outcome is not None
    assert job.status is JobStatus.SUCCEEDED
    before = [*deeds.done]
    assert await rehearse(stage, job, everything) == job.outcome.result
    assert deeds.done == before


def _branch(ctx: JobContext, deeds: Deeds, name: str) -> Any:  # noqa: ANN401 - a branch
    async def play() -> str:
        done = await ctx.step(f"branch/{name}", lambda: deeds.do(name), type=str)
        await ctx.emit(f"branch/{name}", saying(done))
        return done

    return play


async def test_branches_may_have_told_their_events_in_any_order() -> None:
    async def told(_: Job, ctx: JobContext) -> JsonObject:
        deeds = Deeds()
        await ctx.gather({name: _branch(ctx, deeds, name) for name in ("x", "y", "z")})
        await ctx.emit("end", saying("end"))
        return {}

    async def other_way(_: Job, ctx: JobContext) -> JsonObject:
        deeds = Deeds()
        await ctx.gather({name: _branch(ctx, deeds, name) for name in ("z", "x", "y")})
        await ctx.emit("end", saying("end"))
        return {}

    stage = Stage(told)
    assert await rehearse(stage, await stage.run(), other_way) == {}


async def test_a_failed_step_and_a_failed_child_fail_again() -> None:
    async def failing(_: Job, ctx: JobContext) -> JsonObject:
        found = []
        for fails in (ctx.step("bad", _broken, type=str), ctx.child("child", "other", {})):
            try:
                await fails
            except StepFailed as failed:
                found.append(f"{type(failed).__name__} {failed.reason}")
        return {"found": [*found]}

    async def other(_: Job, __: JobContext) -> JsonObject:
        raise JobFailed("lost", "It is lost.")

    stage = Stage(failing, other=other)
    job = await stage.run()
    assert await rehearse(stage, job, failing) == {"found": ["StepFailed step_failed", "ChildFailed lost"]}
    assert ChildFailed.code == "child_failed"


async def _broken() -> str:
    raise ValueError("broken")


async def one_step(_: Job, ctx: JobContext) -> JsonObject:
    deeds = Deeds()
    await ctx.step("one", lambda: deeds.do("1"), type=str)
    await ctx.emit("told", saying("one"))
    return {}


async def test_a_step_that_was_never_done_departs() -> None:
    async def two_steps(job: Job, ctx: JobContext) -> JsonObject:
        await one_step(job, ctx)
        await ctx.step("two", lambda: Deeds().do("2"), type=str)
        return {}

    stage = Stage(one_step)
    with pytest.raises(StepMissing) as departed:
        await rehearse(stage, await stage.run(), two_steps)
    assert (departed.value.place, departed.value.today) == ("two", {"step": "two"})


@pytest.mark.parametrize("use", ["wait", "child", "save"])
async def test_other_things_that_never_were_depart_too(use: str) -> None:
    async def more(job: Job, ctx: JobContext) -> JsonObject:
        await one_step(job, ctx)
        match use:
            case "wait":
                await ctx.wait_for("w", ANSWER)
            case "child":
                await ctx.child("c", "other", {})
            case _:
                await ctx.save("s", b"", kind="file", media_type="text/plain")
        return {}

    stage = Stage(one_step)
    with pytest.raises(StepMissing):
        await rehearse(stage, await stage.run(), more)


async def test_a_noted_moment_that_is_new_is_no_departure() -> None:
    async def noting(job: Job, ctx: JobContext) -> JsonObject:
        assert isinstance(ctx.now("new moment"), datetime)
        assert ctx.new_id("new id")
        return await one_step(job, ctx)

    stage = Stage(one_step)
    assert await rehearse(stage, await stage.run(), noting) == {}


@pytest.mark.parametrize("text", ["other", None, "more"])
async def test_an_event_that_is_another_or_missing_or_too_much_departs(text: str | None) -> None:
    async def otherwise(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.step("one", lambda: Deeds().do("1"), type=str)
        if text == "more":
            await ctx.emit("told", saying("one"))
        if text is not None:
            await ctx.emit("again", saying(text))
        return {}

    stage = Stage(one_step)
    with pytest.raises(EventDiffers) as departed:
        await rehearse(stage, await stage.run(), otherwise)
    shown = departed.value
    assert (shown.recorded is None, shown.today is None) == (text == "more", text is None)


async def test_the_record_of_a_job_that_waits_ends_where_it_waits() -> None:
    async def waiting(job: Job, ctx: JobContext) -> JsonObject:
        await one_step(job, ctx)
        await ctx.wait_for("word", ANSWER)
        raise AssertionError("beyond the record")

    stage = Stage(waiting)
    with pytest.raises(RecordEnds):
        await rehearse(stage, await stage.run(), waiting)


async def test_a_job_that_was_cut_off_is_rehearsed_as_far_as_it_came() -> None:
    async def cut(job: Job, ctx: JobContext) -> JsonObject:
        await one_step(job, ctx)
        await ctx.step("once", lambda: Deeds().do("once"), type=str, effect=Effect.ONCE)
        return {}

    stage = Stage(cut)
    stage.trap.place = "step.start:once"
    job_id = await stage.submit()
    await stage.play_one()
    with pytest.raises(RecordEnds):
        await rehearse(stage, await stage.job(job_id), cut)


async def test_a_key_is_said_once_here_too() -> None:
    async def twice(job: Job, ctx: JobContext) -> JsonObject:
        await one_step(job, ctx)
        return await one_step(job, ctx)

    stage = Stage(one_step)
    with pytest.raises(KeyUsedTwice):
        await rehearse(stage, await stage.run(), twice)


def test_nothing_that_catches_exceptions_holds_a_departure_up() -> None:
    assert not issubclass(Departed, Exception)
    assert not issubclass(RecordEnds, Exception)
