"""What a play writes is written in its order, also where a store does several things at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.application.jobs.player import Player
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Unavailable
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.ports import Commit
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.stage import LEASE, Stage

ORDER = ["started", "begun", "done"]


class Lingering(MemoryJobStore):
    """Takes its time for the first checkpoint, as one that has to try again does."""

    def __init__(self, clock: SetClock, turns: int, *, fails: bool) -> None:
        super().__init__(clock, {})
        self._fails = fails
        self.asked = asyncio.Event()
        self._turns = turns
        """Of the loop."""

    async def commit(self, job: Job, commit: Commit, *, lease: timedelta) -> int:
        self.asked.set()
        turns, self._turns = self._turns, 0
        for _ in range(turns):
            await asyncio.sleep(0)
        fails, self._fails = self._fails, False
        if fails:
            raise Unavailable("It is away.")
        return await super().commit(job, commit, lease=lease)


async def told(turns: int, *, asks: bool = False, fails: bool = False) -> list[str]:
    """Return the log of a job whose slow step is told of while it goes on."""

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        async def slow() -> int:
            await store.asked.wait()
            await ctx.emit("done", Event(type="done"))
            return 1

        await ctx.emit("begun", Event(type="begun"))
        await ctx.step("slow", slow, type=int)
        if asks:
            await ctx.wait_for("ask", ANSWER)
        return {}

    stage = Stage(script)
    stage.store = store = Lingering(stage.clock, turns, fails=fails)
    kernel = replace(stage.kernel, store=store)
    stage.player = Player(kernel=kernel, programs=stage.programs, tracer=stage.tracer)
    job = await stage.run()
    if fails:
        assert (job.status, job.losses) == (JobStatus.WAITING, 0)
        stage.clock.pass_(seconds=LEASE.total_seconds())
        await stage.settle()
    return [kind for _, kind, _ in await stage.log(job.id)]


@pytest.mark.parametrize("turns", [5, 500])
async def test_a_steps_end_is_not_written_before_its_beginning(turns: int) -> None:
    assert await told(turns) == [*ORDER, "complete"]


@pytest.mark.parametrize("turns", [5, 500])
async def test_a_job_does_not_wait_before_its_step_is_written(turns: int) -> None:
    assert await told(turns, asks=True) == ORDER


@pytest.mark.parametrize("asks", [False, True])
async def test_after_what_could_not_be_written_nothing_is_written_before_it_is(asks: bool) -> None:
    assert await told(500, asks=asks, fails=True) == ([*ORDER] if asks else [*ORDER, "complete"])
