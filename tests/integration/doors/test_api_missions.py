"""Missions, sessions, jobs and artifacts over HTTP."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import taskforce
from tests.integration.doors.api_client import api, script

EXECUTE = "/api/v1/execute"
MISSION = {"mission": "write hello to a.txt then read a.txt"}
ASKS = {"calls": [{"tool": "ask_user", "arguments": {"question": "Red or blue?"}}]}
SLOW = {"delay": 30, "text": "At last."}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with api(tmp_path / "home") as opened:
        yield opened


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "healthy", "version": taskforce.__version__}
    ready = client.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert {check["status"] for check in ready["checks"]} == {"ok"}


def test_readiness_names_what_failed(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / "artifacts").write_text("in the way", encoding="utf-8")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    checks = response.json()["error"]["details"]["checks"]
    assert [check["name"] for check in checks if check["status"] == "failed"] == ["artifacts"]
    assert client.get("/health").status_code == 200


def test_a_mission_is_run_to_its_end(client: TestClient) -> None:
    response = client.post(EXECUTE, json=MISSION)
    assert response.status_code == 200
    done = response.json()
    assert done["status"] == "completed"
    assert done["artifacts"][0]["size"] == 5
    session = client.get(f"/api/v1/sessions/{done['session_id']}?profile=dev").json()
    assert (session["mission"], session["status"]) == (MISSION["mission"], "completed")
    assert client.get(f"/api/v1/sessions/{done['session_id']}?profile=other").status_code == 404
    messages = client.get(f"/api/v1/sessions/{done['session_id']}/messages?limit=1").json()
    assert (messages["limit"], len(messages["items"])) == (1, 1)
    assert messages["total"] > 1


@pytest.mark.parametrize(
    ("query", "prefer", "applied"),
    [
        ("?background=true", None, None),
        ("", "respond-async", "respond-async"),
        ("", "respond-async, wait=0", "wait=0"),
        ("", "Wait=1", "wait=1"),
    ],
)
def test_a_mission_may_run_in_the_background(
    client: TestClient, tmp_path: Path, query: str, prefer: str | None, applied: str | None
) -> None:
    asked = MISSION | {"model": script(tmp_path, SLOW)}
    response = client.post(f"{EXECUTE}{query}", json=asked, headers={"prefer": prefer} if prefer else {})
    assert response.status_code == 202
    job = response.json()
    assert response.headers.get("preference-applied") == applied
    assert response.headers["location"] == job["status_url"] == f"/api/v1/jobs/{job['id']}"
    assert job["events_url"] == f"/api/v1/jobs/{job['id']}/events"
    again = client.post(EXECUTE, json=MISSION | {"session_id": job["session_id"]})
    assert (again.status_code, again.json()["error"]["details"]["job_id"]) == (409, job["id"])
    cancelled = client.post(f"/api/v1/sessions/{job['session_id']}/cancel")
    assert cancelled.status_code == 202
    assert cancelled.headers["location"] == job["status_url"]


@pytest.mark.parametrize("prefer", ["wait=30", "wait=never", "wait=-1", "handling=lenient"])
def test_a_preference_that_changes_nothing_is_no_error(client: TestClient, prefer: str) -> None:
    response = client.post(EXECUTE, json=MISSION, headers={"prefer": prefer})
    assert (response.status_code, response.json()["status"]) == (200, "completed")


def test_a_question_is_answered_once(client: TestClient, tmp_path: Path) -> None:
    model = script(tmp_path, ASKS, {"text": "Blue it is."})
    paused = client.post(EXECUTE, json=MISSION | {"model": model}).json()
    assert (paused["status"], paused["waiting"]["message"]) == ("paused", "Red or blue?")
    path = f"/api/v1/sessions/{paused['session_id']}/respond"
    wait = {"wait_id": paused["waiting"]["wait_id"]}
    assert client.post(path, json=wait).status_code == 400
    assert client.post(path, json=wait | {"answer": "Blue"}).status_code == 200
    assert client.post(path, json=wait | {"answer": "Red"}).status_code == 409
    assert client.get(f"/api/v1/jobs/{paused['job_id']}/events").text.count("event: complete") == 1


def test_a_failed_mission_is_resumed_as_a_new_job(client: TestClient) -> None:
    failed = client.post(EXECUTE, json={"mission": "compose a sonnet about the sea"}).json()
    assert (failed["status"], failed["error"]["code"]) == ("failed", "needs_model")
    response = client.post(f"/api/v1/sessions/{failed['session_id']}/resume", json={})
    assert response.status_code == 202
    assert response.json()["continues"] == failed["job_id"]
    assert response.json()["session_id"] == failed["session_id"]
    client.get(response.json()["events_url"])
    retried = client.post(f"/api/v1/jobs/{response.json()['id']}/retry")
    assert (retried.status_code, retried.json()["continues"]) == (202, response.json()["id"])


def test_a_session_is_created_and_found(client: TestClient) -> None:
    created = client.post("/api/v1/sessions", json={"profile": "dev"})
    assert created.status_code == 201
    found = client.get(created.headers["location"])
    assert found.json() == created.json()
    known = client.get(created.headers["location"], headers={"if-none-match": found.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_lists_tell_their_length_and_their_other_parts(client: TestClient) -> None:
    created = [client.post("/api/v1/sessions", json={}).json()["session_id"] for _ in range(5)]
    part = client.get("/api/v1/sessions?limit=2&offset=2&profile=dev")
    assert [session["session_id"] for session in part.json()] == [created[2], created[1]]
    assert part.headers["x-total-count"] == "5"
    assert part.headers["link"] == ", ".join(
        f'</api/v1/sessions?profile=dev&limit=2&offset={offset}>; rel="{name}"'
        for name, offset in [("first", 0), ("prev", 0), ("next", 4), ("last", 4)]
    )
    empty = client.get("/api/v1/jobs")
    assert empty.json() == {"items": [], "total": 0, "limit": 20, "offset": 0}


def test_a_job_is_shown_under_its_version(client: TestClient) -> None:
    done = client.post(EXECUTE, json=MISSION).json()
    path = f"/api/v1/jobs/{done['job_id']}"
    shown = client.get(path)
    assert (shown.json()["status"], shown.json()["last_event"]) == ("succeeded", 21)
    assert client.get(path, headers={"if-none-match": shown.headers["etag"]}).status_code == 304
    assert client.get(path, headers={"if-none-match": '"0"'}).status_code == 200
    over = client.post(f"{path}/cancel")
    assert (over.status_code, over.json()["error"]["code"]) == (409, "job_is_over")


def test_an_artifact_is_handed_over_as_an_attachment(client: TestClient, tmp_path: Path) -> None:
    done = client.post(EXECUTE, json=MISSION).json()
    listed = client.get(f"/api/v1/jobs/{done['job_id']}/artifacts").json()
    assert listed["total"] == 1
    path = f"/api/v1/artifacts/{listed['items'][0]['id']}"
    got = client.get(path)
    assert (got.content, got.headers["content-length"]) == (b"hello", "5")
    assert got.headers["content-disposition"] == 'attachment; filename="a.txt"'
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["repr-digest"].startswith("sha-256=:")
    assert got.headers["etag"] == f'"{hashlib.sha256(b"hello").hexdigest()}"'
    assert client.get(path, headers={"if-none-match": got.headers["etag"]}).status_code == 304
    assert (client.head(path).content, client.head(path).headers["content-length"]) == (b"", "5")
    for stored in (tmp_path / "home" / "artifacts").rglob("a.txt"):
        stored.write_bytes(b"hallo")
    damaged = client.get(path)
    assert (damaged.status_code, damaged.json()["error"]["code"]) == (503, "artifact_damaged")


def test_what_missions_run_with_is_listed(client: TestClient) -> None:
    names = {
        path: {item["name"] for item in client.get(f"/api/v1/{path}").json()["items"]}
        for path in ("tools", "profiles", "models")
    }
    assert {"file_read", "python", "planner"} <= names["tools"]
    assert "dev" in names["profiles"]
    assert "local:planner" in names["models"]
