"""No more jobs of a key run than its limit, whichever way they come to run."""

import asyncio
from dataclasses import replace

import pytest

from taskforce.core.jobs.errors import JobNotFound, TooManyJobs
from taskforce.core.jobs.model import Concurrency, JobStatus
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import ANNA, BERT, CLAIMS, LEASE, a_job, a_lease, a_wait, success

ONE = Concurrency(key="host/a", limit=1)


async def test_a_job_that_is_submitted_with_a_lease_is_queued_when_its_key_has_no_room(
    job_store: JobStore,
) -> None:
    first = await job_store.submit(a_job(concurrency=ONE), lease=a_lease(ANNA))
    second = await job_store.submit(a_job(concurrency=ONE), lease=a_lease(BERT))
    assert (first.status, second.status) == (JobStatus.RUNNING, JobStatus.QUEUED)
    assert (second.lease, second.epoch) == (None, 0)
    await job_store.end(first, Commit(), success())
    claimed = await job_store.claim(CLAIMS, a_lease(BERT))
    assert claimed is not None
    assert claimed.id == second.id


async def test_a_worker_that_was_late_does_not_run_beside_one_that_was_let_in_meanwhile(
    job_store: JobStore, clock: SetClock
) -> None:
    late = await job_store.submit(a_job(concurrency=ONE), lease=a_lease(ANNA))
    await job_store.submit(a_job(kind="scan", concurrency=ONE))
    scans = replace(CLAIMS, kinds=frozenset({"scan"}))
    clock.pass_(seconds=31)
    assert await job_store.due(scans) == 0
    assert await job_store.claim(scans, a_lease(BERT)) is None
    pulse = await job_store.heartbeat([late], lease=LEASE, progress={})
    assert not pulse.lost
    await job_store.end(late, Commit(), success())
    assert await job_store.claim(scans, a_lease(BERT)) is not None


async def test_so_many_wait_behind_those_that_run_and_one_more_is_refused(job_store: JobStore) -> None:
    first = await job_store.submit(a_job(concurrency=ONE), lease=a_lease(ANNA), most_waiting=2)
    for _ in range(2):
        await job_store.submit(a_job(concurrency=ONE), lease=a_lease(BERT), most_waiting=2)
    refused = a_job(concurrency=ONE)
    with pytest.raises(TooManyJobs) as full:
        await job_store.submit(refused, lease=a_lease(BERT), most_waiting=2)
    assert full.value.details == {"key": "host/a", "running": 1, "waiting": 2}
    with pytest.raises(JobNotFound):
        await job_store.get(refused.id, project=None)
    await job_store.submit(a_job(concurrency=replace(ONE, key="host/b")), most_waiting=2)
    await job_store.submit(a_job(concurrency=ONE))  # any number, if none is said
    await job_store.end(first, Commit(), success())
    with pytest.raises(TooManyJobs):
        await job_store.submit(refused, most_waiting=2)


async def test_jobs_that_have_ended_or_wait_for_a_word_take_no_place(job_store: JobStore) -> None:
    ended = await job_store.submit(a_job(concurrency=ONE), lease=a_lease(ANNA))
    await job_store.end(ended, Commit(), success())
    parked = await job_store.submit(a_job(concurrency=ONE), lease=a_lease(ANNA))
    await job_store.park(parked, Commit(waits=(a_wait(parked),)))
    await job_store.submit(a_job(concurrency=ONE), most_waiting=0)
    with pytest.raises(TooManyJobs):
        await job_store.submit(a_job(concurrency=ONE), most_waiting=0)


async def test_of_many_at_once_no_more_are_taken_in_than_there_are_places(job_store: JobStore) -> None:
    async def hand_in() -> bool:
        try:
            await job_store.submit(a_job(concurrency=ONE), most_waiting=4)
        except TooManyJobs:
            return False
        return True

    assert sum(await asyncio.gather(*(hand_in() for _ in range(20)))) == 5


async def test_how_many_are_due_is_told_by_kind_whatever_their_limits(
    job_store: JobStore, clock: SetClock
) -> None:
    for kind in ("a", "a", "b"):
        await job_store.submit(a_job(kind=kind, concurrency=Concurrency(key="k", limit=1)))
    await job_store.submit(a_job(kind="c"), lease=a_lease())
    assert await job_store.depths() == {"a": 2, "b": 1}
    clock.pass_(seconds=LEASE.total_seconds() + 1)
    assert await job_store.depths() == {"a": 2, "b": 1, "c": 1}
