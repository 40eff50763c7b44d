"""Streams of a log that grows fast: every event once and in order, wherever a client comes back."""

import json
import random
import resource
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.integration.doors.api_client import Event, Server, events_of, server

pytestmark = pytest.mark.durability

DRIVER = Path(__file__).with_name("scripts") / "fast_server.py"
COUNT = 4_000
ODD = [
    "a\rb",
    "a\nb",
    "a\r\n\r\nb",
    "data: x\n\nid: 999\nevent: complete\n\n",
    "a\x00b",
    "a\u2028b\u2029c\x85d",
    ": ok",
    "",
    "\U0001f600 e\u0301 \u202e",
]


def the_job(served: Server) -> str:
    found: str = httpx2.get(f"{served.url}/api/v1/jobs").json()["items"][0]["id"]
    return found


def some(url: str, *, after: int, most: int, by_header: bool) -> tuple[list[Event], bool]:
    """Read at most so many stored events from a position on, then leave; tell whether the end was reached."""
    headers = {"last-event-id": str(after)} if by_header else {}
    path = url if by_header else f"{url}?after={after}"
    seen: list[Event] = []
    with httpx2.stream("GET", path, headers=headers, timeout=30) as response:
        if response.status_code == 204:
            return seen, True
        assert response.status_code == 200
        for event in events_of(response.iter_lines()):
            seen += [event] if event.number is not None else []
            if event.type == "complete":
                return seen, True
            if len(seen) >= most:
                break
    return seen, False


def follow(url: str, seed: int) -> tuple[list[Event], int]:
    """Follow a log to its end, leaving at random and coming back where it was left."""
    chance = random.Random(seed)  # noqa: S311 - a seed, no secret
    log: list[Event] = []
    visits, is_over = 0, False
    while not is_over:
        most = chance.choice([1, 2, 7, 50, 300, 1_000])
        news, is_over = some(url, after=len(log), most=most, by_header=chance.random() < 0.5)
        log += news
        visits += 1
    return log, visits


def test_who_leaves_and_comes_back_at_random_sees_every_event_once_and_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ("--count", str(COUNT), "--rate", "2000")
    with server(home, str(DRIVER), *words, log_to=tmp_path / "log") as served:
        url = f"{served.url}/api/v1/jobs/{the_job(served)}/events"
        with ThreadPoolExecutor(6) as threads:
            followed = list(threads.map(lambda seed: follow(url, seed), range(6)))
        job = httpx2.get(url.removesuffix("/events")).json()
    logs = [log for log, _ in followed]
    assert [event.number for event in logs[0]] == list(range(1, job["last_event"] + 1))
    assert [event.data["message"] for event in logs[0] if event.type == "told"] == [*map(str, range(COUNT))]
    assert all(log == logs[0] for log in logs)
    assert sum(visits for _, visits in followed) > 60


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    told = [word for text in ODD for word in ("--text", text.encode("unicode_escape").decode())]
    with server(home, str(DRIVER), *told, "--megabyte", log_to=home / "log") as served:
        yield served


def test_any_text_is_one_event_on_the_wire(odd: Server) -> None:
    url = f"{odd.url}/api/v1/jobs/{the_job(odd)}/events"
    log, _ = some(url, after=0, most=1_000, by_header=True)
    expected = [*ODD, "x" * 2**20]
    assert [event.data["details"]["text"] for event in log if event.type == "text"] == expected
    raw = httpx2.get(url).content
    assert raw.count(b"\n\n") == len(log) + 1  # the first bytes end in one, too
    assert b"\r" not in raw
    assert b"\x00" not in raw


def test_the_same_log_is_read_as_pages_of_json(odd: Server) -> None:
    path = f"/api/v1/jobs/{the_job(odd)}/events"
    log, _ = some(odd.url + path, after=0, most=1_000, by_header=True)
    with httpx2.Client(base_url=odd.url, headers={"accept": "application/json"}) as http:
        page = http.get(path)
        assert page.headers["content-type"] == "application/json"
        assert [item["id"] for item in page.json()["items"]] == [event.number for event in log]
        assert [{**event.data, "id": event.number} for event in log] == page.json()["items"]
        last = page.json()["last_event"]
        assert http.get(path, params={"after": last}).json() == {
            "items": [],
            "last_event": last,
            "status": "succeeded",
        }
        assert http.get(path, params={"after": last + 1}).status_code == 400


