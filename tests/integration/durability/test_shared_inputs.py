"""What the inputs of many jobs have in common is stored once, and is nobody's business but the store's."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce.core.documents import JsonObject
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import KIND, NOON, a_job

PROFILE: JsonObject = {"name": "dev", "tools": ["read", "write"], "model": None}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "taskforce.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlJobStore]:
    database = SqliteDatabase(file)
    yield SqlJobStore(database, SetClock(NOON), {}, shared={KIND: frozenset({"profile", "version"})})
    database.close()


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as connection:
        return connection.execute(query).fetchall()


async def stored(store: SqlJobStore, input: JsonObject, *, kind: str = KIND) -> JsonObject:
    job = await store.submit(a_job(input=input, kind=kind))
    return (await store.get(job.id, project=None)).input


async def test_jobs_that_are_alike_in_it_share_one_document(store: SqlJobStore, file: Path) -> None:
    for mission in ("one", "two", "three"):
        given: JsonObject = {"mission": mission, "profile": PROFILE, "version": 1}
        assert await stored(store, given) == given
    assert rows(file, "SELECT count(*) FROM documents") == [(1,)]
    assert rows(file, "SELECT own FROM job_inputs ORDER BY job LIMIT 1") == [('{"mission":"one"}',)]


async def test_a_difference_of_type_is_a_difference(store: SqlJobStore, file: Path) -> None:
    for version in (1, 1.0, True):
        given: JsonObject = {"profile": PROFILE, "version": version}
        assert repr(await stored(store, given)) == repr(given)
    assert rows(file, "SELECT count(*) FROM documents") == [(3,)]


@pytest.mark.parametrize("given", [{}, {"mission": "one"}])
async def test_an_input_that_has_none_of_it_stands_alone(
    store: SqlJobStore, file: Path, given: JsonObject
) -> None:
    assert await stored(store, given) == given
    assert rows(file, "SELECT count(*) FROM documents") == [(0,)]


async def test_an_input_of_another_kind_is_stored_whole(store: SqlJobStore, file: Path) -> None:
    given: JsonObject = {"profile": PROFILE}
    assert await stored(store, given, kind="other") == given
    assert rows(file, "SELECT count(*) FROM documents") == [(0,)]


async def test_a_document_that_no_job_refers_to_can_be_deleted_and_no_other(
    store: SqlJobStore, file: Path
) -> None:
    for version in (1, 2):
        await stored(store, {"profile": PROFILE, "version": version})
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM jobs WHERE number = 1")
        connection.execute("DELETE FROM documents WHERE number NOT IN (SELECT shared FROM job_inputs)")
        assert connection.execute("SELECT number FROM documents").fetchall() == [(2,)]
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("DELETE FROM documents")
