"""Around every request, as pure ASGI: its id, the log, the guard against what nobody caught, limits."""

import asyncio
import re
from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskforce.api.doors import Doors
from taskforce.api.errors import problem_response, refused
from taskforce.api.limits import quota_headers
from taskforce.api.trace import traceparent

log = structlog.get_logger()

VISIBLE = re.compile(rb"[\t\x20-\x7e]*")
REQUEST_ID = re.compile(r"[A-Za-z0-9._~-]{8,128}")
DIGITS = re.compile("[0-9]{1,19}")
BODY_LIMIT = 10 * 2**20
HEADER_BYTES = 32 * 2**10
HEADER_COUNT = 100
URL_BYTES = 8 * 2**10


class RequestContext:
    """Gives each request its id, in and out; binds it to what is logged; answers what nobody caught."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, new_id = Headers(scope=scope), self._doors.container.ids().new
        request_id = _request_id(headers.getlist("x-request-id")) or new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(
            request_id=request_id, traceparent=traceparent(headers.getlist("traceparent"), new_id)
        )
        clock = self._doors.container.clock()
        begun = clock.monotonic()
        sent = _Sent(send, scope)
        try:
            await self._app(scope, receive, sent)
        except ClientDisconnect:
            log.info("client_left", method=scope["method"], path=scope["path"])
        except Exception:
            log.exception("request_failed", method=scope["method"], path=scope["path"])
            if sent.status is None:
                await problem_response(refused(scope, 500))(scope, receive, sent)
        finally:
            milliseconds = round((clock.monotonic() - begun) * 1000, 1)
            tell = log.debug if scope["path"].startswith("/health") else log.info
            tell("request", method=scope["method"], path=scope["path"], status=sent.status, ms=milliseconds)


class Limits:
    """Refuses what is too big before anybody reads it, or comes too slowly: address, headers, body."""

    def __init__(self, app: ASGIApp, body_seconds: float) -> None:
        self._app = app
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        status = _objection(scope) if scope["type"] == "http" else None
        if status is not None:
            await problem_response(refused(scope, status))(scope, receive, send)
        elif scope["type"] == "http":
            await self._app(scope, _measured(receive, self._body_seconds), send)
        else:
            await self._app(scope, receive, send)


class HeadAsGet:
    """Answers HEAD as GET would, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        as_get = {**scope, "method": "GET", "taskforce.head": True}

        async def send_without_body(message: Message) -> None:
            scope["route"] = as_get.get("route")  # for those who watch from outside
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app(as_get, receive, send_without_body)


class _Sent:
    """Sends on, with the request's id and how the principal stands, and remembers the status."""

    def __init__(self, send: Send, scope: Scope) -> None:
        self._send = send
        self._scope = scope
        self._header = (b"x-request-id", scope["state"]["request_id"].encode("ascii"))
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            ours = (self._header, (b"x-content-type-options", b"nosniff"), *quota_headers(self._scope))
            message = {**message, "headers": [*message.get("headers", ()), *ours]}
        await self._send(message)


def _request_id(given: Sequence[str]) -> str | None:
    return given[0] if len(given) == 1 and REQUEST_ID.fullmatch(given[0]) else None


def _count(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> int:
    return sum(given == name for given, _ in headers)


def _objection(scope: Scope) -> int | None:
    headers = scope["headers"]
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > URL_BYTES:
        return 414
    if len(headers) > HEADER_COUNT or sum(len(name) + len(text) for name, text in headers) > HEADER_BYTES:
        return 431
    if not all(VISIBLE.fullmatch(text) for _, text in headers) or _count(headers, b"host") != 1:
        return 400
    length = Headers(scope=scope).get("content-length", "0").lstrip("0") or "0"
    return 413 if not DIGITS.fullmatch(length) or int(length) > BODY_LIMIT else None


def _measured(receive: Receive, seconds: float) -> Receive:
    """Receive, up to the limits: for bodies that do not tell their length, and for those that drip."""
    taken = 0
    is_whole = False
    end = asyncio.get_running_loop().time() + seconds

    async def receive_some() -> Message:
        nonlocal taken, is_whole
        try:
            async with asyncio.timeout_at(None if is_whole else end):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None
        is_whole = not message.get("more_body", False)
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return receive_some
