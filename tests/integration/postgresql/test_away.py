"""What becomes of reads and writes while the server is away, frozen, or breaks off an answer."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from taskforce.core.errors import Unavailable
from taskforce.core.jobs.errors import StoreBusy
from taskforce.core.jobs.ports import Commit
from taskforce.infrastructure.database.database import PATIENT, Guard
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import CLAIMS, LEASE, NOON, a_job, a_lease, a_step, an_event
from tests.integration.postgres import elsewhere, ready
from tests.services.postgres_server import PostgresServer, postgres_server
from tests.services.relay import Relay, relay

ADD = text("INSERT INTO projects (id, name, created_by, created_at) VALUES (:id, 'P', 'me', 0)")
COUNT = text("SELECT count(*) FROM projects WHERE id = :id")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """Give a server of the module's own, for it is stopped and frozen."""
    with postgres_server() as server:
        database = PostgresDatabase(server.url())
        elsewhere(ready(database))
        database.close()
        yield server


@pytest.fixture
def database(server: PostgresServer) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(server.url(), pool=4)
    yield database
    database.close()


def add(project: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(ADD, {"id": project})


async def count(database: PostgresDatabase, project: str) -> int | None:
    found: int | None = await database.read(lambda connection: connection.scalar(COUNT, {"id": project}))
    return found


@contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    """Stop all of its processes in the middle of whatever they do."""
    processes = [server.process.pid, *_children(server.process.pid)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(processes):
            os.kill(process, signal.SIGCONT)


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


async def fill(database: PostgresDatabase) -> None:
    """Open all connections of the pool."""
    await asyncio.gather(*(database.read(_sleep_a_little) for _ in range(4)))


def _sleep_a_little(connection: Connection) -> None:
    connection.execute(text("SELECT pg_sleep(0.05)"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_restart_between_two_writes_is_not_noticed(
    server: PostgresServer, database: PostgresDatabase, how: signal.Signals
) -> None:
    await fill(database)
    await asyncio.to_thread(server.stop, how)
    await asyncio.to_thread(server.start)
    await database.write(add(f"after-{how}"))
    assert await count(database, f"after-{how}") == 1


async def test_who_is_patient_outlasts_a_restart(server: PostgresServer, database: PostgresDatabase) -> None:
    await fill(database)
    await asyncio.to_thread(server.stop)
    asked = asyncio.create_task(database.write(add("outlasting"), patience=PATIENT))
    await asyncio.sleep(0.2)
    assert not asked.done()
    await asyncio.to_thread(server.start)
    await asked
    assert await count(database, "outlasting") == 1


async def test_while_it_is_away_it_is_unavailable_and_nothing_is_written_later(
    server: PostgresServer,
) -> None:
    database = PostgresDatabase(server.url(), patience=timedelta(seconds=0.3))
    await ready(database)
    await asyncio.to_thread(server.stop)
    with pytest.raises(Unavailable, match=r"postgres at 127\.0\.0\.1:\d+ cannot be used: it is not reached"):
        await database.write(add("while-away"))
    with pytest.raises(Unavailable):
        await database.read(lambda _: None)
    with pytest.raises(Unavailable):
        await database.check()
    await asyncio.to_thread(server.start)
    assert await count(database, "while-away") == 0
    database.close()


async def test_a_job_store_reads_and_writes_again_after_it_was_away(server: PostgresServer) -> None:
    database = PostgresDatabase(server.url(), patience=timedelta(seconds=0.5))
    await ready(database)
    store = PostgresJobStore(database, SetClock(NOON), {})
    job = await store.submit(a_job(), events=[an_event("started")], lease=a_lease())
    assert (await store.heads([job.id]))[job.id].last_event == 1
    await asyncio.to_thread(server.stop)
    commit = Commit(steps=(a_step("a"),), events=(an_event("a"),))
    with pytest.raises(Unavailable):
        await store.commit(job, commit, lease=LEASE)
    with pytest.raises(Unavailable):
        await store.claim(CLAIMS, a_lease())
    with pytest.raises(Unavailable):
        await store.heads([job.id])
    with pytest.raises(Unavailable):
        await store.glance([job])
    with pytest.raises(Unavailable):
        await store.events(job.id, after=0, limit=9)
    await asyncio.to_thread(server.start)
    await ready(database)
    assert await store.commit(job, commit, lease=LEASE) == 2
    assert (await store.heads([job.id]))[job.id].last_event == 2
    await asyncio.to_thread(database.close)


async def test_a_write_that_the_server_breaks_off_is_done_again(
    server: PostgresServer, database: PostgresDatabase
) -> None:
    tries = []

    def interrupted(connection: Connection) -> None:
        connection.execute(ADD, {"id": "broken-off"})
        tries.append(connection.scalar(text("SELECT pg_backend_pid()")))
        if len(tries) == 1:
            server.run(f"SELECT pg_terminate_backend({tries[0]})")
            connection.execute(text("SELECT 1"))

    await database.write(interrupted)
    assert len(tries) == 2
    assert await count(database, "broken-off") == 1


async def test_one_who_is_frozen_longer_than_patience_is_not_waited_for(server: PostgresServer) -> None:
    database = PostgresDatabase(server.url(), patience=timedelta(seconds=0.5))
    await ready(database)
    with frozen(server), pytest.raises(Unavailable):
        await database.write(add("frozen"))
    await database.write(add("thawed"), guard=Guard.ROWS)
    assert await count(database, "thawed") == 1
    database.close()


async def test_it_closes_while_the_server_is_frozen(server: PostgresServer) -> None:
    database = PostgresDatabase(server.url(), patience=timedelta(seconds=0.3))
    await ready(database)
    with frozen(server):
        await asyncio.wait_for(asyncio.to_thread(database.close), 20)
    with pytest.raises(Unavailable, match="is closed"):
        await database.check()


async def test_a_commit_whose_answer_is_lost_is_not_done_again(server: PostgresServer) -> None:
    tries: list[bool] = []

    async with relay(server.port) as between:
        database = PostgresDatabase(server.url().replace(str(server.port), str(between.port)))
        await database.check()
        with pytest.raises(Unavailable, match=r"may be done, or not\. Look before you ask again"):
            await database.write(lambda connection: _lose_the_answer(connection, between, tries))
        assert await count(database, "uncertain") == 1
        await asyncio.to_thread(database.close)
    assert len(tries) == 1


def _lose_the_answer(connection: Connection, between: Relay, tries: list[bool]) -> None:
    connection.execute(ADD, {"id": "uncertain"})
    tries.append(True)
    between.break_off_after(b"COMMIT")


async def test_when_all_connections_are_taken_others_are_told_that_it_is_busy(server: PostgresServer) -> None:
    database = PostgresDatabase(server.url(), pool=2, patience=timedelta(seconds=0.5))
    other = PostgresDatabase(server.url(), pool=2)
    await ready(database)
    taken = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold_the_lock(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(1)"))
        loop.call_soon_threadsafe(taken.set)
        connection.execute(text("SELECT pg_sleep(1.5)"))

    holding = asyncio.create_task(other.write(hold_the_lock))
    await taken.wait()
    lock = text("SELECT pg_advisory_xact_lock(1)")
    asked = [database.write(lambda connection: connection.execute(lock)) for _ in range(5)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreBusy] * 5
    await holding
    await database.check()
    other.close()
    database.close()


async def test_who_leaves_while_it_waits_takes_no_connection_along(database: PostgresDatabase) -> None:
    for _ in range(3):
        asked = [asyncio.create_task(database.read(_sleep_a_little)) for _ in range(8)]
        await asyncio.sleep(0.01)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    await fill(database)
