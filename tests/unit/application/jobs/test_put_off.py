"""A job whose store is away for a while is put off: no worker was lost, however often that is."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.application.jobs.player import Player
from taskforce.core.artifacts import ArtifactStore, Content, StoredBytes
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Unavailable
from taskforce.core.jobs.model import LOSSES_IN_A_ROW, Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Commit
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from tests.stage import LEASE, Stage

OFTEN = LOSSES_IN_A_ROW + 2


class Away:
    """Says of an outage how often it is met yet."""

    def __init__(self, times: int) -> None:
        self.times = times

    def meet(self) -> None:
        if self.times:
            self.times -= 1
            raise Unavailable("It is away.")


class FullStore(MemoryArtifactStore):
    def __init__(self, away: Away) -> None:
        super().__init__()
        self._away = away

    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        self._away.meet()
        return await super().put(key, content, media_type=media_type)


async def saving(_: Job, ctx: JobContext) -> JsonObject:
    await ctx.save("note", b"kept", kind="note", media_type="text/plain")
    return {}


async def asking(_: Job, ctx: JobContext) -> JsonObject:
    await ctx.wait_for("ask", ANSWER)
    return {}


def standing_on(
    stage: Stage, *, store: MemoryJobStore | None = None, artifacts: ArtifactStore | None = None
) -> Stage:
    """Let the stage play on other stores."""
    stage.store = store or stage.store
    stage.artifacts = artifacts or stage.artifacts
    kernel = replace(stage.kernel, store=stage.store, artifacts=stage.artifacts)
    stage.player = Player(kernel=kernel, programs=stage.programs, tracer=stage.tracer)
    return stage


async def test_a_job_outlasts_an_artifact_store_that_is_full_for_many_leases() -> None:
    stage = standing_on(Stage(saving), artifacts=FullStore(Away(OFTEN)))
    job = await stage.run()
    for _ in range(OFTEN):
        assert (job.status, job.lease, job.losses) == (JobStatus.WAITING, None, 0)
        assert not await stage.play_one(), "it is tried again after a pause"
        stage.clock.pass_(seconds=LEASE.total_seconds() / 3)
        await stage.settle()
        job = await stage.job(job.id)
    assert job.status is JobStatus.SUCCEEDED


class Flickering(MemoryJobStore):
    """Is away whenever a job ends or parks."""

    away = Away(0)

    async def end(self, job: Job, commit: Commit, outcome: Outcome) -> Job:
        self.away.meet()
        return await super().end(job, commit, outcome)

    async def park(self, job: Job, commit: Commit) -> Job:
        self.away.meet()
        return await super().park(job, commit)


@pytest.mark.parametrize(("script", "then"), [(saving, JobStatus.SUCCEEDED), (asking, JobStatus.WAITING)])
async def test_what_cannot_be_written_in_the_end_is_done_again_after_a_pause(
    script: Callable[[Job, JobContext], Awaitable[JsonObject]], then: JobStatus
) -> None:
    stage = Stage(script)
    standing_on(stage, store=Flickering(stage.clock, {}))
    Flickering.away.times = 1
    job = await stage.run()
    assert (job.status, job.losses, await stage.store.waits(job.id)) == (JobStatus.WAITING, 0, ())
    stage.clock.pass_(seconds=LEASE.total_seconds() / 3)
    await stage.settle()
    assert (await stage.job(job.id)).status is then
    assert bool(await stage.store.waits(job.id)) == (then is JobStatus.WAITING)


class Gone(Flickering):
    """Is away for whoever gives a lease back, too."""

    async def release(self, job: Job, *, pause: timedelta | None = None) -> None:
        raise Unavailable("It is away.")


async def test_where_nothing_can_be_written_the_lease_runs_out() -> None:
    stage = Stage(saving)
    standing_on(stage, store=Gone(stage.clock, {}))
    Gone.away.times = 1
    job = await stage.run()
    assert job.status is JobStatus.RUNNING
    stage.clock.pass_(seconds=LEASE.total_seconds())
    await stage.settle()
    assert ((await stage.job(job.id)).status, stage.plays) == (JobStatus.SUCCEEDED, 2)
