"""A long queue slows nobody down: to look for work costs the same however much of it waits."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from taskforce.infrastructure.database.group_commit import driver
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs import sql_reads
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import CLAIMS, NOON, a_job, a_lease

FEW, MANY = 20, 2_000


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")
    yield database
    database.close()


def counted(work: Callable[[Connection], Any]) -> Callable[[Connection], int]:
    """Return work that tells how many instructions SQLite ran for it, in tens."""

    def count(connection: Connection) -> int:
        tens = 0

        def tick() -> int:
            nonlocal tens
            tens += 1
            return 0

        raw = driver(connection)
        raw.set_progress_handler(tick, 10)
        try:
            work(connection)
        finally:
            raw.set_progress_handler(None, 0)
        return tens

    return count


async def test_to_look_for_work_costs_the_same_however_much_waits(database: SqliteDatabase) -> None:
    store = SqlJobStore(database, SetClock(NOON), {})
    look = counted(lambda connection: sql_reads.is_due(connection, CLAIMS, now=NOON))
    costs = []
    for wanted in (FEW, MANY):
        for _ in range(wanted - await store.due(CLAIMS)):
            await store.submit(a_job())
        await database.read(look)  # what is prepared once is prepared
        costs.append(await database.read(look))
        assert await store.is_due(CLAIMS)
    assert costs[1] <= 2 * costs[0] + 10, costs
    assert await store.claim(CLAIMS, a_lease()) is not None
