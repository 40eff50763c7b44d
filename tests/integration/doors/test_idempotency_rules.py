"""A key stands for one thing that was made, of one principal in one project, and for nothing refused."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from dependency_injector import providers
from fastapi.testclient import TestClient

from taskforce.api.server import create_app
from taskforce.application.factory import close_container, open_container
from taskforce.application.missions.schemas import ExecuteMission
from taskforce.core.identity import ProjectId
from taskforce.core.principals import DEFAULT_PROJECT, Principal
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.settings import Settings
from tests.builders import OTHER_PROJECT
from tests.integration.doors.api_client import api, script
from tests.integration.wire import Told, serving

EXECUTE = "/api/v1/execute"
STREAM = f"{EXECUTE}/stream"
MISSION = {"mission": "write hello to a.txt"}
KEY = {"idempotency-key": "once"}
HUGE = b'{"mission": "' + b"x" * 10 * 2**20 + b'"}'


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with api(tmp_path / "home") as opened:
        yield opened


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (400, {"json": MISSION | {"profile": "nobody"}}),
        (400, {"content": b"{", "headers": {"content-type": "application/json"}}),
        (403, {"json": MISSION, "headers": {"origin": "https://evil.example"}}),
        (404, {"json": MISSION, "headers": {"x-project-id": "theirs"}}),
        (404, {"json": MISSION | {"session_id": "01890000-0000-7000-8000-000000000000"}}),
        (406, {"json": MISSION, "headers": {"accept": "image/png"}}),
        (413, {"content": HUGE, "headers": {"content-type": "application/json"}}),
        (415, {"content": b"mission=x", "headers": {"content-type": "text/plain"}}),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_what_is_refused_leaves_the_key_free(
    client: TestClient, status: int, refused: dict[str, Any]
) -> None:
    given = refused | {"headers": KEY | refused.get("headers", {})}
    assert client.post(EXECUTE, **given).status_code == status
    check_done(client.post(EXECUTE, json=MISSION, headers=KEY))
    assert client.get("/api/v1/jobs").json()["total"] == 1


def check_done(answer: httpx2.Response) -> None:
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert "idempotent-replayed" not in answer.headers


def test_what_came_too_often_leaves_the_key_free(tmp_path: Path) -> None:
    with api(tmp_path, rate_limit=1) as client:
        assert client.get("/api/v1/tools").status_code == 200
        assert client.post(EXECUTE, json=MISSION, headers=KEY).status_code == 429
    with api(tmp_path) as client:
        check_done(client.post(EXECUTE, json=MISSION, headers=KEY))


@contextmanager
def write_lock(home: Path) -> Iterator[None]:
    """Let nobody else write for a while."""
    holder = sqlite3.connect(home / "taskforce.db")
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.rollback()
        holder.close()


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[TestClient]:
    """A client of an app whose store waits a moment for its turn to write."""
    container = open_container(Settings(home=tmp_path))
    database = SqliteDatabase(tmp_path / "taskforce.db", busy_timeout=0.2)
    container.database.override(providers.Object(database))
    yield TestClient(create_app(container))
    close_container(container)


def test_what_failed_here_is_not_replayed_but_done_when_it_is_sent_again(
    impatient: TestClient, tmp_path: Path
) -> None:
    client = impatient
    assert client.get("/api/v1/jobs").status_code == 200
    with write_lock(tmp_path):
        failed = client.post("/api/v1/sessions", json={}, headers=KEY)
    assert (failed.status_code, failed.json()["error"]["code"]) == (503, "store_busy")
    assert int(failed.headers["retry-after"]) >= 1
    first, second = (client.post("/api/v1/sessions", json={}, headers=KEY) for _ in range(2))
    assert (first.status_code, first.headers.get("idempotent-replayed")) == (201, None)
    assert (second.json(), second.headers["idempotent-replayed"]) == (first.json(), "true")
    assert len(client.get("/api/v1/sessions").json()) == 1


def test_a_stream_under_a_key_is_the_running_job_for_all_who_send_it(tmp_path: Path) -> None:
    asked = MISSION | {"model": script(tmp_path, {"delay": 2, "text": "Done."})}
    with serving(tmp_path / "home") as server:

        def told(_: int) -> tuple[str, list[Told]]:
            with server.stream("POST", STREAM, asked, idempotency_key="once") as (headers, events):
                return headers["location"], list(events)

        with server.stream("POST", STREAM, asked, idempotency_key="once") as (headers, events):
            assert next(events).type == "started"
            assert "idempotent-replayed" not in headers
            with ThreadPoolExecutor(3) as threads:
                others = list(threads.map(told, range(3)))
            first = [*events]
        whole = [event for event in others[0][1] if event.number is not None]
        assert [event.number for event in whole] == list(range(1, len(whole) + 1))
        assert {place for place, _ in others} == {headers["location"]}
        assert all([one for one in log if one.number is not None] == whole for _, log in others)
        assert first[-1] == whole[-1]
        assert server.get("/api/v1/jobs")["total"] == 1


def test_whoever_lost_the_stream_of_a_running_job_sends_the_same_and_has_it_again(tmp_path: Path) -> None:
    asked = MISSION | {"model": script(tmp_path, {"delay": 2, "text": "Done."})}
    with serving(tmp_path / "home") as server:
        with server.stream("POST", STREAM, asked, idempotency_key="once") as (_, events):
            job = next(events).data["details"]["job_id"]
        assert server.get(f"/api/v1/jobs/{job}")["status"] == "running"
        with server.stream("POST", STREAM, asked, idempotency_key="once") as (headers, events):
            again = list(events)
        assert headers["idempotent-replayed"] == "true"
        assert again[0].data["details"]["job_id"] == job
        assert again[-1].data["details"]["status"] == "completed"
        blocking = server.ask("POST", EXECUTE, asked, idempotency_key="once")
        assert (blocking.status, blocking.body["job_id"]) == (200, job)
        other = server.ask("POST", STREAM, asked | {"mission": "list files"}, idempotency_key="once")
        assert other.status == 422
        assert server.get("/api/v1/jobs")["total"] == 1


def test_a_key_is_one_principals_in_one_project(tmp_path: Path) -> None:
    askers = [
        Principal(name=name, project=project)
        for name in ("ada", "bob")
        for project in (DEFAULT_PROJECT, ProjectId(OTHER_PROJECT))
    ]
    container = open_container(Settings(home=tmp_path))

    async def run() -> list[tuple[str, bool]]:
        missions = container.missions()
        request = ExecuteMission(mission="list files")
        made = [await missions.execute(who, request, key="once") for who in [*askers, *askers]]
        return [(job.id, job.is_replayed) for job in made]

    try:
        made = asyncio.run(run())
    finally:
        close_container(container)
    assert len({job for job, _ in made}) == len(askers)
    assert made[4:] == [(job, True) for job, _ in made[:4]]
    assert not any(is_replayed for _, is_replayed in made[:4])
