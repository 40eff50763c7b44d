"""Two servers on one PostgreSQL: one does the other's work, and both outlast an outage."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.processes import Process, taskforce, until
from tests.services.postgres_server import PostgresServer, postgres_server

MISSION = {"mission": "List the files"}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        server.create("taskforce")
        yield server


@pytest.fixture(scope="module")
def at(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a door that plays nothing; another home on the same database plays."""
    door, worker = (tmp_path_factory.mktemp(home) for home in ("door", "worker"))
    with serve(door, server, workers=0) as process, serve(worker, server):
        yield address(process)


def serve(home: Path, server: PostgresServer, **settings: object) -> Process:
    url = server.url("taskforce")
    return taskforce(home, "serve", "--port", "0", database_url=url, database_pool=4, **settings)


def address(process: Process) -> str:
    def told() -> str | None:
        assert process.is_alive, process.err
        return next((word.rstrip(".") for word in process.err.split() if word.startswith("http://127")), None)

    return until(told, what="the address")


def ask(url: str, body: object = None) -> tuple[int, Any, str | None]:
    """Return status, document, and Retry-After."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            return answer.status, json.load(answer), answer.headers["Retry-After"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), error.headers["Retry-After"]


def test_a_door_without_workers_has_its_jobs_done_by_another_home(at: str) -> None:
    status, document, _ = ask(f"{at}/api/v1/execute", MISSION)
    assert (status, document["status"]) == (200, "completed")


def test_while_the_database_is_away_a_request_is_503_and_afterwards_all_goes_on(
    at: str, server: PostgresServer
) -> None:
    server.stop()
    status, document, retry_after = ask(f"{at}/api/v1/execute", MISSION)
    assert (status, document["error"]["code"]) == (503, "unavailable")
    assert int(retry_after or 0) >= 1
    assert "postgres" not in json.dumps(document)  # no user, no password
    assert ask(f"{at}/health")[0] == 200
    assert ask(f"{at}/health/ready")[0] == 503
    server.start()
    until(lambda: ask(f"{at}/health/ready")[0] == 200, what="readiness")
    assert ask(f"{at}/api/v1/execute", MISSION)[0] == 200
