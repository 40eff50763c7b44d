"""The job store takes jobs in, tells what it knows of them, and lists them."""

from dataclasses import replace

import pytest

from taskforce.core.artifacts import ArtifactNotFound
from taskforce.core.errors import Conflict
from taskforce.core.identity import ArtifactId, JobId
from taskforce.core.jobs.errors import JobNotFound, LockHeld
from taskforce.core.jobs.events import Event, KeyedEvent
from taskforce.core.jobs.model import Concurrency, Failure, JobStatus, Lease, Origin, Outcome, Progress
from taskforce.core.jobs.ports import Claims, Commit, Head, JobFilter, JobStore
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import (
    ANNA,
    CLAIMS,
    LEASE,
    NOON,
    OTHER_PROJECT,
    a_child,
    a_job,
    a_lease,
    an_artifact,
    an_event,
    ids,
    success,
)

EVERY = JobFilter(project=DEFAULT_PROJECT)


async def test_what_is_submitted_is_what_is_got(job_store: JobStore) -> None:
    ended = await job_store.submit(a_job())
    parent = await job_store.submit(a_job())
    job = a_child(
        parent,
        "build/1",
        input={"text": "ä \ud800 \x00 \U0001f600", "list": [1, 2.5, None, {"deep": True}]},
        priority=7,
        subject="session/1",
        lock="environment/prod",
        concurrency=Concurrency(key="host/a", limit=2),
        continues=ended.id,
        origin=Origin(request_id="r-1", traceparent="00-aa-bb-01"),
    )
    await job_store.submit(job)
    assert await job_store.get(job.id, project=DEFAULT_PROJECT) == job


async def test_a_job_of_another_project_is_not_found(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(project=OTHER_PROJECT))
    with pytest.raises(JobNotFound):
        await job_store.get(job.id, project=DEFAULT_PROJECT)
    assert await job_store.get(job.id, project=None) == job


async def test_a_job_that_never_was_is_not_found(job_store: JobStore) -> None:
    with pytest.raises(JobNotFound):
        await job_store.get(JobId(ids.new()), project=None)


async def test_the_first_events_are_numbered_from_one_and_told_once(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(), events=[an_event("a"), an_event("a"), an_event("b", type="second")])
    log = await job_store.events(job.id, after=0, limit=10)
    assert [(event.number, event.event.type, event.at) for event in log] == [
        (1, "said", NOON),
        (2, "second", NOON),
    ]
    assert (await job_store.get(job.id, project=None)).last_event == job.last_event == 2


async def test_a_job_submitted_with_a_lease_is_born_running(job_store: JobStore, clock: SetClock) -> None:
    job = await job_store.submit(a_job(), lease=a_lease(ANNA))
    assert job.status is JobStatus.RUNNING
    assert job.lease == Lease(owner=ANNA, epoch=1, until=clock.in_(seconds=30))
    assert await job_store.claim(CLAIMS, a_lease()) is None
    assert await job_store.get(job.id, project=None) == job
    assert await job_store.commit(job, Commit(events=(an_event(),)), lease=LEASE) == 1


async def test_a_lock_is_held_until_the_job_is_over(job_store: JobStore) -> None:
    holder = await job_store.submit(a_job(lock="environment/prod"), lease=a_lease())
    with pytest.raises(LockHeld) as refusal:
        await job_store.submit(a_job(lock="environment/prod"))
    assert refusal.value.holder == holder.id
    await job_store.submit(a_job(lock="environment/test"))
    await job_store.end(holder, Commit(), success())
    await job_store.submit(a_job(lock="environment/prod"))


async def test_of_a_refused_job_nothing_is_written(job_store: JobStore) -> None:
    await job_store.submit(a_job(lock="environment/prod"))
    refused = a_job(lock="environment/prod")
    with pytest.raises(LockHeld):
        await job_store.submit(refused, events=[an_event()])
    with pytest.raises(JobNotFound):
        await job_store.get(refused.id, project=None)
    assert await job_store.events(refused.id, after=0, limit=10) == ()


async def test_an_id_is_taken_once(job_store: JobStore) -> None:
    job = await job_store.submit(a_job())
    with pytest.raises(Conflict):
        await job_store.submit(job)


async def test_jobs_are_listed_newest_first_in_pages(job_store: JobStore, clock: SetClock) -> None:
    jobs = [await job_store.submit(a_job(created_at=clock.pass_(seconds=1))) for _ in range(5)]
    twin = await job_store.submit(a_job(created_at=clock.now()))
    listing = await job_store.list(EVERY, Page(limit=3, offset=0))
    assert (listing.items, listing.total) == ((twin, jobs[4], jobs[3]), 6)
    listing = await job_store.list(EVERY, Page(limit=3, offset=5))
    assert (listing.items, listing.total) == ((jobs[0],), 6)
    listing = await job_store.list(EVERY, Page(limit=3, offset=9))
    assert (listing.items, listing.total) == ((), 6)


