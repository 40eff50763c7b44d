"""Writes are committed in groups, and each of a group stands or falls alone."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError, OperationalError

from taskforce.core.errors import Unavailable
from taskforce.core.jobs.errors import LeaseLost, StoreBusy
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.database.tables import projects
from tests.builders import NOON


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "taskforce.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(file, busy_timeout=0.2)
    await database.check()
    yield database
    database.close()


def put(connection: Connection, name: str) -> str:
    connection.execute(insert(projects).values(id=name, name=name, created_by="local", created_at=NOON))
    return name


def putting(name: str) -> Callable[[Connection], str]:
    return lambda connection: put(connection, name)


def nothing(_: Connection) -> None:
    pass


def stored(file: Path) -> set[str]:
    """What another connection sees."""
    with closing(sqlite3.connect(file)) as other:
        return {name for (name,) in other.execute("SELECT id FROM projects WHERE id <> 'default'")}


async def held_up(database: SqliteDatabase) -> tuple["asyncio.Task[bool]", Event]:
    """Keep the writer busy until the event is set, so that what is asked for meanwhile is one group."""
    begun, go_on = Event(), Event()

    def work(_: Connection) -> bool:
        begun.set()
        return go_on.wait(10)

    task = asyncio.create_task(database.write(work))
    await asyncio.to_thread(begun.wait, 10)
    return task, go_on


async def test_one_that_fails_is_dropped_alone(database: SqliteDatabase, file: Path) -> None:
    def lose(connection: Connection) -> None:
        put(connection, "lost")
        raise LeaseLost("job")

    def clash(connection: Connection) -> None:
        put(connection, "clash")
        put(connection, "clash")

    def mistake(connection: Connection) -> None:
        put(connection, "mistake")
        connection.exec_driver_sql("SELECT nonsense")

    busy, go_on = await held_up(database)
    asked: list[Callable[[Connection], object]] = [
        putting("a"),
        lose,
        putting("b"),
        clash,
        mistake,
        putting("c"),
    ]
    group = asyncio.gather(*(database.write(work) for work in asked), return_exceptions=True)
    await asyncio.sleep(0)
    go_on.set()
    answers = await group
    assert await busy
    assert [answers[0], answers[2], answers[5]] == ["a", "b", "c"]
    assert [type(answers[place]) for place in (1, 3, 4)] == [LeaseLost, IntegrityError, OperationalError]
    assert stored(file) == {"a", "b", "c"}


async def test_an_answer_comes_after_the_commit(database: SqliteDatabase, file: Path) -> None:
    async def write_and_look(name: str) -> bool:
        await database.write(putting(name))
        return name in stored(file)

    seen = await asyncio.gather(*(write_and_look(f"{n}") for n in range(40)))
    assert all(seen)


async def test_a_group_is_one_transaction(database: SqliteDatabase, file: Path) -> None:
    def look(_: Connection) -> set[str]:
        return stored(file)

    busy, go_on = await held_up(database)
    group = asyncio.gather(database.write(putting("a")), database.write(look))
    await asyncio.sleep(0)
    go_on.set()
    first, seen = await group
    assert (first, seen) == ("a", set())
    assert await busy
    assert stored(file) == {"a"}


async def test_a_locked_database_is_busy_and_recovers(database: SqliteDatabase, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = await asyncio.gather(
            *(database.write(putting(f"{n}")) for n in range(3)),
            return_exceptions=True,
        )
        assert [type(answer) for answer in answers] == [StoreBusy] * 3
        assert await database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1
        other.execute("ROLLBACK")
    assert await database.write(putting("after")) == "after"
    assert stored(file) == {"after"}


async def test_a_full_disk_fails_the_whole_group_and_is_survived(
    database: SqliteDatabase, file: Path
) -> None:
    pages = await database.read(
        lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    )

    def limit(connection: Connection, most: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    def fill(connection: Connection) -> None:
        for n in range(1_000):
            put(connection, f"{n:0200}")

    await database.write(lambda connection: limit(connection, pages + 3))
    busy, go_on = await held_up(database)
    group = asyncio.gather(
        database.write(putting("before")),
        database.write(fill),
        database.write(putting("after")),
        return_exceptions=True,
    )
    await asyncio.sleep(0)
    go_on.set()
    answers = await group
    await busy
    assert isinstance(answers[1], Unavailable)
    assert "disk is full" in str(answers[1])
    told = {answer for answer in answers if isinstance(answer, str)}
    assert stored(file) == told
    await database.write(lambda connection: limit(connection, 1_000_000))
    await database.write(putting("later"))
    assert stored(file) == {*told, "later"}


async def test_a_waiter_that_is_cancelled_does_not_stop_its_write(
    database: SqliteDatabase, file: Path
) -> None:
    busy, go_on = await held_up(database)
    waiter = asyncio.create_task(database.write(putting("cancelled")))
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    go_on.set()
    assert await busy
    await database.write(nothing)
    assert stored(file) == {"cancelled"}


async def test_a_loop_that_closed_before_its_answer_harms_nobody(
    database: SqliteDatabase, file: Path
) -> None:
    busy, go_on = await held_up(database)

    async def ask_and_leave() -> None:
        task = asyncio.create_task(database.write(putting("left")))
        await asyncio.sleep(0)
        task.cancel()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, ask_and_leave()).result()
    go_on.set()
    assert await busy
    await database.write(nothing)
    assert stored(file) == {"left"}


async def test_any_event_loop_may_ask(database: SqliteDatabase, file: Path) -> None:
    def ask(name: str) -> str:
        return asyncio.run(database.write(putting(name)))

    names = {f"{n}" for n in range(40)}
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, names)) == names
    assert stored(file) == names


async def test_a_reader_writes_nothing(database: SqliteDatabase, file: Path) -> None:
    with pytest.raises(Unavailable):
        await database.read(putting("read"))
    assert stored(file) == set()


async def test_a_reader_sees_one_moment(database: SqliteDatabase) -> None:
    loop = asyncio.get_running_loop()

    def look_twice(connection: Connection) -> tuple[object, object]:
        count = "SELECT count(*) FROM projects"
        first = connection.exec_driver_sql(count).scalar()
        write = database.write(putting("between"))
        asyncio.run_coroutine_threadsafe(write, loop).result(10)
        return first, connection.exec_driver_sql(count).scalar()

    assert await database.read(look_twice) == (1, 1)


async def test_closing_finishes_what_was_asked_for_and_refuses_the_rest(
    database: SqliteDatabase, file: Path
) -> None:
    def slow(connection: Connection, name: str) -> None:
        time.sleep(0.005)
        put(connection, name)

    names = {f"{n}" for n in range(20)}
    asked = [asyncio.create_task(database.write(partial(slow, name=name))) for name in names]
    await asyncio.sleep(0)
    database.close()
    await asyncio.gather(*asked)
    assert stored(file) == names
    with pytest.raises(Unavailable, match="closed"):
        await database.write(nothing)
    with pytest.raises(Unavailable, match="closed"):
        await database.check()
    database.close()


def test_a_database_that_was_never_used_closes_and_leaves_no_file(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "home" / "taskforce.db")
    database.close()
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_told_and_may_be_mended(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    database = SqliteDatabase(tmp_path / "home" / "taskforce.db")
    with pytest.raises(Unavailable):
        await database.write(nothing)
    with pytest.raises(Unavailable):
        await database.check()
    (tmp_path / "home").unlink()
    await database.check()
    database.close()


def settings(connection: Connection) -> tuple[object, ...]:
    names = ("synchronous", "journal_mode", "foreign_keys")
    return tuple(connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names)


async def test_the_disk_is_asked_for_every_commit_by_default(file: Path) -> None:
    for database, level in ((SqliteDatabase(file), 2), (SqliteDatabase(file, synchronous="NORMAL"), 1)):
        assert await database.write(settings) == (level, "wal", 1)
        database.close()


async def test_who_is_less_patient_is_told_first_and_the_other_is_written(file: Path) -> None:
    database = SqliteDatabase(file)
    await database.check()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        patient = asyncio.create_task(database.write(putting("patient"), patience=timedelta(seconds=30)))
        hasty = asyncio.create_task(database.write(putting("hasty"), patience=timedelta(seconds=0.1)))
        with pytest.raises(StoreBusy):
            await hasty
        with pytest.raises(StoreBusy):  # who comes while another waits is told in time as well
            await database.write(putting("late"), patience=timedelta(seconds=0.1))
        with pytest.raises(StoreBusy):
            await database.check()
        assert not patient.done()
        other.execute("ROLLBACK")
    assert await patient == "patient"
    await database.check()
    database.close()
    assert stored(file) == {"patient"}


async def test_a_database_that_is_closed_while_somebody_waits_for_the_lock_writes_that_first(
    file: Path,
) -> None:
    database = SqliteDatabase(file)
    await database.check()
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(database.write(putting("a")))
        await asyncio.sleep(0.1)
        closed = asyncio.create_task(asyncio.to_thread(database.close))
        await asyncio.sleep(0.5)
        other.execute("ROLLBACK")
    await closed
    assert await waiting == "a"
    assert stored(file) == {"a"}
