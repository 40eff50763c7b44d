"""Whatever workers, people and time do to jobs, in whatever order, the promises of the store hold."""

import os

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from taskforce.infrastructure.database.postgres import PostgresDatabase
from tests.integration.proof.books import Books, MemoryBooks, SqlBooks
from tests.integration.proof.machine import machine_on
from tests.integration.proof.postgres_books import PostgresBooks
from tests.integration.proof.rules import Rules

IS_LONG = os.environ.get("FAULTS") == "long"
SEARCH = settings(
    max_examples=20_000 if IS_LONG else 200,
    stateful_step_count=40,
    derandomize=not IS_LONG,
    database=None,
    deadline=None,
    print_blob=True,
)


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("books", [MemoryBooks, SqlBooks])
def test_the_promises_of_the_store_hold_whatever_is_done_to_it(books: type[Books]) -> None:
    run_state_machine_as_test(machine_on(books, Rules), settings=SEARCH)


@pytest.mark.timeout(1_800)
def test_they_hold_where_postgresql_does_at_once_what_is_usual(empty_postgres: PostgresDatabase) -> None:
    books = type("Books", (PostgresBooks,), {"database": empty_postgres})
    search = settings(SEARCH, max_examples=1_000 if IS_LONG else 25)
    run_state_machine_as_test(machine_on(books, Rules), settings=search)
