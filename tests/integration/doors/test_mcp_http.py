"""`/mcp` as HTTP: who is let in, how sessions begin and end, what becomes of calls when the server stops."""

import asyncio
import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.doors.api_client import api
from tests.integration.doors.mcp_client import OverHttp, arguments, view
from tests.integration.doors.stories import UNDER_WAY, Story
from tests.integration.processes import content_of, until

pytestmark = pytest.mark.timeout(120)

BOTH = "application/json, text/event-stream"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    with ExitStack() as stack:
        way = OverHttp(tmp_path_factory.mktemp("http"), stack)
        yield stack.enter_context(
            httpx2.Client(base_url=way.url.removesuffix("/mcp"), headers={"Accept": BOTH})
        )


def begun(http: httpx2.Client) -> dict[str, str]:
    """Begin a session, and return the headers of its requests."""
    answer = http.post("/mcp", json=HELLO)
    assert answer.status_code == 200, answer.text
    return {"Mcp-Session-Id": answer.headers["mcp-session-id"], "Mcp-Protocol-Version": "2025-11-25"}


PING = {"jsonrpc": "2.0", "id": 2, "method": "ping"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"X-Project-ID": "other"}, 404),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
def test_who_may_not_come_in_is_told_so_with_a_problem(
    http: httpx2.Client, headers: dict[str, str], status: int
) -> None:
    answer = http.post("/mcp", json=HELLO, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD"])
def test_other_methods_are_not_known(http: httpx2.Client, method: str) -> None:
    answer = http.request(method, "/mcp")
    assert answer.status_code == 405
    assert {"GET", "POST", "DELETE"} <= set(answer.headers["allow"].split(", "))


def test_a_session_is_named_and_ends_with_delete(http: httpx2.Client) -> None:
    session = begun(http)
    assert http.post("/mcp", json=PING, headers=session).status_code == 200
    assert http.delete("/mcp", headers=session).status_code == 200
    assert http.post("/mcp", json=PING, headers=session).status_code == 404


def test_a_session_that_there_is_not_is_not_found(http: httpx2.Client) -> None:
    assert http.post("/mcp", json=PING, headers={"Mcp-Session-Id": "made-up"}).status_code == 404
    assert http.get("/mcp").status_code == 400


def test_get_streams_what_the_server_has_to_say(http: httpx2.Client) -> None:
    with http.stream("GET", "/mcp", headers=begun(http)) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")


def test_blanks_around_a_headers_value_do_not_count(http: httpx2.Client) -> None:
    place = HTTPConnection(http.base_url.host, http.base_url.port or 80, timeout=10)
    headers = {"X-Project-ID": " default \t", "Content-Type": "application/json ", "Accept": BOTH}
    place.request("POST", "/mcp", body=json.dumps(HELLO), headers=headers)
    answer = place.getresponse()
    answer.read()
    place.close()
    assert answer.status == 200


def test_a_body_over_the_limit_is_refused(http: httpx2.Client) -> None:
    assert http.post("/mcp", json={"a": "b" * 11 * 2**20}).status_code == 413


def test_the_endpoint_needs_no_lifespan_and_no_loop_of_its_own(tmp_path: Path) -> None:
    with api(tmp_path) as client:
        for _ in range(2):
            answer = client.post("/mcp", json=HELLO, headers={"Accept": BOTH})
            assert answer.status_code == 200


async def test_what_waits_is_answered_when_the_server_stops(tmp_path: Path) -> None:
    story = Story(name="cancelled")
    with ExitStack() as stack:
        way = OverHttp(tmp_path, stack)
        async with way.client("legacy") as client:
            given = arguments(story, tmp_path, wait_seconds=600)
            await client.list_tools()  # what answers are checked against; later there is nobody to ask
            call = asyncio.create_task(client.call_tool("missions_execute", given))
            await asyncio.to_thread(until, lambda: content_of(tmp_path / story.name / UNDER_WAY))
            begun_at = time.monotonic()
            way.server.process.send(signal.SIGTERM)
            mission: dict[str, Any] = view(await call)
        ended = await asyncio.to_thread(way.server.process.wait)
    assert mission["status"] == "in_progress"
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert time.monotonic() - begun_at < 5
