"""The books of the stateful machine in PostgreSQL, written by the job store that is used there."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, text

from taskforce.core.identity import JobId
from taskforce.infrastructure.database.database import Guard
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.rows import job_from, select_jobs
from taskforce.infrastructure.database.tables import jobs
from taskforce.infrastructure.jobs.ledger import Ledger
from taskforce.infrastructure.jobs.postgres import PostgresJobStore
from taskforce.infrastructure.jobs.sql_ledger import SqlLedger
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON
from tests.integration.proof.books import Books, Page, Pages, Stored

T = TypeVar("T")
ALL = Prepared(select_jobs().order_by(jobs.c.created_at, jobs.c.id))


class PostgresBooks(Books):
    """What a store can do, the store does; transactions of the machine's own are transactions."""

    database: ClassVar[PostgresDatabase]
    """Which one, without any jobs."""

    def __init__(self) -> None:
        self.clock = SetClock(NOON)
        self._loop = asyncio.Runner()
        self._store = PostgresJobStore(self.database, self.clock, {})

    def do(self, work: Callable[[Ledger], T], stored: Stored[T] | None = None) -> T:
        if stored is not None:
            return self._loop.run(stored(self._store))
        return self._loop.run(
            self.database.write(lambda connection: work(self._ledger(connection)), guard=Guard.ROWS)
        )

    def pages(self) -> Pages:
        return self._loop.run(self.database.read(_pages))

    def close(self) -> None:
        self._loop.run(self.database.write(lambda connection: connection.execute(text("DELETE FROM jobs"))))
        self._loop.close()

    def _ledger(self, connection: Connection) -> SqlLedger:
        return SqlLedger(connection, clock=self.clock, appliers={})


def _pages(connection: Connection) -> Pages:
    steps = _of_jobs(connection, "key, job_steps.status", "job_steps", order="key")
    events = _of_jobs(connection, "job_events.number, type", "job_events", order="job_events.number")
    waits = _of_jobs(connection, "job_waits.id, signal_name", "job_waits", order="job_waits.id")
    found = [job_from(row) for row in ALL.all(connection, {})]
    return {
        job.id: Page(job, tuple(steps[job.id]), tuple(events[job.id]), tuple(waits[job.id])) for job in found
    }


def _of_jobs(connection: Connection, columns: str, table: str, *, order: str) -> dict[JobId, list[Any]]:
    """Return the rows of a table by their job."""
    query = f"SELECT jobs.id, {columns} FROM {table} JOIN jobs ON jobs.number = {table}.job ORDER BY {order}"  # noqa: S608 - names of ours
    found: dict[JobId, list[Any]] = defaultdict(list)
    for job_id, *rest in connection.execute(text(query)):
        found[JobId(job_id)].append(tuple(rest))
    return found
