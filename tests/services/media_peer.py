"""A peer on loopback that answers as a provider of pictures and clips does, and counts what it is asked.

What a provider says in which words is in `google_media` and `openai_media`; here is the server, and what may
go wrong with any of them.
"""

import json
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, ClassVar, Protocol

KEY = "key-of-the-media-peer-0123456789"
WAIT_SECONDS = 7
"""How long who is busy asks to wait."""
HUGE = 10**12
"""Bytes that an answer says it has."""


class Call(StrEnum):
    """What is asked of a provider."""

    PICTURE = "picture"
    SUBMIT = "submit"
    POLL = "poll"
    LINK = "link"
    """The provider's own address of a result."""
    STORAGE = "storage"
    """Where that leads, on another host."""


class Fault(StrEnum):
    """What a call meets in place of its answer."""

    BUSY = "busy"
    """429 with Retry-After."""
    BUSY_INSIDE = "busy_inside"
    """429 that tells the wait in its body, as Google does."""
    SPENT = "spent"
    """429: the account is used up."""
    BROKEN = "broken"
    OVERLOADED = "overloaded"
    HANGS_UP = "hangs_up"
    """The connection ends before an answer."""
    WRONG_KEY = "wrong_key"
    UNKNOWN = "unknown"
    """404: no such model, operation or result."""
    REFUSED = "refused"
    """The provider's rules forbid it."""
    FAILED = "failed"
    """The operation has failed for the provider's own reasons."""
    NONSENSE = "nonsense"
    """Not JSON."""
    OTHER_FORM = "other_form"
    """JSON, and not what was to be expected."""
    EMPTY = "empty"
    """Done, and nothing came of it."""
    EXPIRED = "expired"
    """The link was good once."""
    CUT = "cut"
    """The connection ends in the middle of the result."""
    CUT_UNSEEN = "cut_unseen"
    """The result ends in its middle, and the answer never said how long it is."""
    TOO_LARGE = "too_large"
    ENDLESS = "endless"
    """More and more comes, and the answer never said how much."""
    PAGE = "page"
    """A page of HTML with status 200."""
    ELSEWHERE = "elsewhere"
    """A redirect to an address that is nobody's business."""
    ROUND = "round"
    """A redirect to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came."""

    call: Call
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said to a request."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    told: int | None = None
    """The length that is told; None is the true one, negative is none."""
    is_endless: bool = False


class Wire(Protocol):
    """One provider's paths and words."""

    def call(self, method: str, path: str) -> Call | None: ...

    def is_known(self, headers: Mapping[str, str]) -> bool:
        """Tell whether the key is right."""
        ...

    def answer(self, asked: Asked, peer: "MediaPeer") -> object:
        """Return the JSON of an answer, or an `Answer`."""
        ...

    def fault(self, asked: Asked, fault: Fault, peer: "MediaPeer") -> Answer | None:
        """Return what goes wrong in the provider's own words; None: it is the same with everybody."""
        ...


