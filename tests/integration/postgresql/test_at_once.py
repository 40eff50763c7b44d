"""What is usual takes one statement on PostgreSQL, also for many at once; what is not goes the long way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import asyncpg
import pytest
from sqlalchemy import Connection, text

from taskforce.core.jobs.errors import KeyUsedTwice, LeaseLost, LockHeld
from taskforce.core.jobs.model import Concurrency, Job, JobStatus, Progress
from taskforce.core.jobs.ports import Commit, JobStore
from taskforce.core.jobs.steps import StepStatus
from taskforce.infrastructure.database.database import PROMPT, Guard
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.webhooks.sql_outlet import SqlOutlet
from tests.builders import CLAIMS, LEASE, NOON, a_child, a_job, a_lease, a_step, an_event, success
from tests.integration.postgres import ready
from tests.services.postgres_server import PostgresServer
from tests.services.relay import relay

T = TypeVar("T")


class Counting(PostgresDatabase):
    """Counts the transactions that write."""

    writes = 0

    async def write(
        self,
        work: Callable[[Connection], T],
        *,
        patience: timedelta = PROMPT,
        guard: Guard = Guard.ALL,
    ) -> T:
        self.writes += 1
        return await super().write(work, patience=patience, guard=guard)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Counting]:
    database = Counting(postgres_url, pool=4)
    await ready(database)
    yield database
    database.close()


@pytest.fixture
def store(database: Counting) -> JobStore:
    return PostgresJobStore(database, SetClock(NOON), {}, outlet=SqlOutlet())


def usual(key: str) -> Commit:
    return Commit(steps=(a_step(key),), events=(an_event(key),), progress=Progress(percent=5, message=key))


async def running(store: JobStore) -> Job:
    return await store.submit(a_job(), events=[an_event("started")], lease=a_lease())


async def steps_of(store: JobStore, job: Job) -> set[str]:
    return set((await store.load(job)).steps)


async def test_a_usual_job_is_handed_in_claimed_recorded_and_ended_without_a_transaction(
    store: JobStore, database: Counting
) -> None:
    submitted = await store.submit(a_job(), events=[an_event("started")])
    job = await store.claim(CLAIMS, a_lease())
    assert job is not None
    assert await store.claim(CLAIMS, a_lease()) is None
    assert await store.commit(job, usual("a"), lease=LEASE) == 2
    assert await store.commit(job, Commit(steps=(a_step("b", status=StepStatus.RETRYING),)), lease=LEASE) == 2
    assert await store.commit(job, usual("b"), lease=LEASE) == 3
    ended = await store.end(job, usual("c"), success())
    assert database.writes == 0
    assert ended == await store.get(submitted.id, project=None)
    assert (ended.last_event, ended.progress.message) == (5, "c")
    assert await steps_of(store, ended) == {"a", "b", "c"}


async def test_what_is_unusual_takes_a_transaction(store: JobStore, database: Counting) -> None:
    door = await store.submit(a_job(lock="door"))
    with pytest.raises(LockHeld):
        await store.submit(a_job(lock="door"))
    limited = await store.submit(a_job(concurrency=Concurrency(key="one", limit=1)), lease=a_lease())
    assert database.writes == 3
    job = await running(store)
    with_child = Commit(children=(a_child(job, "child"),))
    assert await store.commit(job, with_child, lease=LEASE) == 1
    assert database.writes == 4
    assert (await store.end(job, Commit(), success())).status is JobStatus.SUCCEEDED
    with pytest.raises(LeaseLost):
        await store.commit(replace(limited, epoch=9), usual("a"), lease=LEASE)
    assert database.writes == 6
    assert (await store.get(door.id, project=None)).status is JobStatus.QUEUED


async def test_many_at_once_share_a_commit_and_one_that_is_refused_spoils_it_for_none(
    store: JobStore, database: Counting
) -> None:
    jobs = await asyncio.gather(*(running(store) for _ in range(12)))
    await store.commit(jobs[0], usual("a"), lease=LEASE)
    before = await transactions(database)
    heads = await asyncio.gather(*(store.commit(job, usual("b"), lease=LEASE) for job in jobs))
    assert await transactions(database) - before < len(jobs)
    assert heads == [3, *[2] * 11]
    refused, *rest = await asyncio.gather(
        *(store.commit(job, Commit(steps=(a_step("a"),)), lease=LEASE) for job in jobs),
        return_exceptions=True,
    )
    assert isinstance(refused, KeyUsedTwice)
    assert rest == [2] * 11
    assert [await steps_of(store, job) for job in jobs] == [{"a", "b"}] * 12


async def transactions(database: PostgresDatabase) -> int:
    """Return the number of the next transaction that writes."""
    query = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    return int(str(await database.read(lambda connection: connection.scalar(query))))


async def test_commits_of_one_job_at_once_are_all_written_without_a_gap(store: JobStore) -> None:
    job = await running(store)
    heads = await asyncio.gather(*(store.commit(job, usual(key), lease=LEASE) for key in "abcdef"))
    assert sorted(heads) == [2, 3, 4, 5, 6, 7]
    assert [told.number for told in await store.events(job.id, after=0, limit=9)] == list(range(1, 8))


async def test_a_job_whose_row_somebody_holds_does_not_hold_up_the_others(
    store: JobStore, postgres_url: str
) -> None:
    held, free = await running(store), await running(store)
    other = await asyncpg.connect(postgres_url)
    transaction = other.transaction()
    await transaction.start()
    await other.fetchrow("SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE", held.id)
    waiting = asyncio.create_task(store.commit(held, usual("a"), lease=LEASE))
    assert await store.commit(free, usual("a"), lease=LEASE) == 2
    assert not waiting.done()
    await transaction.rollback()
    await other.close()
    assert await waiting == 2


async def test_a_checkpoint_whose_answer_is_lost_is_looked_for_and_not_written_twice(
    postgres_url: str, postgres: PostgresServer
) -> None:
    async with relay(postgres.port) as between:
        database = PostgresDatabase(postgres_url.replace(str(postgres.port), str(between.port)), pool=2)
        await ready(database)
        store = PostgresJobStore(database, SetClock(NOON), {})
        job = await running(store)
        between.break_off_after(b"the answer to this is lost")
        assert await store.commit(job, usual("the answer to this is lost"), lease=LEASE) == 2
        assert await store.commit(job, usual("next"), lease=LEASE) == 3
        assert await steps_of(store, job) == {"the answer to this is lost", "next"}
        await asyncio.to_thread(database.close)
