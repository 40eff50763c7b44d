"""A model peer on loopback: speaks the formats of the providers by a script, and counts what it is asked."""

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import yaml

from tests.services.wire_formats import (
    MODEL,
    AnthropicMessages,
    Format,
    GoogleGenerate,
    OpenAIChat,
    OpenAIResponses,
)
from tests.services.wire_turns import Call, Fault, Turn

KEY = "sk-peer-0123456789"
WAIT_SECONDS = 2
ENDS = {
    "/v1/chat/completions": OpenAIChat(),
    "/v1/responses": OpenAIResponses(),
    "/v1/messages": AnthropicMessages(),
}
STATUS: Mapping[Fault, tuple[int, str, str]] = {
    Fault.BUSY_SECONDS: (429, "rate_limit_error", "Too many requests."),
    Fault.BUSY_DATE: (429, "rate_limit_error", "Too many requests."),
    Fault.BROKEN: (500, "api_error", "Something broke."),
    Fault.OVERLOADED: (503, "overloaded_error", "Overloaded."),
    Fault.WRONG_KEY: (401, "authentication_error", f"The key {KEY} is not known."),
    Fault.UNKNOWN_MODEL: (404, "not_found_error", "No such model."),
    Fault.BAD_REQUEST: (400, "invalid_request_error", f"The tools are wrong; the key was {KEY}."),
    Fault.QUOTA_SPENT: (429, "insufficient_quota", "You exceeded your current quota."),
    Fault.ELSEWHERE: (307, "moved", "Elsewhere."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float
    """Seconds of a clock that only goes on."""


class ModelPeer:
    """A server that is over when the context is left."""

    def __init__(self, turns: Sequence[Turn], *, key: str | None = KEY, log: Path | None = None) -> None:
        self.turns = turns
        self.key = key
        self.requests: list[Request] = []
        self.hung_up = threading.Event()
        """Set when a client has left before its answer's end."""
        self.asked = threading.Event()
        """Set when a first request has come."""
        self.stalled = threading.Event()
        """Set when an answer has begun that does not go on."""
        self.leaving = threading.Event()
        self._log = log
        self._tries: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"peer": self}))

    @property
    def tries(self) -> dict[int, int]:
        """Return how often each turn was asked for."""
        with self._lock:
            return dict(sorted(self._tries.items()))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leaving.set()
        self._server.shutdown()
        self._server.server_close()

    def took(self, request: Request, place: int) -> tuple[Turn, Fault | None]:
        """Count a request; return what is said to it, and what goes wrong."""
        with self._lock:
            self.requests.append(request)
            self.asked.set()
            tried = self._tries[place]
            self._tries[place] += 1
            if self._log is not None:
                with self._log.open("a", encoding="utf-8") as log:
                    log.write(f"{place}\n")
        turn = self.turns[place]
        return turn, turn.faults[tried] if tried < len(turn.faults) else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that leaves is no error of the peer."""


class _Handler(BaseHTTPRequestHandler):
    peer: ClassVar[ModelPeer]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": "embed-1"}, {"id": MODEL}]})
        else:
            self._json(404, {"detail": "no such place"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        path = self.path.partition("?")[0]
        form = GoogleGenerate() if path.endswith(":streamGenerateContent") else ENDS[path]
        headers = {name.lower(): value for name, value in self.headers.items()}
        keys = " ".join(headers.get(name, "") for name in form.key_headers)
        if self.peer.key and self.peer.key not in keys:
            self._fail(Fault.WRONG_KEY, form)
            return
        turn, fault = self.peer.took(
            Request(path=self.path, headers=headers, body=body, at=time.monotonic()), form.place(body)
        )
        try:
            self._answer(turn, fault, form)
        except (BrokenPipeError, ConnectionResetError):
            self.peer.hung_up.set()
            self.close_connection = True

    def _answer(self, turn: Turn, fault: Fault | None, form: Format) -> None:
        if fault is not None and fault in STATUS:
            self._fail(fault, form)
            return
        if fault is Fault.SILENT:
            self._wait_for_the_client()
            return
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        events = list(form.events(turn))
        match fault:
            case Fault.STALLED:
                self._send(_cut(b"".join(events[:3])))
                self.peer.stalled.set()
                self._wait_for_the_client()
            case Fault.CUT:
                self._send(_cut(b"".join(events[: len(events) // 2])))
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            case Fault.ENDLESS:
                self._say_for_ever(events)
            case Fault.NONSENSE:
                self._send([b"data: {this is no JSON\n\n", b"0"])
                self.wfile.write(b"0\r\n\r\n")
            case _:
                self._send(_cut(b"".join(events)))
                self.wfile.write(b"0\r\n\r\n")

    def _say_for_ever(self, events: list[bytes]) -> None:
        text = next(event for event in events if b"A lon" in event)
        self._send([b"".join(events[: events.index(text)])])
        try:
            while not self.peer.leaving.is_set():
                self._send([text * 50])
        except OSError:
            self.peer.hung_up.set()
        self.close_connection = True

    def _send(self, bits: Iterator[bytes] | list[bytes]) -> None:
        for bit in filter(None, bits):
            self.wfile.write(f"{len(bit):x}\r\n".encode() + bit + b"\r\n")
            self.wfile.flush()

    def _wait_for_the_client(self) -> None:
        """Say nothing more until the client has left."""
        self.connection.settimeout(0.05)
        while not self.peer.leaving.is_set():
            with suppress(TimeoutError):
                if not self.connection.recv(1):
                    self.peer.hung_up.set()
                    break
        self.close_connection = True

    def _fail(self, fault: Fault, form: Format) -> None:
        status, code, message = STATUS[fault]
        headers = {
            Fault.BUSY_SECONDS: {"retry-after": str(WAIT_SECONDS)},
            Fault.BUSY_DATE: {"retry-after": formatdate(time.time() + WAIT_SECONDS + 1, usegmt=True)},
            Fault.ELSEWHERE: {"location": "http://127.0.0.1:9/elsewhere"},
        }
        self._json(status, form.error(status, code, message), headers=headers.get(fault, {}))

    def _json(self, status: int, body: object, *, headers: Mapping[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _cut(text: bytes) -> Iterator[bytes]:
    """Cut bytes at awkward places: in the middle of characters, of JSON, of line ends."""
    sizes = (1, 2, 3, 7, 13, 64)
    start = place = 0
    while start < len(text):
        size = sizes[place % len(sizes)]
        yield text[start : start + size]
        start += size
        place += 1


def turns_of(file: Path) -> list[Turn]:
    """Read the turns of a script in YAML: `turns`, with the fields of a turn."""
    return [
        Turn(
            **{
                **said,
                "calls": tuple(Call(**call) for call in said.get("calls", ())),
                "faults": tuple(map(Fault, said.get("faults", ()))),
            }
        )
        for said in yaml.safe_load(file.read_text(encoding="utf-8"))["turns"]
    ]


def main() -> None:
    """Serve a script: `model_peer.py SCRIPT LOG`; prints the address, and ends with its stdin."""
    script, log = map(Path, sys.argv[1:3])
    with ModelPeer(turns_of(script), log=log) as peer:
        print(peer.url, flush=True)  # noqa: T201 - who started it reads it
        sys.stdin.read()


if __name__ == "__main__":
    main()
