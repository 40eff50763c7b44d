"""A capability's own rows are written with the record that they belong to."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import pytest

from taskforce.application.jobs.interrupts import Stop
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Conflict
from taskforce.core.identity import WorkerId
from taskforce.core.jobs.events import Event, KeyedEvent
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import Claims, LeaseRequest
from taskforce.core.jobs.program import JobContext
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import LEASE
from tests.stage import Stage


@dataclass(frozen=True)
class SetLight:
    """A light is switched."""

    name: str
    colour: str


class Lights:
    """What was switched, in order; one light is broken."""

    def __init__(self) -> None:
        self.switched: list[SetLight] = []

    def apply(self, change: SetLight) -> None:
        if change.name == "broken":
            raise Conflict("This light is broken.")
        self.switched.append(change)


async def one() -> int:
    return 1


def stage(lights: Lights, *names: str) -> Stage:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        for name in names:
            await ctx.write(f"on/{name}", SetLight(name, "green"))
            await ctx.emit(f"on/{name}", Event(type="on", message=name))
            await ctx.step(f"work/{name}", one, type=int)
        await ctx.write("last", SetLight("last", "red"))
        return {}

    return Stage(script, appliers={SetLight: lights.apply})


async def test_changes_are_written_once_and_the_last_with_the_jobs_end() -> None:
    lights = Lights()
    job = await stage(lights, "a", "b").run()
    assert job.status is JobStatus.SUCCEEDED
    assert lights.switched == [SetLight("a", "green"), SetLight("b", "green"), SetLight("last", "red")]


@pytest.mark.parametrize("moment", ["start", "done", "done.recorded"])
@pytest.mark.parametrize("name", ["a", "b"])
async def test_a_crash_leaves_a_change_and_its_record_or_neither(name: str, moment: str) -> None:
    lights = Lights()
    crashing = stage(lights, "a", "b")
    crashing.trap.place = f"step.{moment}:work/{name}"
    job = await crashing.run()
    assert job.status is JobStatus.SUCCEEDED
    assert crashing.plays == 2
    assert [light.name for light in lights.switched] == ["a", "b", "last"]


async def test_a_change_that_is_refused_fails_the_job_and_leaves_nothing_of_its_checkpoint() -> None:
    lights = Lights()
    refused = stage(lights, "a", "broken", "c")
    job = await refused.run()
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert (job.outcome.failure.code, job.outcome.failure.message) == (
        "resource_conflict",
        "Conflict: This light is broken.",
    )
    assert [light.name for light in lights.switched] == ["a"]
    assert [kind for _, kind, _ in await refused.log(job.id)] == ["started", "on", "error", "complete"]


async def test_changes_of_branches_are_written_with_their_own_steps() -> None:
    lights = Lights()

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def branch(name: str) -> int:
            await ctx.write(f"on/{name}", SetLight(name, "green"))
            return await ctx.step(f"work/{name}", one, type=int)

        return {**await ctx.gather({"a": lambda: branch("a"), "b": lambda: branch("b")})}

    job = await Stage(script, appliers={SetLight: lights.apply}).run()
    assert job.status is JobStatus.SUCCEEDED
    assert sorted(light.name for light in lights.switched) == ["a", "b"]


async def test_what_was_told_before_a_slow_step_is_written_while_it_goes_on() -> None:
    lights = Lights()
    seen: list[int] = []

    async def slow() -> int:
        for _ in range(200):
            if lights.switched:
                break
            await asyncio.sleep(0.01)
        seen.append(len(lights.switched))
        return 1

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.write("on", SetLight("a", "green"))
        await ctx.emit("on", Event(type="on"))
        await ctx.step("work", slow, type=int)
        return {}

    job = await Stage(script, appliers={SetLight: lights.apply}).run()
    assert (job.status, seen, len(lights.switched)) == (JobStatus.SUCCEEDED, [1], 1)


async def test_a_change_that_is_refused_while_a_step_goes_on_fails_the_job() -> None:
    async def slow() -> int:
        await asyncio.sleep(0.2)
        return 1

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.write("on", SetLight("broken", "green"))
        await ctx.emit("on", Event(type="on"))
        await ctx.step("work", slow, type=int)
        await ctx.step("more", one, type=int)
        return {}

    job = await Stage(script, appliers={SetLight: Lights().apply}).run()
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert "This light is broken." in job.outcome.failure.message


@pytest.mark.parametrize(("why", "is_told"), [(Stop.CANCELLED, True), (Stop.DRAINED, False)])
async def test_last_words_of_a_step_go_with_the_end_of_a_job_that_is_cancelled(
    why: Stop, *, is_told: bool
) -> None:
    lights, begun = Lights(), asyncio.Event()

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def work() -> int:
            begun.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await ctx.save("log", b"so far", kind="log", media_type="text/plain")
                await ctx.write("cut", SetLight("cut", "red"))
                raise
            return 1

        return {"came_to": await ctx.step("work", work, type=int)}

    stage = Stage(script, appliers={SetLight: lights.apply})
    job_id = await stage.submit()
    job = await stage.store.claim(
        Claims(kinds=stage.player.kinds), LeaseRequest(worker=WorkerId("stage"), duration=LEASE)
    )
    assert job is not None
    play = await stage.player.prepare(job)

    async def played() -> None:
        play.begin(draining=False)
        await stage.player.play(play)

    playing = asyncio.create_task(played())
    await begun.wait()
    play.stop(why)
    await playing
    assert (await stage.job(job_id)).status.is_over is is_told
    assert lights.switched == ([SetLight("cut", "red")] if is_told else [])
    assert len(await stage.store.artifacts(job_id)) == int(is_told)


async def test_an_ended_job_tells_what_its_kind_has_to_tell_before_it_closes() -> None:
    def tell(job: Job) -> list[KeyedEvent]:
        return [KeyedEvent(key="over", event=Event(type="over", message=job.status.value))]

    async def script(job: Job, ctx: JobContext) -> JsonObject:
        await ctx.sleep("nap", job.created_at + timedelta(hours=1))
        return {}

    stage = Stage(script, closings={"written": tell})
    job_id = await stage.submit()
    await stage.settle()
    await stage.store.cancel(job_id, project=DEFAULT_PROJECT)
    told = [type for _, type, _ in await stage.log(job_id)]
    assert told == ["started", "over", "error", "complete"]


async def test_an_artifact_has_the_place_that_it_is_given_and_a_child_its_subject() -> None:
    async def script(job: Job, ctx: JobContext) -> JsonObject:
        if job.parent is None:
            ref = await ctx.save("log", b"text", kind="log", media_type="text/plain", place="runs/1/a.log")
            await ctx.child("below", "written", {}, subject="session/1")
            return {"key": ref.key}
        return {"subject": job.subject}

    stage = Stage(script)
    job = await stage.run()
    assert job.outcome is not None
    assert job.outcome.result == {"key": "runs/1/a.log"}
    assert [one.subject for one in stage.store.jobs()] == [None, "session/1"]
