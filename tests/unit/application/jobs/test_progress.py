"""How far a job is can be read while it goes on, and saying so forgives nothing."""

from datetime import timedelta

from taskforce.core.documents import JsonObject
from taskforce.core.identity import WorkerId
from taskforce.core.jobs.model import Job, JobStatus, Progress
from taskforce.core.jobs.ports import Claims, LeaseRequest
from taskforce.core.jobs.program import JobContext
from tests.stage import Crash, Stage

OTHER = LeaseRequest(worker=WorkerId("other"), duration=timedelta(seconds=30))


async def test_progress_is_on_the_row_within_a_second_without_a_checkpoint() -> None:
    seen: list[Progress] = []

    async def script(job: Job, ctx: JobContext) -> JsonObject:
        for second in range(5):
            await ctx.progress(10 * second, f"{second}")
            seen.append((await stage.job(job.id)).progress)
            stage.clock.pass_(seconds=1)
        return {}

    stage = Stage(script)
    await stage.run()
    assert [progress.percent for progress in seen] == [0, 10, 20, 30, 40]


async def test_progress_that_is_told_often_is_written_not_each_time_and_at_least_once_a_second() -> None:
    seen: list[float] = []

    async def script(job: Job, ctx: JobContext) -> JsonObject:
        for tenth in range(21):
            await ctx.progress(tenth)
            seen.append((await stage.job(job.id)).progress.percent)
            stage.clock.pass_(seconds=0.1)
        return {}

    stage = Stage(script)
    await stage.run()
    assert sorted(set(seen)) == [0, 7, 14]


async def test_progress_forgives_no_lost_worker() -> None:
    async def script(_: Job, ctx: JobContext) -> JsonObject:
        for second in range(3):
            await ctx.progress(second)
            stage.clock.pass_(seconds=1)
        raise Crash("whatever was computed took the process along")

    stage = Stage(script)
    job = await stage.run()
    assert job.status is JobStatus.FAILED
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "dead_letter"
    assert stage.plays == 3


async def test_a_play_that_has_lost_its_lease_ends_where_it_tells_its_progress() -> None:
    reached: list[str] = []

    async def script(_: Job, ctx: JobContext) -> JsonObject:
        await ctx.progress(1)
        stage.clock.pass_(seconds=60)
        await stage.store.claim(Claims(kinds=frozenset({"written"})), OTHER)
        reached.append("lost")
        await ctx.progress(2)
        reached.append("gone on")
        return {}

    stage = Stage(script)
    job = await stage.run()
    assert reached == ["lost"]
    assert job.lease is not None
    assert job.lease.owner == OTHER.worker
    assert job.progress.percent == 0
