"""Several ask for jobs at once, as the claimants of a worker do: each gets another one."""

import asyncio

from taskforce.core.jobs.model import Concurrency, Lease
from taskforce.core.jobs.ports import JobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import ANNA, BERT, CLAIMS, a_job, a_lease


async def test_claims_at_once_lease_what_is_due_first_each_another_job(
    job_store: JobStore, clock: SetClock
) -> None:
    jobs = [await job_store.submit(a_job(priority=number % 2)) for number in range(6)]
    clock.pass_(seconds=1)
    first = await asyncio.gather(*(job_store.claim(CLAIMS, a_lease()) for _ in range(4)))
    then = await asyncio.gather(*(job_store.claim(CLAIMS, a_lease(BERT)) for _ in range(4)))

    urgent = {job.id for job in jobs if job.priority}
    leased = {job.id for job in first if job is not None}
    assert len(leased) == 4
    assert urgent < leased
    rest = [job.id for job in then if job is not None]
    assert sorted(rest) == sorted({job.id for job in jobs} - leased)
    assert {job.lease for job in first if job} == {Lease(owner=ANNA, epoch=1, until=clock.in_(seconds=30))}
    assert [await job_store.get(job.id, project=None) for job in first if job] == [
        job for job in first if job
    ]


async def test_claims_at_once_keep_the_limit_of_a_key_and_pass_by_it(job_store: JobStore) -> None:
    limited = [
        await job_store.submit(a_job(concurrency=Concurrency(key="host/a", limit=2))) for _ in range(3)
    ]
    free = [await job_store.submit(a_job()) for _ in range(3)]
    claims = [job_store.claim(CLAIMS, a_lease(worker)) for worker in (ANNA, BERT) * 4]
    leased = [job.id for job in await asyncio.gather(*claims) if job is not None]
    while (job := await job_store.claim(CLAIMS, a_lease())) is not None:  # of which one was in another's way
        leased.append(job.id)
    assert len(leased) == len(set(leased)) == 5
    assert {job.id for job in free} < set(leased)
    assert len(set(leased) & {job.id for job in limited}) == 2
