"""What is not right is refused with a problem; nothing is made, the server lives, the log keeps secrets."""

import http.client
import json
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.doors.api_client import server
from tests.integration.doors.bad_inputs import BAD_INPUTS, NOWHERE, SECRET, Bad
from tests.integration.doors.bad_sources import BAD_SOURCES
from tests.integration.doors.bad_webhooks import BAD_WEBHOOKS
from tests.integration.doors.conformance import Answer

ALL_BAD = (*BAD_INPUTS, *BAD_WEBHOOKS, *BAD_SOURCES)
MEMBERS = {"type", "title", "status", "detail", "instance", "error", "errors", "request_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running server with one mission that has ended well."""

    port: int
    home: Path
    job: str
    session: str

    def counts(self) -> dict[str, int]:
        """How many rows each table has, and how many workspaces there are."""
        database = sqlite3.connect(f"file:{self.home / 'taskforce.db'}?mode=ro", uri=True)
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {
            name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
            for name in tables
        }
        database.close()
        return rows | {"workspaces": len(list((self.home / "workspaces").iterdir()))}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("home")
    with server(home, log_to=home / "log") as served:
        asked = {"mission": "write hello to a.txt"}
        done = httpx2.post(f"{served.url}/api/v1/execute", json=asked, timeout=30).json()
        assert done["status"] == "completed"
        port = int(served.url.rpartition(":")[2])
        yield Site(port=port, home=home, job=done["job_id"], session=done["session_id"])


def wire(bad: Bad, site: Site) -> bytes:
    """The request as the wire carries it; every one brings the secret along."""
    if bad.raw is not None:
        return bad.raw
    line = bad.line
    for name, text in (("{job}", site.job), ("{session}", site.session), ("{nowhere}", NOWHERE)):
        line = line.replace(name, text)
    has_length = any(header.startswith(("Content-Length", "Transfer-Encoding")) for header in bad.headers)
    length = [] if bad.body is None or has_length else [f"Content-Length: {len(bad.body)}"]
    head = [
        f"{line} HTTP/1.1",
        f"Host: 127.0.0.1:{site.port}",
        "Connection: close",
        f"X-API-Key: {SECRET}",
        *length,
        *bad.headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + (bad.body or b"")


def answered(request: bytes, site: Site) -> tuple[http.client.HTTPResponse, bytes]:
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
            connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response, response.read()


@pytest.mark.parametrize("bad", ALL_BAD, ids=lambda bad: bad.name[:60])
def test_what_is_not_right_is_refused_and_makes_nothing(bad: Bad, site: Site) -> None:
    before = site.counts()
    response, body = answered(wire(bad, site), site)
    begun = time.monotonic()
    assert httpx2.get(f"http://127.0.0.1:{site.port}/health", timeout=5).status_code == 200
    assert time.monotonic() - begun < 1
    assert response.status == bad.status, body
    assert site.counts() == before
    assert response.headers["content-type"] == "application/problem+json"
    check_problem(json.loads(body), bad)
    check_document(bad, site, response, body)
    assert SECRET not in body.decode()


def check_document(bad: Bad, site: Site, response: http.client.HTTPResponse, body: bytes) -> None:
    """What comes before any operation, such as no HTTP or no word of a path, is not told by one."""
    request = wire(bad, site).split(b" ")
    if bad.raw is not None or response.headers.get("x-request-id") is None:
        return
    method, path = request[0].decode(), request[1].partition(b"?")[0].decode()
    answer = Answer(method=method, path=path, status=response.status, headers=response.headers, content=body)
    assert answer.unlike() == []


def check_problem(problem: dict[str, Any], bad: Bad) -> None:
    assert problem.keys() == MEMBERS
    assert problem["status"] == bad.status
    assert problem["error"]["code"] == bad.code, problem
    assert problem["type"] == f"urn:taskforce:problem:{bad.code}"
    assert problem["detail"] == problem["error"]["message"]
    for inner in ("Traceback", ".py", "sqlite", "SELECT "):
        assert inner not in json.dumps(problem)
    if bad.places is not None:
        assert [error["pointer"] for error in problem["errors"]] == list(bad.places)


def test_every_input_has_a_name_of_its_own() -> None:
    assert {name for name, count in Counter(bad.name for bad in ALL_BAD).items() if count > 1} == set()


def test_nothing_secret_is_in_the_log(site: Site) -> None:
    told = (site.home / "log").read_text(encoding="utf-8")
    assert '"event": "request"' in told
    assert SECRET not in told
    errors = [line for line in told.splitlines() if '"level": "error"' in line]
    busy = '"event": "not_ready"'  # a probe that took long says so, on a machine that has much to do
    assert [line for line in errors if busy not in line] == []
