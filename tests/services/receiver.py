"""A receiver of webhooks on loopback: it remembers what it was sent, and answers as a test tells it to."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

Behaviour = Callable[[BaseHTTPRequestHandler], None]
LOOPBACK = "127.0.0.0/8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    began: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what the public package makes of it, which raises for a signature that is not right."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass(slots=True)
class Receiver:
    """What came, and what is answered on which path; 204 where nothing else is said."""

    port: int = 0
    scheme: str = "http"
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    written: int = 0
    """Bytes of an endless answer that got out."""
    got: list[Received] = field(default_factory=list)
    at_once: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str = "/", *, behaves: Behaviour | None = None) -> str:
        """Return the URL of a path, and behave so on it."""
        if behaves is not None:
            self.behaviours[path] = behaves
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def on(self, path: str) -> list[Received]:
        with self.lock:
            return [one for one in self.got if one.path == path]

    def ids(self, path: str = "/") -> list[str]:
        return [one.id for one in self.on(path)]


def status(code: int, **headers: str) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Behave one way after the other; as the last from then on."""
    left = list(behaviours)

    def behave(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return behave


def slow(seconds: float, then: Behaviour) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        then(handler)

    return behave


def drops(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


def endless(there: Receiver) -> Behaviour:
    """Answer 200, and then a gigabyte."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(2**30))
        handler.end_headers()
        for _ in range(2**14):
            handler.wfile.write(b"x" * 2**16)
            there.written += 2**16

    return behave


@contextmanager
def receiver(*, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen until the context is left."""
    there = Receiver(scheme="http" if tls is None else "https")
    server = _Server(("127.0.0.1", 0), _handler_of(there))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the server's own words
        """Say nothing: whoever asked has left, which some tests want."""


def _handler_of(there: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            began = time.monotonic()
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # whoever sent it died over it: nothing was received
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            with there.lock:
                there.got.append(Received(path=self.path, headers=headers, body=body, began=began))
                there.at_once[self.path] = there.at_once.get(self.path, 0) + 1
                most = there.most_at_once.get(self.path, 0)
                there.most_at_once[self.path] = max(most, there.at_once[self.path])
            try:
                there.behaviours.get(self.path, status(204))(self)
            finally:
                with there.lock:
                    there.at_once[self.path] -= 1

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
