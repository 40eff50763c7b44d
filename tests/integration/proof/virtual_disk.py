"""SQLite in memory as the disk of virtual machines: the real SQL and group commit, on virtual time."""

from asyncio import Future, get_running_loop
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from random import Random
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine

from taskforce.infrastructure.database.asked import Answer, Asked, deliver
from taskforce.infrastructure.database.database import PROMPT, Database, Guard
from taskforce.infrastructure.database.group_commit import commit_group, driver
from taskforce.infrastructure.database.indexes import indexed_tables
from taskforce.infrastructure.database.sqlite_errors import translated
from tests.integration.proof.virtual_loop import Died

T = TypeVar("T")
Moment = Callable[[str], None]
"""Is told that a machine is at a moment of its disk; it may die there."""

LONGEST_WRITE = 0.02
LONGEST_READ = 0.004


class Disk:
    """The file that all machines share. It outlives them."""

    def __init__(self) -> None:
        self.connection = _engine().connect()
        driver(self.connection).deserialize(_empty())
        driver(self.connection).execute("PRAGMA foreign_keys = ON")
        self.is_gone = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def commit(self, group: Sequence[Asked]) -> list[Answer]:
        self._check()
        return commit_group(self.connection, group, meaning=_meaning)

    def rehearse(self, group: Sequence[Asked]) -> list[Answer]:
        """Return what the answers would be, and write nothing."""
        self._check()
        raw = driver(self.connection)
        raw.execute("BEGIN")
        try:
            return [_rehearsed(self.connection, asked) for asked in group]
        finally:
            raw.execute("ROLLBACK")

    def read(self, work: Callable[[Connection], T]) -> T:
        self._check()
        raw = driver(self.connection)
        raw.execute("BEGIN")
        try:
            return work(self.connection)
        finally:
            raw.execute("ROLLBACK")

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return driver(self.connection).execute(query, values).fetchall()

    def _check(self) -> None:
        if self.is_gone:
            raise Died


class VirtualDatabase(Database):
    """A machine's way to the disk: what is asked for while one group is written is the next group."""

    def __init__(self, disk: Disk, *, chance: Random, moment: Moment) -> None:
        self._disk = disk
        self._chance = chance
        self._moment = moment
        self._line: list[Asked] = []
        self._is_writing = False

    async def write(
        self,
        work: Callable[[Connection], T],
        *,
        patience: timedelta = PROMPT,
        guard: Guard = Guard.ALL,
    ) -> T:
        loop = get_running_loop()
        asked = Asked(work, loop, loop.create_future())
        self._line.append(asked)
        self._write_soon()
        answer: T = await asked.future
        return answer

    async def read(self, work: Callable[[Connection], T]) -> T:
        loop = get_running_loop()
        done = loop.create_future()
        loop.call_later(self._chance.uniform(0, LONGEST_READ), _settle, done)
        await done
        return self._disk.read(work)

    async def check(self) -> None:
        return

    async def check_schema(self) -> None:
        return

    def close(self) -> None:
        raise NotImplementedError("a virtual machine dies instead")

    def commit(self, group: Sequence[Asked]) -> list[Answer]:
        """Write a group; a mutant does it otherwise."""
        self._moment("disk.before_commit")
        answers = self._disk.commit(group)
        self._moment("disk.before_reply")
        return answers

    def _write_soon(self) -> None:
        if self._line and not self._is_writing:
            self._is_writing = True
            get_running_loop().call_later(self._chance.uniform(0, LONGEST_WRITE), self._write_now)

    def _write_now(self) -> None:
        group, self._line = self._line, []
        self._is_writing = False
        deliver(self.commit(group))
        self._write_soon()


def _rehearsed(connection: Connection, asked: Asked) -> Answer:
    try:
        return Answer(asked, asked.work(connection))
    except Exception as error:  # noqa: BLE001 - who asked is told
        return Answer(asked, error=_meaning(error))


def _settle(done: "Future[None]") -> None:
    if not done.done():
        done.set_result(None)


def _meaning(error: BaseException) -> BaseException:
    return translated(error, place="virtual.db")


@cache
def _engine() -> Engine:
    return create_engine(
        "sqlite://",
        isolation_level="AUTOCOMMIT",
        poolclass=StaticPool,
        connect_args={"cached_statements": 512, "check_same_thread": False},
    )


@cache
def _empty() -> bytes:
    """Return a file with all tables and no rows."""
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT", poolclass=StaticPool)
    with engine.connect() as connection:
        indexed_tables().create_all(connection)
        return driver(connection).serialize()
