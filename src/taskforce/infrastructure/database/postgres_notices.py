"""Words that processes on one PostgreSQL tell each other, by LISTEN and NOTIFY: they may be lost."""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread

import asyncpg
import structlog

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.database.notices import Notices, Take
from taskforce.infrastructure.database.postgres_engine import Address
from taskforce.infrastructure.system.bell import Bell
from taskforce.infrastructure.system.ids import UuidSource
from taskforce.infrastructure.system.loops import new_loop

log = structlog.get_logger()

CHANNEL = "taskforce"
LONGEST = 7_900
"""Bytes of a message; PostgreSQL takes fewer than 8,000."""
MOST = 10_000
"""So many words wait to be told; of more, the newest are lost."""
_AT_ONCE = 200
_ANSWER = 5.0
_QUIET = 15.0
"""After so many seconds without a word it is seen whether the server is still there."""
_PAUSE = 0.5
_PROBE = 1.0
_TELL = "SELECT pg_notify($1, word) FROM unnest($2::text[]) AS word"


class PostgresNotices(Notices):
    """One connection on a thread of its own, opened with the first word or `open`.

    Words may have been missed whenever it is made again.
    """

    def __init__(self, url: str) -> None:
        self._address = Address(url)
        self._me = UuidSource().new()
        self._lock = Lock()
        self._waiting: dict[str, None] = {}
        self._takers: dict[str, Take] = {}
        self._missed: list[Callable[[], None]] = []
        self._lane: _Lane | None = None
        self._closed = False

    def tell(self, topic: str, word: str) -> None:
        message = json.dumps([self._me, topic, word])
        if len(message) > LONGEST:
            return
        with self._lock:
            if len(self._waiting) < MOST:
                self._waiting[message] = None
            lane = self._running()
        if lane is not None:
            lane.ring()

    def hear(self, topic: str, take: Take, *, missed: Callable[[], None]) -> None:
        with self._lock:
            self._takers[topic] = take
            self._missed.append(missed)

    def open(self) -> None:
        with self._lock:
            self._running()

    async def check(self) -> None:
        self.open()
        lane = self._lane
        if lane is None or not await asyncio.to_thread(lane.is_up.wait, _PROBE):
            raise Unavailable(f"The database {self._address} carries no notices: it is not reached.")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            lane, self._lane = self._lane, None
        if lane is not None and lane.process == os.getpid():
            lane.close()

    def take_waiting(self) -> list[str]:
        """Return some of the words that wait, oldest first: from now on they are told, or lost."""
        with self._lock:
            some = list(self._waiting)[:_AT_ONCE]
            for word in some:
                del self._waiting[word]
        return some

    def heard(self, message: str) -> None:
        """Hand on a message; one's own is known already."""
        sender, topic, word = json.loads(message)
        take = self._takers.get(topic)
        if sender != self._me and take is not None:
            take(word)

    def may_have_missed(self) -> None:
        """Tell all who hear to look for themselves."""
        for missed in tuple(self._missed):
            missed()

    def _running(self) -> "_Lane | None":
        if self._closed:
            return None
        if self._lane is None or self._lane.process != os.getpid():  # no thread goes along into a fork
            self._lane = _Lane(self._address, self)
        return self._lane


class _Lane:
    """The thread, its loop, and the connection."""

    def __init__(self, address: Address, notices: PostgresNotices) -> None:
        self.process = os.getpid()
        self.is_up = Event()
        self._address = address
        self._notices = notices
        self._loop = new_loop()
        self._bell = Bell(self._loop)
        self._end = Bell(self._loop)
        """Ends a pause; words that wait do not."""
        self._is_ending = False
        self._thread = Thread(target=self._run, name="taskforce-notices", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """Say that words wait; from any thread."""
        self._bell.ring()

    def close(self) -> None:
        """Tell what waits, if the server takes it, and end the thread."""
        self._is_ending = True
        self._end.ring()
        self.ring()
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._stay_connected())

    async def _stay_connected(self) -> None:
        while not self._is_ending:
            try:
                await self._carry()
            except (
                OSError,
                TimeoutError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                Unavailable,
            ) as error:
                log.info("notices_interrupted", reason=str(error))
            self.is_up.clear()
            if not self._is_ending:
                await self._end.rest(_PAUSE)

    async def _carry(self) -> None:
        """Connect, and carry words both ways until the connection breaks or all is over."""
        connection = await self._address.connect(command_timeout=_ANSWER)
        try:
            connection.add_termination_listener(lambda _: self._bell.ring())
            await connection.add_listener(CHANNEL, lambda *heard: self._notices.heard(heard[-1]))
            self._notices.may_have_missed()
            self.is_up.set()
            while not connection.is_closed() and not self._is_ending:
                await self._tell(connection)
                await self._bell.rest(_QUIET)
            await self._tell(connection)
        finally:
            with suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=1)

    async def _tell(self, connection: asyncpg.Connection) -> None:
        """Tell all that waits; where nothing does, see whether the server is there."""
        self._bell.hear()
        while True:
            words = self._notices.take_waiting()
            await connection.execute(_TELL, CHANNEL, words)
            if len(words) < _AT_ONCE:
                return
