"""Where the stateful machine keeps its jobs: either ledger, without a loop, and all of it to be seen."""

from abc import abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from taskforce.core.identity import JobId, WaitId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobStore
from taskforce.infrastructure.database.group_commit import driver
from taskforce.infrastructure.jobs.ledger import Ledger
from taskforce.infrastructure.jobs.memory_ledger import MemoryLedger, Tables
from taskforce.infrastructure.jobs.sql_ledger import SqlLedger
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON
from tests.integration.proof.virtual_disk import Disk

T = TypeVar("T")
Stored: TypeAlias = Callable[[JobStore], Coroutine[Any, Any, T]]


@dataclass(frozen=True, slots=True)
class Page:
    """All that is written of a job."""

    job: Job
    steps: tuple[tuple[str, str], ...]
    """Keys and statuses."""
    events: tuple[tuple[int, str], ...]
    """Numbers and types, as they come."""
    waits: tuple[tuple[WaitId, str | None], ...]
    """Ids, and the signals that came."""


Pages = dict[JobId, Page]


class Books(Protocol):
    """A ledger that can be read from outside."""

    clock: SetClock

    @abstractmethod
    def do(self, work: Callable[[Ledger], T], stored: Stored[T] | None = None) -> T:
        """Run it in one transaction; what raises writes nothing. `stored` is the same, of a job store."""

    @abstractmethod
    def pages(self) -> Pages:
        """Return all that is written."""

    @abstractmethod
    def close(self) -> None:
        """Let go."""


class MemoryBooks(Books):
    def __init__(self) -> None:
        self.clock = SetClock(NOON)
        self._tables = Tables()

    def do(self, work: Callable[[Ledger], T], stored: Stored[T] | None = None) -> T:
        ledger = MemoryLedger(self._tables, clock=self.clock, appliers={})
        try:
            return work(ledger)
        except BaseException:
            ledger.undo()
            raise

    def pages(self) -> Pages:
        tables = self._tables
        return {
            job.id: Page(
                job,
                tuple((step.key, step.status.value) for step in tables.steps.get(job.id, {}).values()),
                tuple((number, told.event.type) for number, told in tables.events.get(job.id, {}).items()),
                tuple(
                    (stored.wait.id, stored.wait.signal.name if stored.wait.signal else None)
                    for stored in tables.waits.get(job.id, {}).values()
                ),
            )
            for job in tables.jobs.values()
        }

    def close(self) -> None:
        return


class SqlBooks(Books):
    def __init__(self) -> None:
        self.clock = SetClock(NOON)
        self._disk = Disk()

    def do(self, work: Callable[[Ledger], T], stored: Stored[T] | None = None) -> T:
        raw = driver(self._disk.connection)
        raw.execute("BEGIN IMMEDIATE")
        try:
            done = work(self._ledger())
        except BaseException:
            raw.execute("ROLLBACK")
            raise
        raw.execute("COMMIT")
        return done

    def pages(self) -> Pages:
        rows = self._disk.rows("SELECT id FROM jobs ORDER BY created_at, id")
        return {job_id: self._page(job_id) for job_id in (JobId(str(row[0])) for row in rows)}

    def close(self) -> None:
        self._disk.connection.close()

    def _ledger(self) -> SqlLedger:
        return SqlLedger(self._disk.connection, clock=self.clock, appliers={})

    def _page(self, job_id: JobId) -> Page:
        job = self._ledger().find(job_id)
        assert job is not None
        rows = self._disk.rows
        ((number,),) = rows("SELECT number FROM jobs WHERE id = ?", job_id)
        steps = rows("SELECT key, status FROM job_steps WHERE job = ? ORDER BY rowid", number)
        events = rows("SELECT number, type FROM job_events WHERE job = ? ORDER BY rowid", number)
        waits = rows("SELECT id, signal_name FROM job_waits WHERE job = ? ORDER BY rowid", number)
        return Page(job, tuple(steps), tuple(events), tuple(waits))  # type: ignore[arg-type] # types of the columns
