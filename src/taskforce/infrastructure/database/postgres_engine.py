"""How PostgreSQL is reached: the address, what each connection asks of the server, and the pool."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias
from weakref import WeakSet

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.database import PROMPT
from taskforce.infrastructure.system.server_clock import ServerClock

Isolation: TypeAlias = Literal["SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED"]

_CONNECT = timedelta(seconds=5)
GRACE = timedelta(seconds=1)
"""How much longer than whoever asked is patient, and than a statement may run, this waits for an answer."""
LEAVE = 2.0
_STATEMENTS = 512
_DRIVER = "postgresql+asyncpg://"  # it says how to speak; where to is the driver's to read


class Address:
    """A database of a server, `postgresql://user:password@host:port/database?option=`, as libpq reads it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._parts: URL = make_url(url)

    def __str__(self) -> str:
        return f"{self._parts.database} at {self._parts.host}:{self._parts.port or 5432}"

    async def connect(self, **options: Any) -> asyncpg.Connection:  # noqa: ANN401 - the driver's
        """Return a connection of the driver. Raises Unavailable where the address is not understood."""
        try:
            return await asyncpg.connect(self._url, timeout=_CONNECT.total_seconds(), **options)
        except ValueError as wrong:
            raise Unavailable(f"The address of the database {self} is not right: {wrong}") from wrong
        except asyncpg.UndefinedObjectError as unknown:
            raise Unavailable(
                f"The database {self}: the server does not know an option of the address: {unknown}"
            ) from unknown


class Pool:
    """The connections that the stores share; each new one tells the clock the server's time."""

    def __init__(self, address: Address, *, size: int, patience: timedelta, clock: ServerClock) -> None:
        self._address = address
        self._patience = patience
        self._clock = clock
        self._open: WeakSet[asyncpg.Connection] = WeakSet()
        self._engine = create_async_engine(
            _DRIVER,
            pool_size=size,
            max_overflow=0,
            pool_timeout=min(PROMPT, patience).total_seconds(),
            connect_args=_by(self._connect),
        )
        event.listen(self._engine.sync_engine, "checkout", _let_the_dead_go)

    def connect(self, isolation: Isolation) -> AsyncConnection:
        """Return a connection, to be entered, whose transactions see of others what the word says."""
        return self._engine.execution_options(isolation_level=isolation).connect()

    async def measure(self) -> None:
        """Tell the clock the server's time again."""
        async with self._engine.connect() as connection:
            await _measure(await driver_of(connection), self._clock)

    async def close(self) -> None:
        """Take leave of the server; one that does not answer is not waited for."""
        await asyncio.gather(*map(leave, tuple(self._open)))
        await self._engine.dispose()

    async def _connect(self) -> asyncpg.Connection:
        connection = await self._address.connect(
            command_timeout=(self._patience + GRACE).total_seconds(),
            server_settings=settings_of(self._patience),
        )
        self._open.add(connection)
        await _measure(connection, self._clock)
        return connection


def unhurried(address: Address) -> AsyncEngine:
    """Return connections for what may take as long as it takes: a migration."""

    async def connect() -> asyncpg.Connection:
        return await address.connect(server_settings={"application_name": "taskforce"})

    return create_async_engine(
        _DRIVER, poolclass=NullPool, isolation_level="READ COMMITTED", connect_args=_by(connect)
    )


async def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    """Return the driver's connection behind one of the pool."""
    return (await connection.get_raw_connection()).driver_connection


async def _measure(connection: asyncpg.Connection, clock: ServerClock) -> None:
    """Tell the clock the server's time; it is of some moment between the question and the answer."""
    asked = clock.monotonic()
    seconds: float = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
    clock.learn(datetime.fromtimestamp(seconds, UTC), asked=asked, answered=clock.monotonic())


async def leave(connection: asyncpg.Connection) -> None:
    """Take leave of the server; one that does not answer is not waited for."""
    with suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await connection.close(timeout=LEAVE)


def _by(connect: Callable[[], Awaitable[asyncpg.Connection]]) -> dict[str, object]:
    return {"async_creator_fn": connect, "prepared_statement_cache_size": _STATEMENTS}


def settings_of(patience: timedelta) -> dict[str, str]:
    """Return what each connection asks of the server: whoever is frozen holds no lock for long."""
    most = _milliseconds(patience)
    return {
        "application_name": "taskforce",
        "jit": "off",
        "lock_timeout": _milliseconds(min(PROMPT, patience)),  # who is patient asks again
        "statement_timeout": most,
        "idle_in_transaction_session_timeout": most,
    }


def _milliseconds(time: timedelta) -> str:
    return str(round(time.total_seconds() * 1_000))


def _let_the_dead_go(connection: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's word for the driver's
    """Refuse a connection that the server has ended, and all that are older: they went with it."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