def test_pages_of_a_long_log_name_the_next(tmp_path: Path) -> None:
    with server(tmp_path / "home", str(DRIVER), "--count", "600", "--rate", "100000") as served:
        path: str | None = f"/api/v1/jobs/{the_job(served)}/events"
        some(f"{served.url}{path}", after=0, most=10**6, by_header=True)
        items = []
        with httpx2.Client(base_url=served.url, headers={"accept": "application/json"}) as http:
            while path is not None:
                page = http.get(path)
                items += page.json()["items"]
                path = page.links["next"]["url"] if "next" in page.links else None
    assert [item["id"] for item in items] == list(range(1, page.json()["last_event"] + 1))


def test_clients_that_vanish_leave_nothing_behind(tmp_path: Path) -> None:
    with server(tmp_path / "home", str(DRIVER), "--count", "1000000", log_to=tmp_path / "log") as served:
        job = the_job(served)
        port = int(served.url.rpartition(":")[2])
        before = open_files(served)
        for place in range(1_000):
            vanish(port, job, reset=place % 2 == 0)
        deadline = time.monotonic() + 10
        while open_files(served) > before + 2:
            assert time.monotonic() < deadline, "file descriptors are left"
            time.sleep(0.05)
        assert httpx2.get(f"{served.url}/api/v1/jobs/{job}").json()["status"] == "running"
        seconds, _ = served.stop()
    assert seconds < 5
    assert levels(tmp_path / "log") <= {"info", "warning"}


def test_two_thousand_streams_are_told_that_the_server_stops(tmp_path: Path) -> None:
    words = ("--count", "1000000", "--rate", "20")
    with many_files(), server(tmp_path / "home", str(DRIVER), *words, log_to=tmp_path / "log") as served:
        job, port = the_job(served), int(served.url.rpartition(":")[2])
        streams = [opened(port, job) for _ in range(2_000)]
        seconds, _ = served.stop()
        ends = [read_out(stream)[-200:] for stream in streams]
    assert seconds < 15  # 50 have five, in another test; so many are as slow as the machine is
    assert all(b"event: draining\n" in end and end.endswith(b"\r\n0\r\n\r\n") for end in ends)
    assert levels(tmp_path / "log") == {"info"}


def test_a_client_that_does_not_read_is_hung_up_on_when_the_server_stops(tmp_path: Path) -> None:
    words = ("--count", "45000", "--rate", "1000000")
    with server(tmp_path / "home", str(DRIVER), *words, log_to=tmp_path / "log") as served:
        job = the_job(served)
        deadline = time.monotonic() + 60
        while httpx2.get(f"{served.url}/api/v1/jobs/{job}").json()["status"] != "succeeded":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        with opened(int(served.url.rpartition(":")[2]), job):
            time.sleep(0.5)  # until the socket takes no more
            seconds, _ = served.stop()
    assert seconds < 5
    assert levels(tmp_path / "log") == {"info"}


@contextmanager
def many_files() -> Iterator[None]:
    """Let this process, and those it starts, have as many open files as the system lets them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def levels(log: Path) -> set[str]:
    return {json.loads(line)["level"] for line in log.read_text(encoding="utf-8").splitlines()}


def open_files(served: Server) -> int:
    return len([*Path(f"/proc/{served.process.pid}/fd").iterdir()])


def vanish(port: int, job: str, *, reset: bool) -> None:
    """Open a stream and go: with FIN or with RST."""
    connection = opened(port, job)
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def opened(port: int, job: str) -> socket.socket:
    """Open a stream and read its first bytes."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert connection.recv(1_000)
    return connection


def read_out(stream: socket.socket) -> bytes:
    """Read a stream to its end."""
    with stream:
        return b"".join(iter(partial(stream.recv, 2**16), b""))
