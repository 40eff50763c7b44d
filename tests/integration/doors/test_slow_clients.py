"""Clients that send too slowly are answered or closed, whatever they dribble, and hold up nobody."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.integration.doors.api_client import server

pytestmark = pytest.mark.durability

DRIVER = Path(__file__).with_name("scripts") / "fast_server.py"
HEAD, BODY = 1.0, 1.5
KEPT = 5.0
"""Seconds for which uvicorn keeps a connection on which nothing more comes."""
START = b"POST /api/v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
PROMISE = START + b"Content-Length: 1000\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = tmp_path_factory.mktemp("home")
    with server(home, str(DRIVER), "--head", str(HEAD), "--body", str(BODY), log_to=home / "log") as served:
        yield int(served.url.rpartition(":")[2])
    assert '"level": "error"' not in (home / "log").read_text(encoding="utf-8")


def dribbled(port: int, first: bytes, drop: bytes) -> tuple[float, bytes]:
    """Send the first bytes, then a drop every 0.1 s; return how long it was borne, and the answer."""
    begun = time.monotonic()
    heard = b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(0.1)
        try:
            connection.sendall(first)
            while time.monotonic() - begun < 10:
                try:
                    part = connection.recv(65_536)
                except TimeoutError:
                    connection.sendall(drop)
                    continue
                heard += part
                if not part:
                    break
        except (BrokenPipeError, ConnectionResetError):
            pass
    return time.monotonic() - begun, heard


@pytest.mark.parametrize(
    ("first", "drop", "status", "most"),
    [
        (b"", b"", None, HEAD),
        (b"\r\n", b"\r\n", None, HEAD),
        (b"GET /hea", b"", 408, HEAD + 1),
        (b"GET /", b"x", 408, HEAD + 1),
        (START, b"", 408, HEAD + 1),
        (START + b"X-Long: ", b"x", 408, HEAD + 1),
        (START, b"X-More: x\r\n", 408, HEAD + 1),
        (PROMISE, b"", 408, BODY),
        (PROMISE + b"{", b" ", 408, BODY),
        (START + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 408, BODY),
        (PROMISE.replace(b"/api/v1/execute", b"/nowhere"), b" ", 404, BODY + 1),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n", b"", 408, BODY),
    ],
    ids=str,
)
def test_a_request_that_dribbles_is_cut(
    port: int, first: bytes, drop: bytes, status: int | None, most: float
) -> None:
    seconds, heard = dribbled(port, first, drop)
    assert seconds < most + 1
    if status is None:
        assert heard == b""
        return
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    problem = json.loads(body)
    assert problem["status"] == status


def test_a_second_request_on_a_connection_has_its_deadline_too(port: int) -> None:
    first = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    seconds, heard = dribbled(port, first + b"GET /", b"x")
    assert seconds < HEAD + 3
    assert heard.startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 408 " in heard


@pytest.mark.parametrize("drop", [b"", b"\r\n"], ids=["silent", "line ends"])
def test_a_connection_that_stays_open_after_its_answer_is_closed(port: int, drop: bytes) -> None:
    seconds, heard = dribbled(port, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", drop)
    assert seconds < KEPT + 2
    assert heard.count(b"HTTP/1.1 ") == 1


def test_a_slow_client_within_the_deadline_is_served(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = b'{"profile": "dev"}'
    connection.putrequest("POST", "/api/v1/sessions")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    for place in range(len(body)):
        connection.send(body[place : place + 1])
        time.sleep(0.03)
    assert connection.getresponse().status == 201
    connection.close()


def test_many_slow_clients_hold_up_nobody(port: int) -> None:
    def slow(place: int) -> float:
        return dribbled(port, (START, PROMISE, b"GET /")[place % 3], b"")[0]

    with ThreadPoolExecutor(60) as threads:
        asked = [threads.submit(slow, place) for place in range(60)]
        waits = [_timed(lambda: httpx2.get(f"http://127.0.0.1:{port}/health")) for _ in range(20)]
        assert max(one.result() for one in asked) < BODY + 3
    assert max(waits) < 1


def _timed(do: Callable[[], httpx2.Response]) -> float:
    begun = time.monotonic()
    assert do().status_code == 200
    return time.monotonic() - begun
