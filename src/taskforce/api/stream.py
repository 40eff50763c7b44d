"""Server-sent events: a log to one client, a ping when it is quiet, a word when the server stops."""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from taskforce.api.accept import chosen
from taskforce.api.drain import Drain
from taskforce.api.errors import problem_of
from taskforce.api.stay import Stay
from taskforce.api.wire import Chunks, encoded
from taskforce.application.jobs.log_page import LogPage
from taskforce.application.jobs.log_schemas import EventView
from taskforce.core.clock import Clock
from taskforce.core.errors import FieldError, Invalid, NotFound
from taskforce.core.jobs.events import RecordedEvent

log = structlog.get_logger()

PING_EVERY = 15.0
SEND_TIMEOUT = 30.0
HELLO = b"retry: 2000\n: ok\n\n"
NUMBER = re.compile(r"[0-9]{1,16}")
PING = b": ping\n\n"

DRAINING = "draining"
REAUTH = "reauth"


class EventStream(Response):
    """Streams chunks until they end, the client leaves, may watch no more, or the server stops.

    Never stops the job. Each stream waits for its own client only, and gives way to the others after each
    chunk.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        chunks: Chunks,
        *,
        drain: Drain,
        clock: Clock,
        stay: Stay,
        headers: dict[str, str] | None = None,
        ping_every: float = PING_EVERY,
        send_timeout: float = SEND_TIMEOUT,
    ) -> None:
        self.status_code = 200
        self.background = None
        self._chunks = chunks
        self._drain = drain
        self._clock = clock
        self._stay = stay
        self._ping_every = ping_every
        self._send_timeout = send_timeout
        fixed = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        self.init_headers(fixed | (headers or {}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        line = _Line(send)
        await line.send(HELLO)
        try:
            last = b"" if scope.get("taskforce.head") else await self._stream(scope, receive, line)
            if last is not None:
                async with asyncio.timeout(self._send_timeout):
                    await line.send(last, more=False)
        except OSError:  # a timeout is one, too
            log.info("stream_dropped", path=scope["path"], reason="the client does not read")
        finally:
            await self._chunks.aclose()

    async def _stream(self, scope: Scope, receive: Receive, line: "_Line") -> bytes | None:
        """Send all there is, and return the last word for the client, if it is still there."""
        gone = asyncio.create_task(_gone(receive))
        sending = asyncio.create_task(self._send_all(scope, line))
        try:
            with self._drain.listen() as drained:
                lasts = await self._attend(line, {sending, gone, drained})
                has_left, is_cut = gone.done(), drained.done() and not sending.done()
        finally:
            gone.cancel()
            sending.cancel()
            await asyncio.wait({sending})
        if not sending.cancelled():
            sending.result()
        if has_left:
            return None
        if not lasts:
            return self._word(REAUTH, "The credential has ended. Connect again with another one.")
        return self._word(DRAINING, "The server stops. Connect again.") if is_cut else b""

    async def _attend(self, line: "_Line", ends: set[asyncio.Future[Any]]) -> bool:
        """Wait for one of the ends, or for that of the client's stay, and tell whether that lasts.

        Ping when it is quiet; raise TimeoutError when the client stalls.
        """
        rest = longest = min(self._ping_every, self._send_timeout)
        while not await _any(ends, timeout=min(rest, self._stay.seconds)):
            if not await self._stay.lasts():
                return False
            limit = self._send_timeout if line.is_busy else self._ping_every
            if line.is_busy and line.seconds >= limit:
                raise TimeoutError
            if not line.is_busy and line.seconds >= limit:
                async with asyncio.timeout(self._send_timeout):
                    await line.send(PING)
            rest = min(longest, max(0.0, limit - line.seconds))
        return True

    async def _send_all(self, scope: Scope, line: "_Line") -> None:
        async with aclosing(self._told(scope)) as chunks:
            async for chunk in chunks:
                if chunk:
                    await line.send(chunk)
                await asyncio.sleep(0)

    async def _told(self, scope: Scope) -> Chunks:
        """Yield the chunks, and what went wrong if they broke off."""
        try:
            async for chunk in self._chunks:
                yield chunk
        except Exception as error:
            if isinstance(error, NotFound):  # removed while it was read
                log.info("stream_cut", path=scope["path"], reason=error.message)
            else:
                log.exception("stream_failed", path=scope["path"])
            told = problem_of(scope, error)[0]
            yield self._word("error", told.detail, code=told.error.code, request_id=told.request_id)

    def _word(self, event_type: str, message: str, **details: str) -> bytes:
        word = EventView(
            number=None,
            timestamp=self._clock.now(),
            event_type=event_type,
            message=message,
            details={**details},
        )
        return encoded([word])


class _Line:
    """The way to one client, and for how long it has been busy or quiet."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._time = asyncio.get_running_loop().time
        self._since = self._time()
        self.is_busy = False

    @property
    def seconds(self) -> float:
        """Return for how long the client has taken nothing, or was sent nothing."""
        return self._time() - self._since

    async def send(self, chunk: bytes, *, more: bool = True) -> None:
        """Send a chunk."""
        self.is_busy, self._since = True, self._time()
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})
        self.is_busy, self._since = False, self._time()


async def first_events(pages: AsyncGenerator[LogPage, None]) -> Sequence[RecordedEvent]:
    """Return the first page of a log that has one."""
    async with aclosing(pages):
        return (await anext(pages)).events


async def first_news(pages: AsyncGenerator[LogPage, None]) -> None:
    """Return when a log has a new event, its job asks something, or it has ended."""
    async with aclosing(pages):
        async for page in pages:
            if page.events or page.asked or page.is_paused or page.is_end:
                return


def wants_stream(request: Request) -> bool:
    """Tell whether the client would rather have a stream than pages of JSON."""
    return chosen(request.headers.get("accept", ""), ("text/event-stream", "application/json")) != (
        "application/json"
    )


def cursor(*, last_event_id: str | None, after: str | None) -> int:
    """Return the number after which to go on: the header of a client that comes back, else the parameter.

    Raises:
        Invalid: it is no event number.
    """
    given = {"Last-Event-ID": last_event_id, "after": after}
    texts = {name: text for name, text in given.items() if text is not None}
    detail = "must be the number of an event"
    errors = [
        FieldError(pointer=f"/{name}", code="int_parsing", detail=detail)
        for name, text in texts.items()
        if not NUMBER.fullmatch(text)
    ]
    if errors:
        raise Invalid(f"{errors[0].pointer[1:]} {detail}.", errors=errors)
    return int(next(iter(texts.values()), "0"))


async def _any(ends: set[asyncio.Future[Any]], *, timeout: float) -> bool:
    """Wait for one of the ends, at most so many seconds, and tell whether one came."""
    done, _ = await asyncio.wait(ends, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    return bool(done)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
