"""Each step between revisions keeps what is stored, up and down."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.database.schema import current, head, migrate
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog, remember_request
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON, a_job, an_event

KEY = RequestKey(project=DEFAULT_PROJECT, principal="local", use_case="missions.execute", key="once")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'taskforce.db'}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def rows(connection: Connection) -> dict[str, int]:
    tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    return {name: connection.execute(text(f"SELECT * FROM {name}")).all().__len__() for name in tables}  # noqa: S608 - our own names


async def test_the_idempotency_table_comes_and_goes_without_touching_what_else_is_stored(
    connection: Connection, tmp_path: Path
) -> None:
    database = SqliteDatabase(tmp_path / "taskforce.db")
    store = SqlJobStore(database, SetClock(NOON), {RememberRequest: remember_request})
    job = a_job()
    change = RememberRequest(request=KEY, fingerprint="ab" * 32, made=job.id, at=NOON)
    await store.submit(job, events=[an_event()], changes=[change])
    database.close()
    full = rows(connection)
    assert full["idempotency"] == full["jobs"] == 1

    migrate(connection, to="0001")
    assert (current(connection), rows(connection)) == (
        "0001",
        {name: count for name, count in full.items() if name != "idempotency"},
    )

    again = SqliteDatabase(tmp_path / "taskforce.db")  # opening it brings it to the head
    assert await SqlRequestLog(again).find(KEY) is None
    again.close()
    assert (current(connection), rows(connection)) == (head(), full | {"idempotency": 0})
