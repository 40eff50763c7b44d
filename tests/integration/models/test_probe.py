"""The look for servers on this machine: quick, at all ports at once, and misled by nobody."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from taskforce.infrastructure.missions.providers.probe import first_served
from tests.services.model_peer import ModelPeer
from tests.services.wire_formats import MODEL


@contextmanager
def serving(status: int, body: bytes) -> Iterator[int]:
    """A server that always says this."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Says) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield int(server.server_address[1])
        server.shutdown()


def nobody() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def test_the_first_port_that_serves_a_model_wins_and_embeddings_are_no_answer() -> None:
    with ModelPeer([]) as peer:
        assert await first_served([nobody(), peer.port]) == (peer.port, MODEL)


async def test_nobody_there_is_told_at_once() -> None:
    begun = time.monotonic()
    assert await first_served([nobody() for _ in range(4)]) is None
    assert time.monotonic() - begun < 0.15


async def test_silent_ports_cost_one_patience_together() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        assert await first_served([silent.getsockname()[1]] * 4) is None
        assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"data": null}'),
        (200, b'{"data": [{"id": 7}, {"id": ""}, 3]}'),
        (200, b'{"data": [{"id": "nomic-embed-text"}]}'),
        (200, b"\xff\xfe"),
        (401, b'{"data": [{"id": "secret-model"}]}'),
        (404, b'{"detail": "Not Found"}'),
        (302, b""),
    ],
)
async def test_other_servers_are_no_models(status: int, body: bytes) -> None:
    with serving(status, body) as port:
        assert await first_served([port]) is None