async def test_jobs_are_listed_by_project_status_kind_subject_and_parent(job_store: JobStore) -> None:
    parent = await job_store.submit(a_job(subject="session/1"))
    child = await job_store.submit(a_child(parent))
    scan = await job_store.submit(a_job(kind="scan"), lease=a_lease())
    foreign = await job_store.submit(a_job(project=OTHER_PROJECT))

    async def listed(wanted: JobFilter) -> set[JobId]:
        listing = await job_store.list(wanted, Page(limit=10))
        assert listing.total == len(listing.items)
        return {job.id for job in listing.items}

    assert await listed(EVERY) == {parent.id, child.id, scan.id}
    assert await listed(replace(EVERY, project=OTHER_PROJECT)) == {foreign.id}
    assert await listed(replace(EVERY, status=JobStatus.RUNNING)) == {scan.id}
    assert await listed(replace(EVERY, kind="scan")) == {scan.id}
    assert await listed(replace(EVERY, subject="session/1")) == {parent.id}
    assert await listed(replace(EVERY, parent=parent.id)) == {child.id}
    assert await listed(replace(EVERY, parent=parent.id, kind="scan")) == set()


async def test_the_newest_job_of_each_subject_is_told(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job(subject="session/1"))
    newest = await job_store.submit(a_job(subject="session/1", created_at=clock.pass_(seconds=1)))
    only = await job_store.submit(a_job(subject="session/2"))
    await job_store.submit(a_job(subject="session/2", created_at=clock.now(), project=OTHER_PROJECT))
    await job_store.submit(a_job(subject="session/3"))
    found = await job_store.latest(["session/1", "session/2", "session/none"], project=DEFAULT_PROJECT)
    assert found == {"session/1": newest, "session/2": only}
    assert await job_store.latest([], project=DEFAULT_PROJECT) == {}


async def test_the_log_is_read_in_pages(job_store: JobStore) -> None:
    events = [an_event(f"e{number}", type=f"t{number}", nth=number) for number in range(1, 8)]
    job = await job_store.submit(a_job(), events=events)

    async def numbers(after: int, limit: int) -> list[int]:
        return [event.number for event in await job_store.events(job.id, after=after, limit=limit)]

    assert await numbers(0, 3) == [1, 2, 3]
    assert await numbers(3, 3) == [4, 5, 6]
    assert await numbers(6, 3) == [7]
    assert await numbers(7, 3) == []
    first = (await job_store.events(job.id, after=0, limit=1))[0]
    assert first.event == Event(type="t1", message="t1.", details={"nth": 1})


async def test_heads_tell_how_far_logs_go(job_store: JobStore) -> None:
    quiet = await job_store.submit(a_job())
    told = await job_store.submit(a_job(), events=[an_event()], lease=a_lease())
    await job_store.end(told, Commit(), success())
    assert await job_store.heads({quiet.id, told.id, JobId(ids.new())}) == {
        quiet.id: Head(last_event=0, status=JobStatus.QUEUED),
        told.id: Head(last_event=2, status=JobStatus.SUCCEEDED),
    }


async def test_an_ended_job_keeps_its_outcome(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(), lease=a_lease())
    why = Failure(code="broken", message="It broke.", details={"line": 3}, traceback="boom")
    outcome = Outcome(status=JobStatus.FAILED, result={"half": [1]}, failure=why)
    ended = await job_store.end(job, Commit(progress=Progress(percent=40.5, message="Half")), outcome)
    assert ended.outcome == outcome
    assert ended.progress == Progress(percent=40.5, message="Half")
    assert await job_store.get(job.id, project=None) == ended


async def test_artifacts_are_told_by_id_and_by_job(job_store: JobStore) -> None:
    job = await job_store.submit(a_job(), lease=a_lease())
    second, first = an_artifact(job, "default/b.md"), an_artifact(job, "default/a.md")
    await job_store.commit(job, Commit(artifacts=(second, first)), lease=LEASE)
    assert await job_store.artifacts(job.id) == (first, second)
    assert await job_store.artifact(first.ref.id, project=DEFAULT_PROJECT) == first
    with pytest.raises(ArtifactNotFound):
        await job_store.artifact(first.ref.id, project=OTHER_PROJECT)
    with pytest.raises(ArtifactNotFound):
        await job_store.artifact(ArtifactId(ids.new()), project=DEFAULT_PROJECT)


async def due(store: JobStore, claims: Claims) -> int:
    """How many jobs could be claimed, which is more than none where one is."""
    count = await store.due(claims)
    assert await store.is_due(claims) == (count > 0)
    return count


async def test_due_counts_what_could_be_claimed(job_store: JobStore, clock: SetClock) -> None:
    await job_store.submit(a_job(kind="scan"))
    later = await job_store.submit(a_job(due_at=clock.in_(seconds=10)))
    now = await job_store.submit(a_job())
    await job_store.submit(a_job(), lease=a_lease())
    assert await due(job_store, CLAIMS) == 1
    assert await due(job_store, replace(CLAIMS, roots=frozenset({later.root}))) == 0
    assert await due(job_store, replace(CLAIMS, roots=frozenset())) == 0
    assert await due(job_store, Claims(kinds=frozenset())) == 0
    clock.pass_(seconds=30)
    assert await due(job_store, CLAIMS) == 3
    assert await due(job_store, replace(CLAIMS, roots=frozenset({later.root, now.root}))) == 2


async def test_a_store_that_answers_says_so(job_store: JobStore) -> None:
    await job_store.check()


async def test_a_long_output_is_kept_whole(job_store: JobStore) -> None:
    text = "x" * (1 << 20)
    told = KeyedEvent(key="long", event=Event(type="long", details={"text": text}))
    job = await job_store.submit(a_job(input={"text": text}), events=[told])
    assert (await job_store.get(job.id, project=None)).input == {"text": text}
    assert (await job_store.events(job.id, after=0, limit=1))[0].event.details == {"text": text}
