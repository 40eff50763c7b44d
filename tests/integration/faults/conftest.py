"""A database server for the tests that break workers and disks; who breaks servers has one of their own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.services.postgres_server import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def durable_postgres() -> Iterator[PostgresServer]:
    """Give a server that syncs what it promises."""
    with postgres_server(is_durable=True) as server:
        yield server


@pytest.fixture
def database(durable_postgres: PostgresServer) -> Iterator[str]:
    """Give the name of an empty database."""
    name = uuid4().hex
    durable_postgres.create(name)
    yield name
    durable_postgres.drop(name)
