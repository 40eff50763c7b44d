"""SQLite: one thread that writes, whole groups in one commit; a few that read."""

import asyncio
import fcntl
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Literal, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.asked import Answer, Asked, deliver
from taskforce.infrastructure.database.database import PATIENT, PROMPT, Database, Guard
from taskforce.infrastructure.database.fresh import create, is_empty
from taskforce.infrastructure.database.group_commit import commit_group, driver
from taskforce.infrastructure.database.locking import SLICE, begun
from taskforce.infrastructure.database.schema import HEAD, check_current, current, migrate
from taskforce.infrastructure.database.sqlite_errors import translated

T = TypeVar("T")
Synchronous: TypeAlias = Literal["FULL", "NORMAL"]
_Line: TypeAlias = "SimpleQueue[Asked | None]"

PRIVATE = 0o700
"""A new folder is its owner's alone: what missions said is in it."""
_PROBE = timedelta(seconds=1)
"""For how long others may write before this counts as no database that takes writes."""
_GROUP = 256
_READERS = 3
_STATEMENTS = 512


class SqliteDatabase(Database):
    """A database file. It is opened, and migrated, when it is first used.

    What is asked for while one group goes to the disk is the next group. `synchronous="NORMAL"` may lose the
    last commits when the power fails, never when the process dies.
    """

    def __init__(
        self,
        path: Path,
        *,
        synchronous: Synchronous = "FULL",
        busy_timeout: float = PATIENT.total_seconds(),
        readers: int = _READERS,
    ) -> None:
        self._path = path
        self._engine = _engine(path, busy_timeout=busy_timeout)
        self._synchronous = synchronous
        self._busy_timeout = busy_timeout
        self._readers = readers
        self._writes: _Line = SimpleQueue()
        self._reads: _Line = SimpleQueue()
        self._life = Lock()
        self._threads: list[Thread] = []
        self._closed = False
        self._opening = Lock()
        self._ready = False

    async def write(
        self,
        work: Callable[[Connection], T],
        *,
        patience: timedelta = PROMPT,
        guard: Guard = Guard.ALL,
    ) -> T:
        seconds = min(patience.total_seconds(), self._busy_timeout)
        return await self._ask(self._writes, work, patience=seconds)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._ask(self._reads, work)

    async def check(self) -> None:
        await self.read(lambda connection: connection.exec_driver_sql("SELECT 1 FROM jobs LIMIT 1").first())
        await self.write(lambda _: None, patience=_PROBE)

    async def check_schema(self) -> None:
        await self.read(check_current)

    def close(self) -> None:
        with self._life:
            self._closed = True
            threads, self._threads = self._threads, []
            if threads:
                self._writes.put(None)
                for _ in range(self._readers):
                    self._reads.put(None)
        for thread in threads:
            thread.join()

    async def _ask(self, line: _Line, work: Callable[[Connection], T], *, patience: float = math.inf) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._life:
            if self._closed:
                raise Unavailable(f"The database {self._path.name} is closed.")
            if not self._threads:
                self._threads = self._started()
            line.put(Asked(work, loop, future, patience))
        return await future

    def _started(self) -> list[Thread]:
        runs = [self._write_all, *[self._read_all] * self._readers]
        # Daemons: nobody waits for them when the process ends, for what was promised is on the disk.
        threads = [Thread(target=run, name="taskforce-sqlite", daemon=True) for run in runs]
        for thread in threads:
            thread.start()
        return threads

    def _write_all(self) -> None:
        connection: Connection | None = None
        for asked in _groups(self._writes):
            group: Sequence[Asked] = asked
            try:
                connection = connection or self._connect()
                group = begun(driver(connection), group, newcomers=self._newcomers, meaning=self._meaning)
                answers = commit_group(connection, group, meaning=self._meaning) if group else []
            except Exception as error:  # noqa: BLE001 - those who asked are told; the next get a new connection
                answers = [Answer(asked, error=self._meaning(error)) for asked in group]
                _let_go(connection)
                connection = None
            deliver(answers)
        _let_go(connection)

    def _newcomers(self, waiting: int) -> Sequence[Asked]:
        """Take who came meanwhile out of the line; that it is closed is seen when the group is done."""
        came: list[Asked] = []
        while waiting + len(came) < _GROUP and not self._writes.empty():
            asked = self._writes.get()
            if asked is None:
                self._writes.put(None)
                break
            came.append(asked)
        return came

    def _read_all(self) -> None:
        connection: Connection | None = None
        while (asked := self._reads.get()) is not None:
            try:
                connection = connection or self._connect(read_only=True)
                answer = Answer(asked, _read(connection, asked.work))
            except BaseException as error:  # noqa: BLE001 - who asked is told
                answer = Answer(asked, error=self._meaning(error))
            deliver([answer])
        _let_go(connection)

    def _connect(self, *, read_only: bool = False) -> Connection:
        with self._opening:
            if not self._ready:
                self._open()
                self._ready = True
        connection = self._engine.connect()
        raw = driver(connection)
        raw.execute(f"PRAGMA synchronous = {self._synchronous}")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        if not read_only:  # it waits in slices, for each as long as that is patient
            raw.execute(f"PRAGMA busy_timeout = {round(SLICE * 1_000)}")
        return connection

    def _open(self) -> None:
        """Make the file what this code needs. Of several processes that open a fresh one, the first does."""
        self._path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with _alone(self._path.with_name(f"{self._path.name}.lock")), self._engine.connect() as connection:
            driver(connection).execute("PRAGMA journal_mode = WAL")
            if current(connection) != HEAD:
                driver(connection).execute("BEGIN IMMEDIATE")
                (create if is_empty(connection) else migrate)(connection)
                driver(connection).execute("COMMIT")

    def _meaning(self, error: BaseException) -> BaseException:
        return translated(error, place=self._path.name)


def _engine(path: Path, *, busy_timeout: float) -> Engine:
    # AUTOCOMMIT: transactions are begun and ended here, in SQLite's own words.
    return create_engine(
        URL.create("sqlite", database=str(path)),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args={"timeout": busy_timeout, "cached_statements": _STATEMENTS},
    )


def _groups(line: _Line) -> Iterator[list[Asked]]:
    """Yield what is in line, as much at once as there is, until the line is closed."""
    while (asked := line.get()) is not None:
        group = [asked]
        closed = False
        while len(group) < _GROUP and not line.empty() and not closed:
            more = line.get()
            closed = more is None
            group += [more] if more is not None else []
        yield group
        if closed:
            return


def _read(connection: Connection, work: Callable[[Connection], T]) -> T:
    raw = driver(connection)
    raw.execute("BEGIN")
    try:
        return work(connection)
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def _let_go(connection: Connection | None) -> None:
    if connection is not None:
        with suppress(sqlite3.Error, DBAPIError):  # what is broken may not close well either
            connection.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
