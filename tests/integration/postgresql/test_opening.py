"""Who opens a database of a server first, who may not, and what it then finds."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from taskforce.core.errors import Invalid, Unavailable
from taskforce.infrastructure.database.indexes import indexed_tables
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.database.schema import HEAD, current, migrate
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.server_clock import ServerClock
from tests.builders import NOON, a_job, an_event
from tests.integration.postgres import TEMPLATE
from tests.services.postgres_server import USER, PostgresServer

OPEN = """
import asyncio, sys
from taskforce.infrastructure.database.postgres import PostgresDatabase
database = PostgresDatabase(sys.argv[1])
asyncio.run(database.check_schema())
database.close()
"""


def test_of_processes_that_open_an_empty_one_at_once_each_finds_it_migrated(postgres: PostgresServer) -> None:
    url = postgres.create("opened_at_once", template="template0")
    words = [sys.executable, "-c", OPEN, url]
    processes = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 3
    postgres.drop("opened_at_once")


async def test_up_and_down_and_what_is_made_is_what_the_tables_say(
    postgres_database: PostgresDatabase,
) -> None:
    def look(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, indexed_tables()))

    def to_nothing(connection: Connection) -> list[str]:
        migrate(connection, to="base")
        return inspect(connection).get_table_names()

    def to_each(connection: Connection) -> str | None:
        for number in range(1, int(HEAD) + 1):
            migrate(connection, to=f"{number:04}")
        return current(connection)

    assert await postgres_database.read(look) == []
    assert await postgres_database.write(to_nothing) == ["alembic_version"]
    assert await postgres_database.write(to_each) == HEAD
    assert await postgres_database.read(look) == []


async def test_steps_down_and_up_keep_the_rows(postgres_database: PostgresDatabase) -> None:
    store = SqlJobStore(postgres_database, SetClock(NOON), {})
    job = await store.submit(a_job(input={"task": "look"}), events=[an_event("said", text="word")])

    def down_and_up(connection: Connection) -> None:
        for number in reversed(range(3, int(HEAD))):
            migrate(connection, to=f"{number:04}")
        migrate(connection)

    await postgres_database.write(down_and_up)
    assert await store.get(job.id, project=None) == job
    assert [event.event.details for event in await store.events(job.id, after=0, limit=9)] == [
        {"text": "word"}
    ]


async def test_one_of_a_newer_version_is_refused(postgres_url: str, postgres: PostgresServer) -> None:
    postgres.run("UPDATE alembic_version SET version_num = '9999'", database=postgres_url.rpartition("/")[2])
    database = PostgresDatabase(postgres_url)
    with pytest.raises(Unavailable, match=r"revision 9999, this version of taskforce knows"):
        await database.check()
    database.close()


async def test_statements_that_another_process_made_out_of_date_are_made_again(
    postgres_database: PostgresDatabase, postgres_url: str, postgres: PostgresServer
) -> None:
    def all_projects(connection: Connection) -> list[object]:
        return list(connection.execute(text("SELECT * FROM projects")).all())

    await asyncio.gather(*(postgres_database.read(all_projects) for _ in range(4)))
    name = postgres_url.rpartition("/")[2]
    postgres.run("ALTER TABLE projects ADD COLUMN colour text DEFAULT 'red'", database=name)
    for _ in range(5):
        [project] = await postgres_database.read(all_projects)
        assert "red" in tuple(project)  # type: ignore[arg-type] # a row


async def test_a_forked_process_opens_connections_of_its_own(postgres_url: str) -> None:
    # A process of its own: this one has threads, which no fork takes along.
    code = f"""
import asyncio, os, sys
from taskforce.infrastructure.database.postgres import PostgresDatabase
database = PostgresDatabase({postgres_url!r})
asyncio.run(database.check())
if child := os.fork():
    _, status = os.waitpid(child, 0)
    asyncio.run(database.check())
    database.close()
    sys.exit(os.waitstatus_to_exitcode(status))
asyncio.run(database.check())
database.close()
os._exit(0)
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("/migrated", "/nowhere"), "there is no such database. Create it, or name another one"),
        ((f"{USER}@", "nobody:wrong@"), "it does not let this user in. Look at the user and password"),
        (("/migrated", "/migrated?sslmode=require"), "is not reached"),
        (("/migrated", "/migrated?sslmode=perhaps"), "is not right: `sslmode` parameter must be one of"),
        (("/migrated", "/migrated?color=red"), "the server does not know an option of the address"),
    ],
)
async def test_who_is_not_let_in_is_told_why(
    postgres: PostgresServer, change: tuple[str, str], said: str
) -> None:
    database = PostgresDatabase(postgres.url(TEMPLATE).replace(*change))
    with pytest.raises(Unavailable) as told:
        await database.check()
    assert said in told.value.message
    assert "wrong" not in told.value.message
    database.close()


async def test_options_of_libpq_are_taken(postgres: PostgresServer) -> None:
    database = PostgresDatabase(f"{postgres.url(TEMPLATE)}?sslmode=disable&application_name=ours")
    await database.check()
    database.close()


async def test_the_clock_of_the_stores_is_the_servers(postgres: PostgresServer) -> None:
    wrong = SetClock(NOON - timedelta(days=9_999))
    clock = ServerClock(wrong)
    database = PostgresDatabase(postgres.url(TEMPLATE), clock=clock)
    await database.check()
    seconds = float(postgres.run("SELECT extract(epoch FROM clock_timestamp())"))
    assert abs(clock.now() - datetime.fromtimestamp(seconds, UTC)) < timedelta(seconds=30)
    database.close()


async def test_text_with_a_nul_is_kept_without_it(postgres_database: PostgresDatabase) -> None:
    store = SqlJobStore(postgres_database, SetClock(NOON), {})
    job = await store.submit(a_job(subject="a\0b"), events=[an_event("said\0", text="c\0d")])
    assert (await store.get(job.id, project=None)).subject == "a\ufffdb"
    [event] = await store.events(job.id, after=0, limit=1)
    assert event.event.details == {"text": "c\0d"}


async def test_text_that_is_too_long_is_refused(postgres_database: PostgresDatabase) -> None:
    store = SqlJobStore(postgres_database, SetClock(NOON), {})
    with pytest.raises(Invalid, match="A text is too long to be kept"):
        await store.submit(a_job(kind="k" * 201))
    await postgres_database.check()
