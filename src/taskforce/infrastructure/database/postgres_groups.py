"""Statements that are whole by themselves, each for all who ask for the same at once."""

import asyncio
from abc import abstractmethod
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Protocol, TypeAlias

import asyncpg
import structlog

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.asked import Answer, deliver
from taskforce.infrastructure.database.postgres_engine import GRACE, Address, leave, settings_of
from taskforce.infrastructure.database.postgres_errors import Cause, Uncertain, cause_of, is_conflict

log = structlog.get_logger()

Rows: TypeAlias = Sequence[Sequence[Any]]

MANY = 64
_STATEMENTS = 64
_PAUSE = 1.0
"""Seconds after which it is tried again to connect."""
_PLANNED = {
    # One plan for good, made while the tables may be empty: so it must not be one for empty tables.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
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


class Groups:
    """A connection of its own and who waits for it, all on one loop. What comes meanwhile is the next group.

    None is the answer to all where it failed and nothing of it was written: they go the long way, which
    knows the reason. Where nobody knows whether it was written, the answer is Uncertain.
    """

    def __init__(self, address: Address, *, patience: timedelta) -> None:
        self._address = address
        self._patience = patience
        self._waiting: deque[GroupAsked] = deque()
        self._running: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None
        self._away_until = 0.0

    def take(self, asked: GroupAsked) -> None:
        """Take what is asked; it is answered in its loop."""
        self._waiting.append(asked)
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
            deliver(await self._answers(group))

    def _next_group(self) -> list[GroupAsked]:
        """Take the first in line, and all who ask for the same and have nothing in common."""
        statement = self._waiting[0].statement
        group: list[GroupAsked] = []
        left: deque[GroupAsked] = deque()
        keys: set[Hashable] = set()
        for asked in self._waiting:
            if asked.statement is statement and len(group) < statement.most:
                key = statement.key(asked.one)
                if key is None or key not in keys:
                    keys.add(key)
                    group.append(asked)
                    continue
            left.append(asked)
        self._waiting = left
        return group

    async def _answers(self, group: Sequence[GroupAsked]) -> list[Answer]:
        try:
            sql, arguments = group[0].statement.words([asked.one for asked in group])
            connection = await self._connected()
            rows = None if connection is None else await connection.fetch(sql, *arguments)
        except Exception as error:  # noqa: BLE001 - who asked is told, or goes the long way and is told there
            if not is_conflict(error):
                log.warning("statement_refused", of=type(group[0].statement).__name__, reason=str(error))
            is_away = cause_of(error) is Cause.AWAY
            if is_away and self._connection is not None:
                self._connection.terminate()
            unknown = Uncertain(error) if is_away and group[0].statement.writes else None
            return [Answer(asked, error=unknown) for asked in group]
        if rows is None:
            return [Answer(asked) for asked in group]
        found: dict[int, list[Sequence[Any]]] = {place: [] for place in range(1, len(group) + 1)}
        for row in rows:
            found[row[0]].append(row)
        return [Answer(asked, found[place]) for place, asked in enumerate(group, start=1)]

    async def _connected(self) -> asyncpg.Connection | None:
        """Return the connection, made anew where it is gone; None while the server is away."""
        now = asyncio.get_running_loop().time()
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        if now < self._away_until:
            return None
        try:
            self._connection = await self._address.connect(
                command_timeout=(self._patience + GRACE).total_seconds(),
                statement_cache_size=_STATEMENTS,
                server_settings=settings_of(self._patience) | _PLANNED,
            )
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable):
            self._away_until = now + _PAUSE
            return None
        return self._connection
