"""PostgreSQL: a pool of connections on a thread of its own, whatever loop asks."""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.asked import Answer, Asked, deliver
from taskforce.infrastructure.database.database import PATIENT, PROMPT, Database, Guard
from taskforce.infrastructure.database.postgres_engine import (
    GRACE,
    Address,
    Isolation,
    Pool,
    driver_of,
    unhurried,
)
from taskforce.infrastructure.database.postgres_errors import Cause, Uncertain, cause_of, translated
from taskforce.infrastructure.database.postgres_groups import GroupAsked, Grouped, Groups, Rows
from taskforce.infrastructure.database.schema import HEAD, check_current, current, migrate
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.infrastructure.system.loops import new_loop
from taskforce.infrastructure.system.server_clock import ServerClock

T = TypeVar("T")

_LEVELS: Mapping[Guard, Isolation] = {Guard.ALL: "SERIALIZABLE", Guard.ROWS: "READ COMMITTED"}
POOL = 8
_PROBE = timedelta(seconds=1)
"""For how long it may be away before this counts as no database."""
_MEASURED_EACH = 60.0
_FIRST_PAUSE = 0.01
_LONGEST_PAUSE = 0.5
_PASSING = frozenset({Cause.CLASH, Cause.AWAY, Cause.LOCKED})
"""Nothing is written, and in a moment it may go."""
_BROKEN = frozenset({Cause.AWAY, Cause.UNCERTAIN})
_MIGRATION_LOCK = 7_466_011_902_244_557
"""The name, a number of its own, of the lock that one process holds while it migrates."""


class PostgresDatabase(Database):
    """A database of a PostgreSQL server, 15 or newer. It is migrated when it is first used.

    A function is run again from its start when others wrote what it read, or the connection broke before
    anything was written. While the server is away, whoever asks waits for as long as they are patient.
    `url` is `postgresql://user:password@host:port/database`. The `clock` is told the server's time.
    A process that was forked from one that used it opens connections of its own.
    """

    def __init__(
        self, url: str, *, pool: int = POOL, patience: timedelta = PATIENT, clock: ServerClock | None = None
    ) -> None:
        self._address = Address(url)
        self._pool = pool
        self._patience = patience
        self._clock = clock or ServerClock(SystemClock())
        self._life = Lock()
        self._closed = False
        self._lane: _Lane | None = None

    async def write(
        self,
        work: Callable[[Connection], T],
        *,
        patience: timedelta = PROMPT,
        guard: Guard = Guard.ALL,
    ) -> T:
        return await self._ask(work, _LEVELS[guard], patience)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._ask(work, "REPEATABLE READ", PROMPT)

    async def at_once(self, statement: Grouped, one: Any) -> Rows | None:  # noqa: ANN401 - as the statement has it
        """Return the rows that a statement has for one who asks, together with all who ask for the same now.

        It is committed by itself. None: it failed, for whatever reason, and nothing was written. Raises
        MaybeWritten when nobody knows whether it was, Unavailable when the statement's patience is over.
        """
        here = asyncio.get_running_loop()
        future: asyncio.Future[Rows | None] = here.create_future()
        with self._life:
            self._open_lane().gather(GroupAsked(statement, one, here, future))
        try:
            return await future
        except (Uncertain, TimeoutError) as away:
            raise translated(away, place=str(self._address)) from away

    async def check(self) -> None:
        await self._ask(_read_and_write, "READ COMMITTED", _PROBE)

    async def check_schema(self) -> None:
        await self.read(check_current)

    def close(self) -> None:
        with self._life:
            self._closed = True
            lane, self._lane = self._lane, None
        if lane is not None and lane.is_of_this_process:
            lane.close()

    async def _ask(self, work: Callable[[Connection], T], isolation: Isolation, patience: timedelta) -> T:
        here = asyncio.get_running_loop()
        future: asyncio.Future[T] = here.create_future()
        asked = Asked(work, here, future, min(patience, self._patience).total_seconds())
        with self._life:
            self._open_lane().take(asked, isolation)
        return await future

    def _open_lane(self) -> "_Lane":
        if self._closed:
            raise Unavailable(f"The database {self._address} is closed.")
        if self._lane is None or not self._lane.is_of_this_process:
            self._lane = _Lane(self._address, self._pool, self._patience, self._clock)
        return self._lane


