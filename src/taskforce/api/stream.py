"""Server-sent events: pages of a log on the wire, a ping when it is quiet, a word when the server stops."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from taskforce.api.accept import chosen
from taskforce.api.drain import Drain
from taskforce.api.errors import problem_of
from taskforce.application.jobs.schemas import EventView
from taskforce.application.jobs.watch import LogPage
from taskforce.core.clock import Clock
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.jobs.events import RecordedEvent

log = structlog.get_logger()

PING_EVERY = 15.0
SEND_TIMEOUT = 30.0
HELLO = b"retry: 2000\n: ok\n\n"
NUMBER = re.compile(r"[0-9]{1,16}")
PING = b": ping\n\n"

EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[1-9][0-9]{0,15}$", "description": "The event's number."},
        "event": {"type": "string", "description": "Its type."},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/EventView"},
        },
        "retry": {"type": "string"},
    },
    "required": ["event", "data"],
}
"""What each event holds; live output has no id."""
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events: `id` is the number, `event` the type, `data` an EventView in one line.",
        "content": {"text/event-stream": {"schema": EVENT}},
    }
}

Views = AsyncIterator[Sequence[EventView]]


class EventStream(Response):
    """Streams pages of events until they end, the client leaves or the server stops. Never stops the job.

    One chunk a page; each stream waits for its own client only, and gives way to the others after each page.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        pages: Views,
        *,
        drain: Drain,
        clock: Clock,
        headers: dict[str, str] | None = None,
        ping_every: float = PING_EVERY,
        send_timeout: float = SEND_TIMEOUT,
    ) -> None:
        self.status_code = 200
        self.background = None
        self._pages = pages
        self._drain = drain
        self._clock = clock
        self._ping_every = ping_every
        self._send_timeout = send_timeout
        fixed = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        self.init_headers(fixed | (headers or {}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        gone = asyncio.create_task(_gone(receive))
        try:
            with self._drain.listen() as drained:
                await self._stream(scope, send, gone=gone, drained=drained)
        except OSError:  # a timeout is one, too
            log.info("stream_dropped", path=scope["path"], reason="the client does not read")
        finally:
            gone.cancel()
            await _close(self._pages)

    async def _stream(
        self, scope: Scope, send: Send, *, gone: asyncio.Future[None], drained: asyncio.Future[None]
    ) -> None:
        await send(_body(HELLO))
        if not scope.get("taskforce.head"):
            async with aclosing(self._chunks(scope, gone=gone, drained=drained)) as chunks:
                async for chunk in chunks:
                    async with asyncio.timeout(self._send_timeout):
                        await send(_body(chunk))
                    await asyncio.sleep(0)
        if not gone.done():
            await send(_body(b"", more=False))

    async def _chunks(
        self, scope: Scope, *, gone: asyncio.Future[None], drained: asyncio.Future[None]
    ) -> AsyncGenerator[bytes, None]:
        news: asyncio.Task[Sequence[EventView] | None] | None = None
        try:
            while not gone.done():
                news = news or asyncio.create_task(_next(self._pages))
                ends: set[asyncio.Future[Any]] = {news, gone, drained}
                await asyncio.wait(ends, timeout=self._ping_every, return_when=asyncio.FIRST_COMPLETED)
                if news.done():
                    page, news = news.result(), None
                    if page is None:
                        return
                    yield encoded(page)
                if drained.done():
                    yield encoded([self._word("draining", "The server stops. Connect again.")])
                    return
                if news is not None and not gone.done():
                    yield PING
        except Exception as error:
            log.exception("stream_failed", path=scope["path"])
            told = problem_of(scope, error)[0]
            yield encoded(
                [self._word("error", told.detail, code=told.error.code, request_id=told.request_id)]
            )
        finally:
            if news is not None:
                news.cancel()
                await asyncio.wait({news})

    def _word(self, event_type: str, message: str, **details: str) -> EventView:
        return EventView(
            number=None,
            timestamp=self._clock.now(),
            event_type=event_type,
            message=message,
            details={**details},
        )


async def views_of(pages: AsyncIterator[LogPage], clock: Clock) -> Views:
    """Show the pages of a log."""
    try:
        async for page in pages:
            yield [EventView.of_told(told, clock.now()) for told in page.told]
    finally:
        await _close(pages)


async def first_events(pages: AsyncIterator[LogPage]) -> Sequence[RecordedEvent]:
    """Return the first page of a log that has one."""
    try:
        return (await anext(pages)).events
    finally:
        await _close(pages)


def wants_stream(request: Request) -> bool:
    """Tell whether the client would rather have a stream than pages of JSON."""
    return chosen(request.headers.get("accept", ""), ("text/event-stream", "application/json")) != (
        "application/json"
    )


def encoded(page: Iterable[EventView]) -> bytes:
    """Return a page as the wire carries it; what is not in the log has no id."""
    return "".join(map(_lines, page)).encode()


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


def _lines(event: EventView) -> str:
    number = "" if event.number is None else f"id: {event.number}\n"
    return f"{number}event: {event.event_type}\ndata: {event.to_json()}\n\n"


def _body(chunk: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": more}


async def _close(pages: AsyncIterator[object]) -> None:
    if isinstance(pages, AsyncGenerator):
        await pages.aclose()


async def _next(pages: AsyncIterator[Sequence[EventView]]) -> Sequence[EventView] | None:
    return await anext(pages, None)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
