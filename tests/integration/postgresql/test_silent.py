"""A network that swallows all: who asks from outside is told so within one patience, whatever was asked."""

import asyncio
import time
from collections.abc import Awaitable

import pytest
from sqlalchemy import text

from taskforce.core.errors import Unavailable
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.ports import Commit
from taskforce.infrastructure.database.database import PATIENT, PROMPT
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.database.postgres_errors import MaybeWritten
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import CLAIMS, LEASE, NOON, a_job, a_lease, a_step, an_event
from tests.integration.postgres import ready
from tests.services.postgres_server import PostgresServer
from tests.services.relay import relay

ADD = text("INSERT INTO projects (id, name, created_by, created_at) VALUES ('swallowed', 'P', 'me', 0)")
SLACK = 4.0
"""Seconds that a busy machine may take, and the one that the answer is waited for beyond."""


async def refusal(asked: Awaitable[object]) -> tuple[type[BaseException], float]:
    """Return how somebody is refused, and after how many seconds."""
    began = time.monotonic()
    with pytest.raises(Unavailable) as refused:
        await asked
    return refused.type, time.monotonic() - began


async def test_who_asks_from_outside_is_told_within_one_patience_and_a_worker_goes_on(
    postgres_url: str, postgres: PostgresServer
) -> None:
    async with relay(postgres.port) as wire:
        url = postgres_url.replace(str(postgres.port), str(wire.port))
        database, door = PostgresDatabase(url, pool=4), PostgresDatabase(url, pool=1)
        await ready(database)
        await ready(door)
        store = PostgresJobStore(database, SetClock(NOON), {})
        other = PostgresJobStore(door, SetClock(NOON), {})
        await other.submit(a_job())
        job = await store.submit(a_job(), events=[an_event("started")], lease=a_lease())
        assert await store.get(job.id, project=None) == job
        fresh = [a_job() for _ in range(3)]
        wire.hold()
        working = asyncio.create_task(store.commit(job, Commit(steps=(a_step(),)), lease=LEASE))
        await asyncio.sleep(0.1)  # what follows is in line behind it
        refused = await asyncio.gather(
            refusal(database.write(lambda connection: connection.execute(ADD))),
            *(refusal(database.read(lambda connection: connection.execute(ADD))) for _ in range(8)),
            *(refusal(store.submit(one)) for one in fresh),
            refusal(store.submit(a_job(lock="door"))),
            *(refusal(store.get(one.id, project=None)) for one in (job, *fresh)),
            refusal(store.heads([job.id])),
            refusal(store.is_due(CLAIMS)),
            refusal(other.submit(a_job())),
            refusal(database.check()),
        )
        assert (
            max(seconds for _, seconds in refused) < PROMPT.total_seconds() + SLACK < PATIENT.total_seconds()
        )
        assert refused[-1][1] < 1 + SLACK
        assert refused[-2][0] is MaybeWritten  # it was on its way already
        assert MaybeWritten not in {how for how, _ in refused[:-2]}
        assert not working.done()
        wire.flow()
        assert await working == 1
        for one in fresh:
            with pytest.raises(JobNotFound):
                await store.get(one.id, project=None)
        count = text("SELECT count(*) FROM projects WHERE id = 'swallowed'")
        assert await database.read(lambda connection: connection.scalar(count)) == 0
        await asyncio.to_thread(database.close)
        await asyncio.to_thread(door.close)