class _Lane:
    """The thread, its loop, and the connections that live there."""

    def __init__(self, address: Address, pool: int, patience: timedelta, clock: ServerClock) -> None:
        self._process = os.getpid()
        self._address = address
        self._pool = Pool(address, size=pool, patience=patience, clock=clock)
        self._writing = Groups(address, patience=patience)
        self._reading = Groups(address, patience=patience)
        self._opening: asyncio.Task[None] | None = None
        self._keeping_time: asyncio.Task[None] | None = None
        self._busy: set[asyncio.Task[None]] = set()
        self._joining: deque[GroupAsked] = deque()
        self._is_called = False
        """Whether the loop will look at those who want to join."""
        self._loop = new_loop()
        # A daemon: nobody waits for it when the process ends, for what was promised is on the disk.
        self._thread = Thread(target=self._loop.run_forever, name="taskforce-postgres", daemon=True)
        self._thread.start()

    @property
    def is_of_this_process(self) -> bool:
        """Tell whether its thread can be here at all: none goes along into a fork."""
        return self._process == os.getpid()

    def take(self, asked: Asked, isolation: Isolation) -> None:
        """Take what is to be run; from any thread."""
        self._loop.call_soon_threadsafe(self._begin, asked, isolation)

    def gather(self, asked: GroupAsked) -> None:
        """Take what is to be done with others at once; from any thread."""
        self._joining.append(asked)
        if not self._is_called:
            self._is_called = True
            self._loop.call_soon_threadsafe(self._join_all)

    def close(self) -> None:
        """Finish what was asked for, and end the thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _begin(self, asked: Asked, isolation: Isolation) -> None:
        task = asyncio.ensure_future(self._answer(asked, isolation))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    def _join_all(self) -> None:
        self._is_called = False  # first: who comes from now on calls again
        while self._joining:
            self._join(self._joining.popleft())

    def _join(self, asked: GroupAsked) -> None:
        """Let it join the next group; what is not open yet is opened the long way."""
        if self._opening is not None and self._opening.done() and self._opening.exception() is None:
            (self._writing if asked.statement.writes else self._reading).take(asked)
        else:
            deliver([Answer(asked)])

    async def _answer(self, asked: Asked, isolation: Isolation) -> None:
        try:
            answer = Answer(asked, await self._done(asked, isolation))
        except BaseException as error:  # noqa: BLE001 - who asked is told
            answer = Answer(asked, error=translated(error, place=str(self._address)))
        deliver([answer])

    async def _done(self, asked: Asked, isolation: Isolation) -> object:
        """Return what the function returns, after as many tries as patience allows."""
        end = self._loop.time() + asked.patience
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._opened(until=end)
                return await self._once(asked.work, isolation, until=end + GRACE.total_seconds())
            except Exception as error:
                if cause_of(error) not in _PASSING or self._loop.time() + pause > end:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _once(
        self, work: Callable[[Connection], object], isolation: Isolation, *, until: float
    ) -> object:
        """Run it in a transaction; a connection that is silent until then is given up, as if it broke."""
        async with AsyncExitStack() as stack:
            async with asyncio.timeout_at(until):
                connection = await stack.enter_async_context(self._pool.connect(isolation))
                driver = await driver_of(connection)
            timer = self._loop.call_at(until, driver.terminate)
            stack.callback(timer.cancel)
            try:
                transaction = await connection.begin()
                value = await connection.run_sync(work)
                try:
                    await transaction.commit()
                except Exception as error:
                    if cause_of(error) is Cause.AWAY:
                        raise Uncertain(error) from error
                    raise
            except Exception as error:
                if cause_of(error) in _BROKEN:
                    await _discard(connection)
                raise
            return value

    async def _opened(self, *, until: float) -> None:
        """Return when the tables are what this code needs; who is out of patience before is told to wait."""
        if self._opening is None or (self._opening.done() and self._opening.exception() is not None):
            self._opening = asyncio.ensure_future(self._open())
        if not self._opening.done():
            await asyncio.wait({self._opening}, timeout=until - self._loop.time())
        if not self._opening.done():
            raise Unavailable(f"The database {self._address} is being opened, or migrated. Try again.")
        self._opening.result()

    async def _open(self) -> None:
        """Make the tables what this code needs. Of several processes that open it, the first does."""
        engine = unhurried(self._address)
        async with engine.connect() as connection:
            if await connection.run_sync(current) != HEAD:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
                await connection.run_sync(migrate)
                await connection.commit()
        self._keeping_time = asyncio.ensure_future(self._keep_time())

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(_MEASURED_EACH)
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                await self._pool.measure()

    async def _end(self) -> None:
        while self._busy:
            await asyncio.wait(self._busy)
        await self._writing.close()
        await self._reading.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._pool.close()


def _read_and_write(connection: Connection) -> None:
    connection.execute(text("SELECT 1 FROM jobs LIMIT 1")).first()
    connection.execute(text("SELECT pg_current_xact_id()")).first()  # what only reads gives no number


async def _discard(connection: AsyncConnection) -> None:
    """Let a connection go for good that is broken or whose state nobody knows."""
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        await connection.invalidate()
