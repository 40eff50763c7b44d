"""What a backlog costs: each look at it goes by an index that holds only what is looked for."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from taskforce.core.jobs.ports import Commit
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.schema import migrate
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.webhooks import sql_statements as sql
from taskforce.infrastructure.webhooks.sql import SqlDeliveryStore, SqlWebhookStore
from taskforce.infrastructure.webhooks.sql_outlet import SqlOutlet
from tests.builders import LEASE, NOON, a_job, a_lease, a_step, an_event
from tests.webhook_builders import a_webhook, an_attempt, an_outgoing

VALUES = {
    "of_project": DEFAULT_PROJECT,
    "webhook_id": "w",
    "of_subject": "j",
    "of_owner": "a",
    "delivery_id": "d",
    "gone": "e",
    "now": NOON,
    "stale": NOON,
    "most": 10,
    "first": 0,
}
BY_INDEX = {
    "WANTED": "ix_webhooks_enabled",
    "WITH_DUE": "ix_webhook_deliveries_due",
    "DUE": "ix_webhook_deliveries_due",
    "SENDING": "ix_webhook_deliveries_sending",
    "OWNERS": "ix_webhook_deliveries_sending",
    "SENT_BY": "ix_webhook_deliveries_sending",
    "IN_HAND": "ix_webhook_deliveries_line",
    "FIRST": "ix_webhook_deliveries_line",
    "CLOSED": "ix_webhook_deliveries_line",
    "FORGET_OLD": "ix_webhook_deliveries_over",
    "FORGET_DELETED": "ix_webhook_deliveries_webhook_number",
    "TAKE_OUT": "sqlite_autoindex_outbox_1",
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    file = tmp_path_factory.mktemp("plans") / "taskforce.db"
    engine = create_engine(f"sqlite:///{file}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        migrate(connection)
        yield connection
    engine.dispose()


def plan_of(connection: Connection, statement: Prepared) -> str:
    compiled = statement._on(connection)  # noqa: SLF001 - what SQLite is asked with
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    rows = raw.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", compiled.arguments(VALUES))
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(("name", "index"), BY_INDEX.items(), ids=list(BY_INDEX))
def test_a_look_goes_by_its_index(connection: Connection, name: str, index: str) -> None:
    plan = plan_of(connection, getattr(sql, name))
    assert index in plan, plan
    assert "SCAN webhook_deliveries" not in plan or index.endswith("_sending"), plan


async def test_a_day_of_backlog_is_claimed_a_few_at_a_time_and_as_quickly(tmp_path: Path) -> None:
    """SQLite's own count of steps, which no other load disturbs."""
    clock = SetClock(NOON)
    database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")
    await SqlWebhookStore(database).add(a_webhook(concurrency=4), most=1)
    store = SqlDeliveryStore(database, clock)
    costs = []
    for batch in range(2):
        for part in range(2 if batch == 0 else 30):
            await store.spread([an_outgoing(f"{batch}-{part}-{n % 50}", n) for n in range(200)])
        costs.append(await _steps(database, store))
    database.close()
    assert costs[1] < 2 * costs[0]


async def _steps(database: SqliteDatabase, store: SqlDeliveryStore) -> int:
    """How many steps of SQLite's machine, in hundreds, a round of claims and records takes."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    def watch(connection: Connection, ticking: object) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_progress_handler(ticking, 10)  # type: ignore[arg-type] # None ends it

    await database.write(lambda connection: watch(connection, tick))
    letters = await store.claim(a_lease(), most=128)
    assert len(letters) == 4
    for letter in letters:
        await store.record(letter.delivery, an_attempt())
    await store.tidy(keep=timedelta(days=14), most=500)
    await database.write(lambda connection: watch(connection, None))
    return count


async def test_with_nobody_listening_a_commit_asks_one_index_and_writes_nothing(tmp_path: Path) -> None:
    said: list[str] = []

    def listen(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_trace_callback(said.append)

    database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")
    store = SqlJobStore(database, SetClock(NOON), {}, outlet=SqlOutlet())
    job = await store.submit(a_job(), lease=a_lease())
    await database.write(listen)
    await store.commit(job, _commit("a"), lease=LEASE)
    with_events = [line for line in said if "webhooks" in line or "outbox" in line]
    said.clear()
    await store.commit(job, _commit(), lease=LEASE)
    without = [line for line in said if "webhooks" in line or "outbox" in line]
    database.close()
    assert [line.split()[0] for line in with_events] == ["SELECT"]
    assert without == []


def _commit(*keys: str) -> Commit:
    return Commit(events=tuple(an_event(key) for key in keys), steps=(a_step(f"s{keys}"),))
