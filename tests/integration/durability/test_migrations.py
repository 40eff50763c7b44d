"""Migrations make what the tables say, from nothing and back, also when two processes begin at once."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, select, text

from taskforce.core.errors import Unavailable
from taskforce.core.jobs.ports import Commit
from taskforce.infrastructure.database.fresh import create
from taskforce.infrastructure.database.indexes import indexed_tables
from taskforce.infrastructure.database.schema import HEAD, SCRIPTS, current, migrate
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.database.tables import projects
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import LEASE, NOON, a_job, a_lease, a_step, a_wait, an_artifact, an_event

HOUR = 3_600


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'taskforce.db'}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def declared(connection: Connection) -> dict[str, str]:
    """What SQLite was told to make, in one spelling."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {name: " ".join(sql.replace('"', "").split()) for name, sql in rows if name != "alembic_version"}


def rows(connection: Connection) -> list[object]:
    """What a database begins with, but for the moment at which it did."""
    default = select(projects).with_only_columns(*[c for c in projects.c if c.name != "created_at"])
    made_at = connection.scalars(select(projects.c.created_at)).one()
    assert abs(made_at.timestamp() - time.time()) < HOUR
    return [current(connection), *connection.execute(default).all()]


def parts(made: str) -> list[str]:
    """What a table is made of: a column that came later stands at the end, after the constraints."""
    head, _, body = made.partition("(")
    return [head, *sorted(part.strip() for part in body.removesuffix(")").split(", "))]


def test_the_head_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_head_equals_the_tables(connection: Connection) -> None:
    migrate(connection)
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, indexed_tables()) == []


def test_the_head_has_the_same_indexes_and_constraints_as_the_tables(connection: Connection) -> None:
    migrate(connection)
    migrated = declared(connection)
    migrate(connection, to="base")
    indexed_tables().create_all(connection)
    created = declared(connection)
    indexes = {name for name, sql in created.items() if sql.startswith("CREATE") and " INDEX " in sql}
    assert migrated.keys() == created.keys()
    assert {name: migrated[name] for name in indexes} == {name: created[name] for name in indexes}
    for name in created.keys() - indexes:
        assert parts(migrated[name]) == parts(created[name])


def test_a_fresh_database_is_what_the_migrations_come_to(connection: Connection) -> None:
    migrate(connection)
    migrated = declared(connection), rows(connection)
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as fresh:
        create(fresh)
        assert (declared(fresh), rows(fresh)) == migrated
    engine.dispose()


async def test_what_opens_a_fresh_file_needs_no_alembic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "alembic"]:
        monkeypatch.setitem(sys.modules, module, None)
    database = SqliteDatabase(tmp_path / "taskforce.db")
    await database.check()
    await database.check_schema()
    database.close()


async def test_a_file_that_went_down_to_nothing_is_migrated_again(
    connection: Connection, tmp_path: Path
) -> None:
    migrate(connection)
    migrate(connection, to="base")
    database = SqliteDatabase(tmp_path / "taskforce.db")
    await database.check_schema()
    database.close()


def test_up_and_down_and_up_again(connection: Connection) -> None:
    assert current(connection) is None
    migrate(connection)
    assert (current(connection), names(connection)) == (HEAD, set(indexed_tables().tables))
    migrate(connection, to="base")
    assert (current(connection), names(connection)) == (None, set())
    migrate(connection)
    assert current(connection) == HEAD


def test_a_database_at_its_head_is_left_alone(connection: Connection) -> None:
    migrate(connection)
    before = declared(connection)
    migrate(connection)
    assert declared(connection) == before


def test_the_default_project_always_exists(connection: Connection) -> None:
    migrate(connection)
    assert connection.scalars(select(projects.c.id)).all() == ["default"]


async def test_a_database_with_data_goes_down_and_up(connection: Connection, tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "taskforce.db")
    store = SqlJobStore(database, SetClock(NOON), {})
    job = await store.submit(a_job(), events=[an_event()], lease=a_lease())
    commit = Commit(steps=(a_step(),), waits=(a_wait(job),), artifacts=(an_artifact(job),))
    await store.commit(job, commit, lease=LEASE)
    database.close()
    connection.execute(text("PRAGMA foreign_keys = ON"))
    migrate(connection, to="base")
    assert names(connection) == set()
    migrate(connection)
    assert names(connection) == set(indexed_tables().tables)


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    connection: Connection, tmp_path: Path
) -> None:
    migrate(connection)
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database = SqliteDatabase(tmp_path / "taskforce.db")
    with pytest.raises(Unavailable, match="revision 9999"):
        await database.check()
    database.close()
    assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "taskforce.db").write_bytes(b"no database, but long enough to be read as one" * 100)
    database = SqliteDatabase(tmp_path / "taskforce.db")
    with pytest.raises(Unavailable, match="no SQLite database"):
        await database.check()
    database.close()


OPEN = """
import asyncio, sys
from pathlib import Path
from taskforce.infrastructure.database.sqlite import SqliteDatabase

async def main():
    database = SqliteDatabase(Path(sys.argv[1]))
    sys.stdin.readline()
    await database.check()
    database.close()

asyncio.run(main())
"""


def test_processes_that_open_a_fresh_home_at_once_do_not_clash(tmp_path: Path) -> None:
    file = tmp_path / "home" / "taskforce.db"
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(file)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    outcomes = [(opener.communicate(timeout=60)[1], opener.returncode) for opener in openers]
    assert outcomes == [("", 0)] * 4
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert current(connection) == HEAD
    engine.dispose()
