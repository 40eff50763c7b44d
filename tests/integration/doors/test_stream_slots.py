"""A principal and a process keep so many streams open, and each end of one gives its place back."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.integration.doors.api_client import script
from tests.integration.processes import until
from tests.integration.wire import Server, serving

STREAM = "/api/v1/execute/stream"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: closing sends RST instead of FIN."""


@pytest.fixture
def mission(tmp_path: Path) -> dict[str, str]:
    return {"mission": "wait", "model": script(tmp_path, {"delay": 60, "text": "At last."})}


@contextmanager
def watched(server: Server, job: str, *, resets: bool = False) -> Iterator[None]:
    """Keep a stream open; leave it with FIN or RST."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        request = f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(request.encode())
        assert b" 200 " in connection.recv(1_024)
        yield
        if resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def begun(server: Server, mission: dict[str, str]) -> str:
    answer = server.ask("POST", "/api/v1/execute?background=true", mission)
    assert answer.status == 202, answer
    job: str = answer.body["id"]
    return job


def events(server: Server, job: str, accept: str = "text/event-stream") -> int:
    status: int = server.ask("HEAD", f"/api/v1/jobs/{job}/events", accept=accept).status
    return status


def test_a_principal_keeps_so_many_streams_open_and_pages_are_none(
    tmp_path: Path, mission: dict[str, str]
) -> None:
    with serving(tmp_path / "home", streams_per_principal=2) as server, ExitStack() as stack:
        job = begun(server, mission)
        for _ in range(2):
            stack.enter_context(watched(server, job))
        refused = server.ask("GET", f"/api/v1/jobs/{job}/events", accept="text/event-stream")
        assert (refused.status, refused.body["error"]["code"]) == (429, "too_many_streams")
        assert refused.headers["retry-after"] == "5"
        started = server.ask("POST", STREAM, mission, idempotency_key="k")
        assert started.status == 429
        assert server.get("/api/v1/jobs")["total"] == 1
        assert events(server, job, accept="application/json") == 200
        stack.close()
        until(lambda: events(server, job) == 200, what="a place")


def test_a_process_keeps_so_many_streams_open(tmp_path: Path, mission: dict[str, str]) -> None:
    with serving(tmp_path / "home", streams=1) as server:
        job = begun(server, mission)
        with watched(server, job):
            refused = server.ask("GET", f"/api/v1/jobs/{job}/events", accept="text/event-stream")
            assert (refused.status, refused.body["error"]["code"]) == (503, "streams_taken")
            assert server.get("/health")["status"] == "healthy"
        until(lambda: events(server, job) == 200, what="the place")


@pytest.mark.parametrize("resets", [False, True], ids=["FIN", "RST"])
def test_whoever_leaves_gives_the_place_back(
    tmp_path: Path, mission: dict[str, str], *, resets: bool
) -> None:
    with serving(tmp_path / "home", streams_per_principal=1, rate_limit=0) as server:
        job = begun(server, mission)
        for _ in range(20):
            with watched(server, job, resets=resets):
                assert events(server, job) == 429
            until(lambda: events(server, job) == 200, what="the place")


def test_a_stream_that_is_refused_or_ends_keeps_no_place(tmp_path: Path) -> None:
    with serving(tmp_path / "home", streams_per_principal=1) as server:
        for _ in range(3):
            assert server.ask("POST", STREAM, {"mission": "x", "profile": "nobody"}).status == 400
            with server.stream("POST", STREAM, {"mission": "list files"}) as (_, told):
                assert [event.type for event in told][-1] == "complete"
