"""A connection to NATS on a thread of its own, which is made again for ever."""

import asyncio
import os
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError as Dropped
from contextlib import suppress
from functools import partial
from threading import Event, Lock, Thread
from typing import Protocol, TypeVar

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoServersError
from pydantic import SecretStr

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.nats.addresses import NatsAddress
from taskforce.infrastructure.system.bell import Bell
from taskforce.infrastructure.system.loops import new_loop

log = structlog.get_logger()

T = TypeVar("T")

BROKEN = (OSError, TimeoutError, NatsError, EOFError)
"""What a server that is away, slow or of another mind makes of a call."""
_CONNECT = 5
_PAUSE = 0.5
_PING = 5
"""After so many seconds of silence, and twice as many more, a server counts as gone."""
_PROBE = 1.0
_LAST_WORDS = 2.0


class Speaker(Protocol):
    """What is said over a link. All of it is called on the link's thread alone."""

    @abstractmethod
    async def begin(self, client: Client) -> None:
        """Make what is needed on a connection that is new; what it raises ends the connection."""

    @abstractmethod
    async def speak(self, client: Client) -> float:
        """Say what waits; return after how many seconds to be asked again, unless rung before."""

    @abstractmethod
    async def end(self, client: Client) -> None:
        """Say what waits, and wait until it is said: the link is closed then."""

    @abstractmethod
    def lose(self) -> None:
        """Be told that the connection is gone."""


