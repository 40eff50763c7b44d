"""One PostgreSQL server for all tests of a process: a database that is emptied, or one made for a test."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Select, Table, literal, select, text, union_all

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.indexes import indexed_tables
from taskforce.infrastructure.database.postgres import PostgresDatabase
from tests.services.postgres_server import PostgresServer, postgres_server

T = TypeVar("T")
TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Give a server whose database `migrated` has all tables and no rows."""
    with postgres_server() as server:
        database = PostgresDatabase(server.create(TEMPLATE))
        elsewhere(ready(database))
        database.close()
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Give the address of a database of the test's own, which has all tables."""
    name = uuid4().hex
    yield postgres.create(name, template=TEMPLATE)
    postgres.drop(name)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[PostgresDatabase]:
    """Give a database of the test's own."""
    database = PostgresDatabase(postgres_url, pool=4)
    yield database
    database.close()


@pytest.fixture(scope="session")
def kept_postgres(postgres: PostgresServer) -> Iterator[PostgresDatabase]:
    """Give the database that the tests of a process have in turn."""
    database = PostgresDatabase(postgres.create("kept", template=TEMPLATE), pool=4)
    yield database
    database.close()


@pytest.fixture
def empty_postgres(kept_postgres: PostgresDatabase) -> PostgresDatabase:
    """Give that database without the rows of the test before: much quicker than another database."""
    elsewhere(kept_postgres.write(_empty))
    return kept_postgres


async def ready(database: PostgresDatabase) -> None:
    """Open a database that is not patient, however slow this machine is."""
    for _ in range(100):
        with suppress(Unavailable):
            await database.check()
            return
    raise AssertionError("it does not open")


def elsewhere(work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of it on a loop of its own: whoever asks may be on one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _empty(connection: Connection) -> None:
    """Remove all rows but the project that always exists."""
    tables = [table for table in indexed_tables().sorted_tables if table.name != "projects"]
    full = [str(name) for name in connection.scalars(union_all(*map(_name_if_full, tables)))]
    if full:
        connection.execute(text(f"TRUNCATE {', '.join(full)} RESTART IDENTITY CASCADE"))
    connection.execute(text("DELETE FROM projects WHERE id <> 'default'"))


def _name_if_full(table: Table) -> Select[str]:
    return select(literal(table.name)).where(select(table).exists())
