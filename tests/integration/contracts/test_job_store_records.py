"""The job store records what a job does, a whole checkpoint or nothing of it, to be played again."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import written
from taskforce.core.identity import ArtifactId
from taskforce.core.jobs.errors import JobIsOver, KeyUsedTwice, LeaseLost, LockHeld
from taskforce.core.jobs.model import Job, JobStatus, Lease, Progress
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.core.jobs.steps import StepError, StepRecord, StepStatus
from taskforce.core.missions.changes import CreateSession
from taskforce.core.missions.errors import SessionNotFound
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    LEASE,
    a_child,
    a_job,
    a_lease,
    a_session,
    a_step,
    a_wait,
    an_artifact,
    an_event,
    failure,
    ids,
    success,
)
from tests.integration.contracts.stores import Stores


@pytest.fixture
async def job(job_store: JobStore) -> Job:
    return await job_store.submit(a_job(), lease=a_lease())


async def told(store: JobStore, job: Job) -> list[tuple[int, str]]:
    return [(event.number, event.event.type) for event in await store.events(job.id, after=0, limit=1_000)]


async def test_a_checkpoint_records_and_lengthens_the_lease(
    job_store: JobStore, job: Job, clock: SetClock
) -> None:
    clock.pass_(seconds=20)
    commit = Commit(steps=(a_step(),), events=(an_event(),), progress=Progress(percent=10, message="Begun"))
    assert await job_store.commit(job, commit, lease=LEASE) == 1
    after = await job_store.get(job.id, project=None)
    assert (
        after.lease == Lease(owner=job.lease.owner, epoch=1, until=clock.in_(seconds=30))
        if job.lease
        else None
    )
    assert (after.due_at, after.updated_at) == (clock.in_(seconds=30), clock.now())
    assert (after.progress, after.last_event) == (Progress(percent=10, message="Begun"), 1)
    assert after.version > job.version
    assert (await job_store.events(job.id, after=0, limit=1))[0].at == clock.now()


async def test_a_checkpoint_without_progress_leaves_it(job_store: JobStore, job: Job) -> None:
    await job_store.commit(job, Commit(progress=Progress(percent=10, message="Begun")), lease=LEASE)
    assert await job_store.commit(job, Commit(), lease=LEASE) == 0
    assert (await job_store.get(job.id, project=None)).progress == Progress(percent=10, message="Begun")


STEPS = [
    StepRecord(key="none", status=StepStatus.DONE),
    StepRecord(
        key="nested/ä/🙂", status=StepStatus.DONE, output=written({"a": [1, 2.5, None, True, "ä\ud800\x00"]})
    ),
    StepRecord(key="intended", status=StepStatus.INTENDED),
    StepRecord(
        key="retrying",
        status=StepStatus.RETRYING,
        attempts=3,
        error=StepError(code="busy", message="Busy.", details={"after": 2}),
    ),
    StepRecord(
        key="failed",
        status=StepStatus.FAILED,
        attempts=2,
        error=StepError(code="broken", message="Broken.", details={}),
    ),
    StepRecord(
        key="long",
        status=StepStatus.DONE,
        overflow=ArtifactRef(
            id=ArtifactId(ids.new()),
            key="default/long",
            kind="step",
            media_type="application/json",
            size=9,
            sha256="cd" * 32,
        ),
    ),
]


@pytest.mark.parametrize("step", STEPS, ids=[step.key for step in STEPS])
async def test_a_step_comes_back_as_it_was_recorded(job_store: JobStore, job: Job, step: StepRecord) -> None:
    await job_store.commit(job, Commit(steps=(step,)), lease=LEASE)
    assert (await job_store.load(job)).steps == {step.key: step}


@pytest.mark.parametrize("first", [StepStatus.INTENDED, StepStatus.RETRYING])
@pytest.mark.parametrize("then", [StepStatus.RETRYING, StepStatus.DONE, StepStatus.FAILED])
async def test_a_step_that_is_not_final_is_recorded_anew(
    job_store: JobStore, job: Job, first: StepStatus, then: StepStatus
) -> None:
    await job_store.commit(job, Commit(steps=(a_step(status=first, output=None),)), lease=LEASE)
    second = a_step(status=then, attempts=2, output="new")
    await job_store.commit(job, Commit(steps=(second,)), lease=LEASE)
    assert (await job_store.load(job)).steps == {second.key: second}


@pytest.mark.parametrize("final", [StepStatus.DONE, StepStatus.FAILED])
@pytest.mark.parametrize("then", list(StepStatus))
async def test_a_final_step_is_never_overwritten(
    job_store: JobStore, job: Job, final: StepStatus, then: StepStatus
) -> None:
    first = a_step(status=final, output="first")
    await job_store.commit(job, Commit(steps=(first,)), lease=LEASE)
    with pytest.raises(KeyUsedTwice):
        await job_store.commit(job, Commit(steps=(a_step(status=then, output="second"),)), lease=LEASE)
    assert (await job_store.load(job)).steps == {first.key: first}


async def test_events_are_numbered_without_gaps_and_told_once(job_store: JobStore, job: Job) -> None:
    first = Commit(events=(an_event("a", "a"), an_event("b", "b")))
    second = Commit(
        events=(an_event("b", "again"), an_event("c", "c"), an_event("c", "again"), an_event("d", "d"))
    )
    assert await job_store.commit(job, first, lease=LEASE) == 2
    assert await job_store.commit(job, first, lease=LEASE) == 2
    assert await job_store.commit(job, second, lease=LEASE) == 4
    assert await told(job_store, job) == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
    assert (await job_store.load(job)).events == {"a", "b", "c", "d"}


async def test_many_events_in_one_checkpoint_are_numbered_on(job_store: JobStore, job: Job) -> None:
    some = tuple(an_event(f"{number}", f"{number}") for number in range(1, 400, 3))
    every = tuple(an_event(f"{number}", f"{number}") for number in range(1, 400))
    await job_store.commit(job, Commit(events=some), lease=LEASE)
    assert await job_store.commit(job, Commit(events=every), lease=LEASE) == 399
    log = await told(job_store, job)
    assert [number for number, _ in log] == list(range(1, 400))
    assert {type for _, type in log} == {f"{number}" for number in range(1, 400)}


async def test_what_fails_leaves_nothing_of_its_checkpoint(stores: Stores, job: Job) -> None:
    await stores.jobs.submit(a_job(lock="taken"))
    await stores.jobs.commit(
        job, Commit(steps=(a_step("before"),), events=(an_event("before"),)), lease=LEASE
    )
    before = await stores.jobs.get(job.id, project=None)
    session = a_session()
    commit = Commit(
        steps=(a_step("after"),),
        events=(an_event("after"),),
        waits=(a_wait(job),),
        children=(a_child(job, "free"), a_child(job, "locked", lock="taken")),
        artifacts=(an_artifact(job),),
        changes=(CreateSession(session=session),),
        progress=Progress(percent=99),
    )
    with pytest.raises(LockHeld):
        await stores.jobs.commit(job, commit, lease=LEASE)
    with pytest.raises(LockHeld):
        await stores.jobs.park(job, commit)
    with pytest.raises(LockHeld):
        await stores.jobs.end(job, commit, success())
    record = await stores.jobs.load(job)
    assert (set(record.steps), set(record.events), set(record.waits)) == ({"before"}, {"before"}, set())
    assert await stores.jobs.get(job.id, project=None) == before
    assert await stores.jobs.artifacts(job.id) == ()
    with pytest.raises(SessionNotFound):
        await stores.sessions.get(session.id, project=session.project)


async def test_a_change_is_written_with_its_checkpoint(stores: Stores, job: Job) -> None:
    session = a_session()
    await stores.jobs.commit(job, Commit(changes=(CreateSession(session=session),)), lease=LEASE)
    assert await stores.sessions.get(session.id, project=session.project) == session


async def test_a_change_is_written_with_its_job_or_not_at_all(stores: Stores) -> None:
    session, other = a_session(), a_session()
    await stores.jobs.submit(a_job(lock="taken"), changes=[CreateSession(session=session)])
    with pytest.raises(LockHeld):
        await stores.jobs.submit(a_job(lock="taken"), changes=[CreateSession(session=other)])
    assert await stores.sessions.get(session.id, project=session.project) == session
    with pytest.raises(SessionNotFound):
        await stores.sessions.get(other.id, project=other.project)


async def test_an_artifacts_key_is_used_once_in_a_job(job_store: JobStore, job: Job) -> None:
    await job_store.commit(job, Commit(artifacts=(an_artifact(job),)), lease=LEASE)
    with pytest.raises(KeyUsedTwice):
        await job_store.commit(job, Commit(artifacts=(an_artifact(job),)), lease=LEASE)


async def test_the_end_is_told_last_and_once(job_store: JobStore, job: Job) -> None:
    ended = await job_store.end(job, Commit(events=(an_event("last", "last"),)), failure())
    assert await told(job_store, job) == [(1, "last"), (2, "error"), (3, "complete")]
    assert (ended.status, ended.last_event, ended.due_at, ended.lease) == (JobStatus.FAILED, 3, None, None)
    log = await job_store.events(job.id, after=1, limit=2)
    assert (log[0].event.message, log[0].event.details) == ("It broke.", {"code": "broken"})
    assert log[1].event.details == {"status": "failed"}


async def test_closing_events_that_were_told_before_are_not_told_again(job_store: JobStore, job: Job) -> None:
    ended = await job_store.end(job, Commit(events=(an_event("@complete", "complete"),)), success())
    assert await told(job_store, job) == [(1, "complete")]
    assert ended.last_event == 1


async def test_what_has_ended_stays_ended(job_store: JobStore, job: Job, clock: SetClock) -> None:
    ended = await job_store.end(job, Commit(), success(message="Done"))
    clock.pass_(seconds=3_600)
    for write in (
        job_store.commit(job, Commit(), lease=LEASE),
        job_store.park(job, Commit()),
        job_store.end(job, Commit(), failure()),
    ):
        with pytest.raises(LeaseLost):
            await write
    with pytest.raises(JobIsOver):
        await job_store.cancel(job.id, project=job.project)
    assert await job_store.get(job.id, project=None) == ended


async def test_checkpoints_of_many_threads_are_all_recorded(job_store: JobStore) -> None:
    jobs = [await job_store.submit(a_job(), lease=a_lease()) for _ in range(8)]

    async def play(job: Job) -> None:
        for number in range(25):
            commit = Commit(steps=(a_step(f"{number}"),), events=(an_event(f"{number}", f"{number}"),))
            await job_store.commit(job, commit, lease=LEASE)

    with ThreadPoolExecutor(len(jobs)) as threads:  # each on an event loop of its own
        list(threads.map(lambda job: asyncio.run(play(job)), jobs))
    for job in jobs:
        assert await told(job_store, job) == [(number + 1, f"{number}") for number in range(25)]
        assert len((await job_store.load(job)).steps) == 25


async def test_checkpoints_of_one_job_at_once_are_numbered_without_gaps(
    job_store: JobStore, job: Job
) -> None:
    commits = [Commit(steps=(a_step(f"{number}"),), events=(an_event(f"{number}"),)) for number in range(40)]
    heads = await asyncio.gather(*(job_store.commit(job, commit, lease=LEASE) for commit in commits))
    assert sorted(heads) == list(range(1, 41))
    assert [number for number, _ in await told(job_store, job)] == list(range(1, 41))
