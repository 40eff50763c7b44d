"""HTTP/1.1 on the socket: uvicorn's protocol, with deadlines for slow clients and a fuse for long heads."""

import asyncio
from dataclasses import dataclass

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from taskforce.api.errors import MEDIA_TYPE, refused
from taskforce.api.middleware import HEADER_BYTES, HEADER_COUNT, URL_BYTES

LINGER = 1.0
"""Seconds that a client has to read why it was refused."""
FUSE = 2
"""The middleware refuses a head over its limits once it is read; this many times over, reading stops."""
NOWHERE: Scope = {"type": "http", "path": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds that a client has to send a request."""

    head: float = 10.0
    """From the connection or the first byte to the end of the headers."""
    body: float = 30.0
    """From there to the end of the body."""


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration, with the deadlines."""

    deadlines = Deadlines()


class _HeadRefused(Exception):
    """A request whose head is too big to be read any further."""


class PatientProtocol(HttpToolsProtocol):
    """Waits for a request, but not for ever: what comes too slowly is answered with 408, or closed.

    A client that sent nothing is closed without a word; so is one whose body is late, since the app has told
    it 408 by then or had no use for the body.
    """

    _deadline: asyncio.TimerHandle | None = None
    _seconds: float | None = None
    """How long to wait after what was read last. A request that comes whole is not waited for."""
    _is_new = False
    _in_head = True
    _has_begun = False
    _head_bytes = 0
    _refusal = 400
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait(self._deadlines.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        if self._is_refused:
            return
        if self._deadline is None:
            self._expect(self._deadlines.head)
        self._head_bytes += len(data)
        super().data_received(data)
        if self._is_refused:
            return
        if self._is_new:
            self._wait(self._seconds)
        if self._has_begun and self._in_head and self._head_bytes > FUSE * (HEADER_BYTES + URL_BYTES):
            self._refuse(431)

    def on_message_begin(self) -> None:
        """Wait for the head."""
        super().on_message_begin()
        self._in_head, self._has_begun = True, True
        self._expect(self._deadlines.head)

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > FUSE * URL_BYTES:
            self._refusal = 414
            raise _HeadRefused

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        super().on_header(name, value.strip(b" \t"))  # the parser leaves the blanks behind it (RFC 9110, 5.5)
        if len(self.headers) > FUSE * HEADER_COUNT:
            self._refusal = 431
            raise _HeadRefused

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        self._in_head = False
        self._expect(self._deadlines.body + 1)  # by then the app has answered
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing: the request is here."""
        self._expect(None)
        self._in_head, self._has_begun, self._head_bytes = True, False, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or too much of it, with a problem."""
        self._refuse(self._refusal)

    @property
    def _deadlines(self) -> Deadlines:
        return self.config.deadlines if isinstance(self.config, ServerConfig) else Deadlines()

    def _expect(self, seconds: float | None) -> None:
        self._seconds, self._is_new = seconds, True

    def _wait(self, seconds: float | None) -> None:
        self._is_new = False
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._be_late)

    def _be_late(self) -> None:
        self._deadline = None
        if self._is_refused:
            self.transport.close()
            return
        if not self._has_begun and self._is_answering():  # a stray line end behind a request
            return
        if self._has_begun and self._in_head:
            self._refuse(408)
        else:
            self.transport.close()

    def _is_answering(self) -> bool:
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete  # type: ignore[redundant-expr] # it may be None

    def _refuse(self, status: int) -> None:
        self._is_refused = True
        cycle = self.cycle if self._is_answering() else None
        if self.transport.is_closing() or (cycle is not None and cycle.response_started):
            self.transport.close()
            return
        if cycle is not None:  # the app was asked before the rest was found wrong: nobody listens to it
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.write(_answer(status))
        self._wait(LINGER)  # closed at once, with more on its way here, the answer might be lost


def _answer(status: int) -> bytes:
    problem = refused(NOWHERE, status)
    body = problem.model_dump_json().encode()
    head = [
        f"HTTP/1.1 {status} {problem.title}",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
