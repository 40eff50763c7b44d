"""`/mcp` behind the gate: each request is its own principal, and no session serves another one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.integration.doors.api_client import Server, server
from tests.integration.doors.mcp_client import MODES, refusal, view
from tests.integration.processes import said

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}
MISSION = {"mission": "calculate 6 * 7", "model": "local:planner"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def keys(home: Path) -> dict[str, str]:
    roles = ("viewer", "operator")
    return {role: said(home, "keys", "create", role, "--role", role, "--json").json["key"] for role in roles}


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TASKFORCE_AUTH", "keys")
        with server(home, log_to=home / "log") as started:
            yield started


@asynccontextmanager
async def client(served: Server, key: str, mode: str) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers={"X-API-Key": key}, timeout=60) as http:
        transport: Any = streamable_http_client(f"{served.url}/mcp", http_client=http)
        async with Client(transport, mode=mode) as connected:
            yield connected


def test_nobody_unknown_is_answered(served: Server) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = httpx2.request(method, f"{served.url}/mcp", headers=ACCEPT, json=INITIALIZE)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="taskforce"'


@pytest.mark.parametrize("mode", MODES)
async def test_a_call_needs_the_role_of_its_use_case(served: Server, keys: dict[str, str], mode: str) -> None:
    async with client(served, keys["operator"], mode) as operator:
        ran = view(await operator.call_tool("missions_execute", MISSION))
        assert ran["status"] == "completed"
        job = view(await operator.call_tool("jobs_get", {"job_id": ran["job_id"]}))
        assert job["created_by"] == f"key:{keys['operator'].split('_')[2]}"
    async with client(served, keys["viewer"], mode) as viewer:
        assert refusal(await viewer.call_tool("missions_execute", MISSION))["error"]["code"] == (
            "authorization_failed"
        )
        assert view(await viewer.call_tool("jobs_get", {"job_id": ran["job_id"]}))["id"] == ran["job_id"]
        log = await viewer.read_resource(f"taskforce://jobs/{ran['job_id']}")
        assert log.contents


async def test_no_call_names_a_file_or_a_folder(served: Server, keys: dict[str, str], tmp_path: Path) -> None:
    async with client(served, keys["operator"], "auto") as operator:
        for more in ({"model": f"script:{tmp_path}/x.yaml"}, {"workspace": str(tmp_path)}):
            refused = refusal(await operator.call_tool("missions_execute", {**MISSION, **more}))
            assert refused["error"]["code"] == "path_not_allowed"


def test_a_session_is_of_whoever_began_it(served: Server, keys: dict[str, str]) -> None:
    url = f"{served.url}/mcp"
    own, other = ({"X-API-Key": key, **ACCEPT} for key in (keys["operator"], keys["viewer"]))
    begun = httpx2.post(url, headers=own, json=INITIALIZE)
    session = {"Mcp-Session-Id": begun.headers["mcp-session-id"], "Mcp-Protocol-Version": "2025-06-18"}
    asked = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
    assert httpx2.post(url, headers=own | session, json=asked).status_code == 200
    assert httpx2.post(url, headers=other | session, json=asked).status_code == 404
    assert httpx2.delete(url, headers=other | session).status_code == 404
    assert httpx2.post(url, headers=own | session, json=asked).status_code == 200


def test_a_stream_is_broken_off_when_its_key_is_revoked(served: Server, home: Path) -> None:
    key = said(home, "keys", "create", "brief", "--json").json["key"]
    url, own = f"{served.url}/mcp", {"X-API-Key": key, **ACCEPT}
    begun = httpx2.post(url, headers=own, json=INITIALIZE)
    session = {"Mcp-Session-Id": begun.headers["mcp-session-id"], "Mcp-Protocol-Version": "2025-06-18"}
    with httpx2.stream("GET", url, headers=own | session, timeout=90) as stream:
        assert stream.status_code == 200
        said(home, "keys", "revoke", key.split("_")[2])
        with pytest.raises(httpx2.RemoteProtocolError):
            list(stream.iter_lines())
    assert httpx2.post(url, headers=own | session, json=INITIALIZE).status_code == 401
