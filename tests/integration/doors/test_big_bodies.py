"""Bodies beyond the limit are refused while they come, and the process does not grow by what it refuses."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.doors.api_client import api
from tests.integration.wire import Server, serving

MIB = 2**20
EXECUTE = "/api/v1/execute"
HEAD = f"POST {EXECUTE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
CHUNK = b"%x\r\n" % MIB + b" " * MIB + b"\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as started:
        started.ask("POST", EXECUTE, {"mission": "x", "profile": "nobody"})
        yield started


def peak_of(server: Server) -> int:
    """The most memory that the server has had, in bytes."""
    told = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", told)
    assert found is not None
    return int(found.group(1)) * 1024


def answered(server: Server, head: str, parts: list[bytes]) -> bytes:
    """Send the parts until the server takes no more; return the answer's first bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"\r\n")
        with suppress(BrokenPipeError, ConnectionResetError):
            for part in parts:
                connection.sendall(part)
        return connection.recv(1_024)


def test_the_first_byte_beyond_ten_mebibytes_is_refused(server: Server) -> None:
    before = peak_of(server)
    heard = answered(server, f"{HEAD}Transfer-Encoding: chunked\r\n", [CHUNK] * 10 + [b"1\r\n \r\n"])
    assert heard.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in heard.lower()
    assert peak_of(server) - before < 12 * MIB
    assert server.get("/health")["status"] == "healthy"


def test_what_is_told_to_be_too_much_is_refused_before_it_comes(server: Server) -> None:
    before = peak_of(server)
    heard = answered(server, f"{HEAD}Content-Length: {100 * MIB}\r\n", [b" " * MIB] * 50)
    assert heard.startswith(b"HTTP/1.1 413 ")
    assert peak_of(server) - before < 4 * MIB


@pytest.mark.parametrize("length", ["9" * 19, "9" * 20, "9" * 5_000, "1e3", "-1", "0x10", " ", "\u00b2"])
def test_a_length_that_is_none_is_refused_whatever_server_hands_it_on(tmp_path: Path, length: str) -> None:
    with api(tmp_path) as client:
        answer = client.post(EXECUTE, content=b"{}", headers={b"content-length": length.encode()})
    assert answer.status_code in {400, 413}
