"""A rescan of what is as it was writes its own record, and nothing of the catalogue."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from taskforce.core.marketplace.ending import ending
from taskforce.core.marketplace.model import ArtifactType
from taskforce.core.marketplace.task import KIND
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.marketplace.sql import APPLIERS, SqlSourceStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON
from tests.marketplace_builders import a_row, a_source, found, scan


def execute(text: str, connection: Connection) -> None:
    connection.exec_driver_sql(text)


async def test_the_same_again_writes_no_row_of_an_entry(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")
    jobs = SqlJobStore(database, SetClock(NOON), APPLIERS, endings={KIND: ending})
    sources, source = SqlSourceStore(database), a_source()
    await sources.add(source, audit=a_row(source))
    what = [
        found("commands/a.md"),
        found("commands/b.md"),  # a copy
        found("all", type=ArtifactType.COMPOSITE, digest="d2"),
    ]
    await scan(jobs, source, 1, [*what, found("commands/gone.md", digest="d3")])
    await scan(jobs, source, 2, what)
    for word in ("INSERT", "UPDATE", "DELETE"):
        trigger = (
            f"CREATE TRIGGER no_{word} BEFORE {word} ON marketplace_entries "
            "BEGIN SELECT RAISE(ABORT, 'an entry is written'); END"
        )
        await database.write(partial(execute, trigger))
    await scan(jobs, source, 3, what)
    await scan(jobs, source, 4, None)
    assert (await sources.get(source.id)).scan == f"01900000-0000-7000-8000-{1_004:012x}"
    with pytest.raises(Exception, match="an entry is written"):
        await scan(jobs, source, 5, what[:1])
    database.close()