@dataclass(slots=True, kw_only=True)
class MediaPeer:
    """What it was asked, and how it is to behave."""

    wire: Wire
    picture: bytes
    clip: bytes
    pending: int = 0
    """Polls of an operation before it is done."""
    is_stored_elsewhere: bool = False
    """Whether a result's link redirects to another host."""
    port: int = 0
    storage_port: int = 0
    asked: list[Asked] = field(default_factory=list)
    polls: Counter[str] = field(default_factory=Counter)
    """Polls by operation."""
    planned: dict[Call, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def storage_url(self) -> str:
        return f"http://127.0.0.1:{self.storage_port}/stored?signature=1"

    @property
    def calls(self) -> dict[str, int]:
        """Return how often each call was made."""
        with self.lock:
            return dict(Counter(one.call.value for one in self.asked))

    def of(self, call: Call) -> list[Asked]:
        with self.lock:
            return [one for one in self.asked if one.call is call]

    def plan(self, call: Call, *faults: Fault) -> None:
        """Meet the next such calls with faults, one after the other."""
        self.planned[call] += faults

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """Answer a request; None: hang up."""
        path = target.partition("?")[0]
        call = Call.STORAGE if path == "/stored" else self.wire.call(method, path)
        if call is None:
            return Answer(status=404, body=b"{}")
        asked = Asked(call=call, target=target, headers=headers, body=body)
        with self.lock:
            self.asked.append(asked)
            fault = self.planned[call].pop(0) if self.planned[call] else None
            if call is Call.POLL:
                self.polls[path] += 1
        if call is not Call.STORAGE and not self.wire.is_known(headers):
            fault = Fault.WRONG_KEY
        if fault is Fault.HANGS_UP:
            return None
        if fault is not None:
            return self.wire.fault(asked, fault, self) or self._fault(fault)
        if call is Call.STORAGE:
            return Answer(body=self.clip, headers={"content-type": "video/mp4"})
        told = self.wire.answer(asked, self)
        return told if isinstance(told, Answer) else Answer(body=json.dumps(told).encode(), headers=JSON)

    def linked(self) -> Answer:
        """Answer at a result's link."""
        if self.is_stored_elsewhere:
            return Answer(status=302, headers={"location": self.storage_url})
        return Answer(body=self.clip, headers={"content-type": "video/mp4"})

    def _fault(self, fault: Fault) -> Answer:
        mp4 = {"content-type": "video/mp4"}
        half = self.clip[: len(self.clip) // 2]
        return {
            Fault.NONSENSE: Answer(body=b'{"name": "models/', headers=JSON),
            Fault.OTHER_FORM: Answer(body=b'["quite", "another", "thing"]', headers=JSON),
            Fault.UNKNOWN: Answer(status=404, body=b"<Error><Code>NoSuchKey</Code></Error>"),
            Fault.EXPIRED: Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>"),
            Fault.CUT: Answer(body=half, headers=mp4, told=len(self.clip)),
            Fault.CUT_UNSEEN: Answer(body=half, headers=mp4, told=-1),
            Fault.TOO_LARGE: Answer(body=self.clip, headers=mp4, told=HUGE),
            Fault.ENDLESS: Answer(body=self.clip, headers=mp4, told=-1, is_endless=True),
            Fault.PAGE: Answer(body=b"<html>Sign in</html>", headers={"content-type": "text/html"}),
            Fault.ELSEWHERE: Answer(
                status=302, headers={"location": "http://169.254.169.254/latest/meta-data"}
            ),
            Fault.ROUND: Answer(status=302, headers={"location": f"{self.storage_url}&round"}),
        }[fault]


JSON = {"content-type": "application/json"}


@contextmanager
def media_peer(peer: MediaPeer) -> Iterator[MediaPeer]:
    """Serve on two free loopback ports, the provider's and its storage's, until the context is left."""

    class Served(_Door):
        media = peer

    servers = [_Server(("127.0.0.1", 0), Served) for _ in range(2)]
    peer.port, peer.storage_port = (server.server_port for server in servers)
    threads = [Thread(target=server.serve_forever, args=(0.01,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield peer
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who asked has left, which some tests want."""


class _Door(BaseHTTPRequestHandler):
    media: ClassVar[MediaPeer]

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self._body()
        headers = {name.lower(): text for name, text in self.headers.items()}
        answer = self.media.serve(self.command, self.path, headers, body)
        if answer is None:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, text in answer.headers.items():
            self.send_header(name, text)
        told = len(answer.body) if answer.told is None else answer.told
        if told >= 0:
            self.send_header("content-length", str(told))
        self.end_headers()
        self.wfile.write(answer.body)
        while answer.is_endless:
            self.wfile.write(bytes(2**16))

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        pieces = []
        while size := int(self.rfile.readline().strip() or b"0", 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)
