"""Clients of streams that go without a word, and those who stay: counted from inside and from outside."""

import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.integration.hold.served import Served, served

pytestmark = [pytest.mark.durability, pytest.mark.timeout(240)]

MANY = 1_000
LONG, IDLE = {"burst": 3_000}, {"hold": 3_600}
SMALL = 4_096
"""Bytes that a client's socket takes in: the rest of a long log stays with the server."""
PATIENCE = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with many_files(), served(tmp_path / "home", tells=(LONG, IDLE)) as server:
        assert ended(server, "tells/0") == "succeeded"
        warm_up(server)
        yield server


def warm_up(server: Served) -> None:
    """Let it make what it makes on first use: the database's readers, a stream's parts."""
    with server.client() as http, ThreadPoolExecutor(10) as threads:
        assert set(threads.map(lambda _: http.get("/api/v1/jobs").status_code, range(200))) == {200}
    for subject in ("tells/0", "tells/1"):
        leave(opened(server, job_of(server, subject)), reset=False)


def ended(server: Served, subject: str) -> str:
    """Return how a job that tells has ended."""
    end = time.monotonic() + PATIENCE
    while True:
        (job,) = server.get(f"/api/v1/jobs?subject={subject}")["items"]
        if job["status"] in {"succeeded", "failed", "cancelled"}:
            return str(job["status"])
        assert time.monotonic() < end, server.said
        time.sleep(0.05)


def job_of(server: Served, subject: str) -> str:
    return str(server.get(f"/api/v1/jobs?subject={subject}")["items"][0]["id"])


@contextmanager
def many_files() -> Iterator[None]:
    """Let this process, and those it starts, have as many open files as the system lets them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def opened(server: Served, job: str) -> socket.socket:
    """Open a stream and read its first bytes."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b" 200 " in connection.recv(20)
    return connection


def leave(connection: socket.socket, *, reset: bool) -> None:
    """Go: with RST or with FIN."""
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def counts(server: Served) -> dict[str, int]:
    """Return what is held, from both sides."""
    return {**server.census(), "descriptors": server.open_files}


def settled(server: Served, is_so: Callable[[Mapping[str, int]], bool]) -> dict[str, int]:
    """Return what is held once it is as expected, or when patience ends."""
    end = time.monotonic() + PATIENCE
    while not is_so(found := counts(server)) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def at_rest(server: Served) -> dict[str, int]:
    """Return what is held once the connections of whoever came before are gone."""
    looks = [settled(server, lambda found: found["streams"] == 0)]

    def is_the_same(found: Mapping[str, int]) -> bool:
        looks.append(dict(found))
        return found["streams"] == 0 and looks[-3:] == [found] * 3

    return settled(server, is_the_same)


def test_a_thousand_that_vanish_leave_no_task_no_descriptor_and_no_stream(server: Served) -> None:
    jobs = {"replay": job_of(server, "tells/0"), "idle": job_of(server, "tells/1")}
    before = at_rest(server)
    assert before["streams"] == before["watched"] == 0
    for place in range(MANY // 20):
        waiting = [opened(server, jobs["idle"]) for _ in range(10)]
        reading = [opened(server, jobs["replay"]) for _ in range(10)]
        for number, connection in enumerate(waiting + reading):
            leave(connection, reset=(number + place) % 2 == 0)
    after = settled(server, lambda found: all(found[name] <= before[name] for name in before))
    assert {name: after[name] - before[name] for name in before if after[name] > before[name]} == {}
    assert server.get(f"/api/v1/jobs/{jobs['idle']}")["status"] == "running"
    assert "Traceback" not in server.said


def test_a_thousand_that_stay_are_all_there_and_the_api_answers(server: Served) -> None:
    job = job_of(server, "tells/1")
    before = at_rest(server)
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(opened(server, job))
        during = settled(server, lambda found: found["streams"] == MANY)
        assert (during["streams"], during["watched"], during["logs"]) == (MANY, 1, 1)
        more = during["descriptors"] - before["descriptors"]
        assert abs(more - MANY) <= 1, "but for the one that asks, which either count may have seen"
        assert during["threads"] == before["threads"]
        with server.client() as http:
            answers = [http.get(f"/api/v1/jobs/{job}").status_code for _ in range(100)]
        assert set(answers) == {httpx2.codes.OK}
    after = settled(server, lambda found: all(found[name] <= before[name] for name in before))
    assert {name: after[name] - before[name] for name in before if after[name] > before[name]} == {}


def test_a_thousand_reconnect_at_once_and_each_goes_on_where_it_was(tmp_path: Path) -> None:
    """A server dies with all its streams; whoever comes back names the last event that it has seen."""
    with many_files(), served(tmp_path / "home", tells=({"burst": 50, "hold": 3_600},)) as server:
        job = job_of(server, "tells/0")
        with ExitStack() as stack:
            for _ in range(MANY):
                stack.enter_context(opened(server, job))
            server.kill()
        server.start(tells=())
        with ExitStack() as stack:
            streams = [stack.enter_context(resumed(server, job, after=place % 51)) for place in range(MANY)]
            read = [up_to(stream, b"id: 51\n") for stream in streams]
            assert server.census()["streams"] == MANY
        for place, text in enumerate(read):
            numbers = [int(line[4:]) for line in text.split(b"\n") if line.startswith(b"id: ")]
            assert numbers == list(range(place % 51 + 1, 52))
        after = settled(server, lambda found: found["streams"] == 0)
        assert (after["streams"], after["watched"], after["logs"]) == (0, 0, 0)


def resumed(server: Served, job: str, *, after: int) -> socket.socket:
    """Take a stream up again, and read nothing yet."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    head = f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {after}\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def up_to(connection: socket.socket, mark: bytes) -> bytes:
    """Read until the event with the mark is there as a whole."""
    read = b""
    while mark not in read or not read.endswith(b"\n\n\r\n"):
        part = connection.recv(65_536)
        assert part, read[-500:]
        read += part
    return read
