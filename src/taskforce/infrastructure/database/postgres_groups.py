"""Statements that are whole by themselves, each for all who ask for the same at once."""

import asyncio
from abc import abstractmethod
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Protocol, TypeAlias, cast

import asyncpg
import structlog

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.asked import Answer, deliver
from taskforce.infrastructure.database.database import PROMPT
from taskforce.infrastructure.database.postgres_engine import GRACE, Address, leave, settings_of
from taskforce.infrastructure.database.postgres_errors import Cause, Uncertain, cause_of, is_conflict

log = structlog.get_logger()

Rows: TypeAlias = Sequence[Sequence[Any]]

MANY = 64
_STATEMENTS = 64
_PAUSE = 1.0
"""Seconds after which it is tried again to connect."""
_TOO_LATE = "there was no answer in time"
PLANNED = {
    # One plan for good, made while the tables may be empty: so it must not be one for empty tables.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",  # it would fetch and sort all that wait, to give out the first
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "default_transaction_isolation": "read committed",
}


class Grouped(Protocol):
    """A statement that does the same for several who ask. It writes all or, where it fails, nothing.

    Each row of what it returns begins with the place in the group, from 1, of whom it is for.
    """

    writes: ClassVar[bool] = True
    most: ClassVar[int] = MANY
    """How many may be in a group."""
    patience: ClassVar[timedelta] = PROMPT
    """How long whoever asks waits in all: in line, for a connection, and for the answer."""

    def key(self, one: Any) -> Hashable:  # noqa: ANN401 - what is asked is between the asker and the statement
        """Return what two of one group must not have in common; None has nothing in common with anybody."""
        return None

    @abstractmethod
    def words(self, group: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        """Return the statement for a group, and its arguments."""


@dataclass(frozen=True, slots=True)
class GroupAsked:
    """Something asked of a statement; the future belongs to the loop."""

    statement: Grouped
    one: Any
    loop: AbstractEventLoop
    future: "Future[Rows | None]"


@dataclass(slots=True, eq=False)
class _InLine:
    """Who waits for the next group, until when, and what tells them that it was too long."""

    asked: GroupAsked
    until: float
    timer: asyncio.TimerHandle | None = None

    @property
    def statement(self) -> Grouped:
        return self.asked.statement

    def leave(self) -> GroupAsked:
        if self.timer is not None:
            self.timer.cancel()
        return self.asked


class Groups:
    """A connection of its own and who waits for it, all on one loop. What comes meanwhile is the next group.

    None is the answer to all where it failed and nothing of it was written: they go the long way, which
    knows the reason. Where nobody knows whether it was written, the answer is Uncertain; a TimeoutError
    where they waited for as long as they are patient, and nothing was asked of the server.
    """

    def __init__(self, address: Address, *, patience: timedelta) -> None:
        self._address = address
        self._patience = patience
        self._waiting: deque[_InLine] = deque()
        self._running: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None
        self._away_until = 0.0

    def take(self, asked: GroupAsked) -> None:
        """Take what is asked; it is answered in its loop."""
        loop = asyncio.get_running_loop()
        patience = min(asked.statement.patience, self._patience) + GRACE
        waiting = _InLine(asked, loop.time() + patience.total_seconds())
        waiting.timer = loop.call_at(waiting.until, self._tell_too_late, waiting)
        self._waiting.append(waiting)
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        """Finish what was asked for, and let the connection go."""
        while self._running is not None and not self._running.done():
            await asyncio.wait({self._running})
        if self._connection is not None:
            await leave(self._connection)

    async def _run(self) -> None:
        while self._waiting:
            group = self._next_group()
            deliver(
                await self._answers([one.leave() for one in group], until=min(one.until for one in group))
            )

    def _tell_too_late(self, waiting: _InLine) -> None:
        self._waiting.remove(waiting)
        deliver([Answer(waiting.asked, error=TimeoutError(_TOO_LATE))])

    def _next_group(self) -> list[_InLine]:
        """Take the first in line, and all who ask for the same and have nothing in common."""
        statement = self._waiting[0].statement
        group: list[_InLine] = []
        left: deque[_InLine] = deque()
        keys: set[Hashable] = set()
        for waiting in self._waiting:
            if waiting.statement is statement and len(group) < statement.most:
                key = statement.key(waiting.asked.one)
                if key is None or key not in keys:
                    keys.add(key)
                    group.append(waiting)
                    continue
            left.append(waiting)
        self._waiting = left
        return group

    async def _answers(self, group: Sequence[GroupAsked], *, until: float) -> list[Answer]:
        loop = asyncio.get_running_loop()
        try:
            sql, arguments = group[0].statement.words([asked.one for asked in group])
            connection = await self._connected(until=until)
            rows = None if connection is None else await _fetched(connection, sql, arguments, until=until)
        except Exception as error:  # noqa: BLE001 - who asked is told, or goes the long way and is told there
            if not is_conflict(error):
                log.warning("statement_refused", of=type(group[0].statement).__name__, reason=str(error))
            is_away = cause_of(error) is Cause.AWAY
            if is_away and self._connection is not None:
                self._connection.terminate()
            unknown = Uncertain(error) if is_away and group[0].statement.writes else None
            told = unknown or (TimeoutError(_TOO_LATE) if loop.time() >= until else None)
            return [Answer(asked, error=told) for asked in group]
        if rows is None and loop.time() >= until:
            return [Answer(asked, error=TimeoutError(_TOO_LATE)) for asked in group]
        if rows is None:
            return [Answer(asked) for asked in group]
        found: dict[int, list[Sequence[Any]]] = {place: [] for place in range(1, len(group) + 1)}
        for row in rows:
            found[row[0]].append(row)
        return [Answer(asked, found[place]) for place, asked in enumerate(group, start=1)]

    async def _connected(self, *, until: float) -> asyncpg.Connection | None:
        """Return the connection, made anew where it is gone; None while the server is away."""
        now = asyncio.get_running_loop().time()
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        if now < self._away_until:
            return None
        try:
            async with asyncio.timeout_at(until):
                self._connection = await self._address.connect(
                    statement_cache_size=_STATEMENTS,
                    server_settings=settings_of(self._patience) | PLANNED,
                )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable):
            self._away_until = now + _PAUSE
            return None
        return self._connection


async def _fetched(
    connection: asyncpg.Connection, sql: str, arguments: Sequence[Any], *, until: float
) -> Rows:
    """Return the rows; a connection that is silent for too long is given up, as if it were broken."""
    timer = asyncio.get_running_loop().call_at(until, connection.terminate)
    try:
        return cast("Rows", await connection.fetch(sql, *arguments))
    finally:
        timer.cancel()
