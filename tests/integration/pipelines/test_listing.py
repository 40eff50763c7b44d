"""Lists of runs are read by an index, however many runs there are, in two statements."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from taskforce.core.jobs.ports import Commit
from taskforce.core.paging import Page
from taskforce.core.pipelines.errors import TooManyRuns
from taskforce.core.pipelines.model import RunStatus
from taskforce.core.pipelines.ports import RunFilter
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.pipelines.sql import SqlRunStore
from taskforce.infrastructure.pipelines.sql_changes import APPLIERS, create_run
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON, a_lease, success
from tests.pipeline_builders import a_run, created

MANY = 1_000
SHOP = RunFilter(project=DEFAULT_PROJECT, repository="acme/shop")
FILTERS = {
    "all": SHOP,
    "branch": replace(SHOP, branch="topic"),
    "status": replace(SHOP, status=RunStatus.PENDING),
    "both": replace(SHOP, branch="topic", status=RunStatus.SUCCESS),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabase]:
    """A thousand runs of one repository: every tenth is of a topic, half of them succeeded."""
    database = SqliteDatabase(tmp_path_factory.mktemp("many") / "taskforce.db", synchronous="NORMAL")
    asyncio.run(fill(SqlJobStore(database, SetClock(NOON), APPLIERS)))
    yield database
    database.close()


async def fill(store: SqlJobStore) -> None:
    for number in range(MANY):
        branch = "topic" if number % 10 == 0 else "main"
        job, facts = a_run(branch=branch, created_at=NOON + timedelta(seconds=number))
        lease = a_lease() if number % 2 else None
        job = await store.submit(job, changes=[created(facts)], lease=lease)
        if lease:
            await store.end(job, Commit(), success())


@pytest.mark.parametrize("name", FILTERS)
async def test_a_list_takes_two_statements_and_no_scan_of_runs(database: SqliteDatabase, name: str) -> None:
    said: list[tuple[str, object]] = []

    def listen(connection: Connection) -> None:
        event.listen(connection.engine, "before_cursor_execute", _note)

    def _note(*seen: object) -> None:
        said.append((str(seen[2]), seen[3]))

    await database.read(listen)
    await SqlRunStore(database).list(FILTERS[name], Page())
    asked = [(sql, values) for sql, values in said if "pipeline_runs" in sql]
    assert len(asked) <= 2

    def plans(connection: Connection) -> list[str]:
        return [
            str(row[3])
            for sql, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
        ]

    plan = await database.read(plans)
    assert not [line for line in plan if line.startswith("SCAN")], plan
    assert any("ix_pipeline_runs_" in line for line in plan), plan


@pytest.mark.parametrize("name", FILTERS)
async def test_a_thousand_runs_are_listed_in_fifty_milliseconds(database: SqliteDatabase, name: str) -> None:
    store = SqlRunStore(database)
    best = 1.0
    for _ in range(5):
        begun = time.perf_counter()
        found = await store.list(FILTERS[name], Page(limit=100))
        best = min(best, time.perf_counter() - begun)
    expected = {"all": 1_000, "branch": 100, "status": 500, "both": 0}
    assert found.total == expected[name]
    assert best < 0.05


async def test_unfinished_runs_are_counted_quickly(database: SqliteDatabase) -> None:
    _, facts = a_run()
    begun = time.perf_counter()
    with pytest.raises(TooManyRuns):
        await database.write(lambda connection: create_run(connection, created(facts, most=500)))
    assert time.perf_counter() - begun < 0.05