class NatsLink:
    """Carries what a speaker says. It is opened by the first ring, and `close` ends it."""

    def __init__(self, url: str) -> None:
        self._address = NatsAddress.of(url)
        self._lock = Lock()
        self._lane: _Lane | None = None
        self._speaker: Speaker | None = None
        self._closed = False

    def give(self, speaker: Speaker) -> None:
        """Have it speak for the first time; one link has one speaker."""
        self._speaker = speaker

    def ring(self) -> None:
        """Have the speaker speak, or connect first; from any thread, never blocks, never fails."""
        lane = self._running()
        if lane is not None:
            lane.ring()

    @property
    def is_down(self) -> bool:
        """Tell whether the server was looked for and not found, or was lost."""
        lane = self._lane
        return self._closed or (lane is not None and lane.is_down)

    async def check(self) -> None:
        """Return when the server is connected; raise Unavailable with the reason when not."""
        lane = self._running()
        if lane is None or not await asyncio.to_thread(lane.is_up.wait, _PROBE):
            raise self._unavailable(lane)

    async def run(self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Return what comes of work with the connection, on whatever loop one is. Raises Unavailable."""
        lane = self._running()
        if lane is None or not await asyncio.to_thread(lane.is_up.wait, _PROBE):
            raise self._unavailable(lane)
        try:
            return await lane.run(work)
        except (*BROKEN, Dropped) as error:
            raise Unavailable(f"{self._address} did not take it: {_reason(error)}.") from error

    def close(self) -> None:
        """Have the speaker say what waits, and end; it blocks for a few seconds at most."""
        with self._lock:
            self._closed = True
            lane, self._lane = self._lane, None
        if lane is not None and lane.process == os.getpid():
            lane.close()

    def _unavailable(self, lane: "_Lane | None") -> Unavailable:
        reason = "it is closed" if lane is None else lane.reason
        return Unavailable(f"{self._address} cannot be used: {reason}.")

    def _running(self) -> "_Lane | None":
        with self._lock:
            if self._closed or self._speaker is None:
                return None
            if self._lane is None or self._lane.process != os.getpid():  # no thread goes along into a fork
                self._lane = _Lane(self._address, self._speaker)
            return self._lane


class _Lane:
    """The thread, its loop, and the connection."""

    def __init__(self, address: NatsAddress, speaker: Speaker) -> None:
        self.process = os.getpid()
        self.is_up = Event()
        self.is_down = False
        self.reason = "it is not reached"
        self._told = ""
        self._address = address
        self._speaker = speaker
        self._client: Client | None = None
        self._loop = new_loop()
        self._bell = Bell(self._loop)
        self._end = Bell(self._loop)
        """Ends a pause; words that wait do not."""
        self._is_ending = False
        self._thread = Thread(target=self._run, name="taskforce-nats", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        self._is_ending = True
        self._end.ring()
        self.ring()
        self._thread.join()

    async def run(self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Do work with the connection on the lane's loop."""
        try:
            future = asyncio.run_coroutine_threadsafe(self._with_client(work), self._loop)
        except RuntimeError as closed:
            raise ConnectionError("it is closed") from closed
        return await asyncio.wrap_future(future)

    async def _with_client(self, work: Callable[[Client], Awaitable[T]]) -> T:
        if self._client is None:
            raise ConnectionError(self.reason)
        return await work(self._client)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._stay_connected())

    async def _stay_connected(self) -> None:
        while not self._is_ending:
            try:
                await self._carry()
            except NoServersError:
                self._tell(self.reason)
            except (*BROKEN, Unavailable) as error:
                self._tell(_reason(error))
            except Exception as error:
                log.exception("nats_broke", server=str(self._address), reason=str(error))
            self.is_up.clear()
            self.is_down = True
            self._client = None
            self._speaker.lose()
            if not self._is_ending:
                await self._end.rest(_PAUSE)

    async def _carry(self) -> None:
        """Connect, and speak until the connection breaks or all is over."""
        client = Client()
        try:
            await self._connect(client)
            await self._speaker.begin(client)
            self._client = client
            if self.is_down:
                log.info("nats_back", server=str(self._address))
            self.is_down, self._told = False, ""
            self.is_up.set()
            while client.is_connected and not self._is_ending:
                self._bell.hear()
                await self._bell.rest(await self._speaker.speak(client))
            if client.is_connected:
                await asyncio.wait_for(self._speaker.end(client), _LAST_WORDS)
            else:
                raise ConnectionError(_reason(client.last_error) if client.last_error else "it was lost")
        finally:
            with suppress(*BROKEN):
                await asyncio.wait_for(client.close(), _LAST_WORDS)

    async def _connect(self, client: Client) -> None:
        address = self._address
        telling = {secret: partial(self._tell_secret, client, secret) for secret in address.secrets}
        token, password = address.token, address.password
        await asyncio.wait_for(
            client.connect(
                address.server,
                name="taskforce",
                user=address.user,
                password=telling[password] if password else None,
                token=telling[token] if token else None,
                tls=address.trust,
                tls_hostname=address.host if address.is_encrypted else None,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=_CONNECT,
                ping_interval=_PING,
                error_cb=self._hear_of_error,
                closed_cb=self._hear_of_end,
            ),
            2 * _CONNECT,
        )
        self._require_tls(client)

    def _tell_secret(self, client: Client, secret: SecretStr) -> str:
        self._require_tls(client)
        return secret.get_secret_value()

    def _require_tls(self, client: Client) -> None:
        """Say nothing in the clear to a server that was to be asked by TLS: the client would."""
        is_offered = client._server_info.get("tls_required", False)  # noqa: SLF001 - it has no name for it
        if self._address.is_encrypted and not is_offered:
            raise ConnectionError("it speaks no TLS, and the address begins with tls://")

    async def _hear_of_error(self, error: Exception) -> None:
        self.reason = _reason(error)
        if not isinstance(error, BROKEN):
            log.error("nats_broke", server=str(self._address), reason=repr(error))

    async def _hear_of_end(self) -> None:
        self._bell.ring()

    def _tell(self, reason: str) -> None:
        """Log it once, however often it is tried again."""
        if self._is_ending:
            return
        if reason != self._told:
            log.warning("nats_away", server=str(self._address), reason=reason)
        self.reason = self._told = reason


def _reason(error: BaseException) -> str:
    """Return it in words, without the library's mark before them."""
    if isinstance(error, Unavailable):
        return error.message.rstrip(".")
    return str(error).removeprefix("nats: ").strip("' .") or "it does not answer"
