"""The check of a container: 200 is well, all else is not, and is said."""

import socket
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.integration.processes import Ended, Process, environment


class Door(BaseHTTPRequestHandler):
    """Lives, and is not ready."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()
        self.wfile.write(b"Not ready: store.")

    def log_message(self, *_: object) -> None:
        """Nothing is told."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def probed(home: Path, *words: str) -> Ended:
    with Process(sys.executable, "-m", "taskforce.api.probe", *words, env=environment(home)) as process:
        return process.wait()


def test_who_lives_is_well_and_who_is_not_ready_says_what_is_missing(port: int, tmp_path: Path) -> None:
    assert probed(tmp_path, "--port", str(port)).code == 0
    unready = probed(tmp_path, "--port", str(port), "--path", "/health/ready")
    assert (unready.code, unready.err.strip()) == (1, "503 Not ready: store.")


def test_where_nobody_listens_is_said_too(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        lost = probed(tmp_path, "--port", str(free.getsockname()[1]))
    assert lost.code == 1
    assert "does not answer" in lost.err
