"""Pruning through the doors: what is old goes with all that is its own, what is used stays."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.integration.doors.api_client import api, script
from tests.integration.durability.old_home import OldHome
from tests.integration.processes import said

PRUNE = "/api/v1/jobs:prune"
WRITES = {"calls": [{"tool": "file_write", "arguments": {"path": "a.txt", "content": "A"}}]}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with api(tmp_path / "home") as opened:
        yield opened


def test_a_session_goes_with_its_jobs_its_bytes_and_its_folder(client: TestClient, tmp_path: Path) -> None:
    asked = {"mission": "write", "model": script(tmp_path, WRITES, {"text": "Done."})}
    session = client.post("/api/v1/execute", json=asked).json()
    artifact = client.get(f"/api/v1/jobs/{session['job_id']}/artifacts").json()["items"][0]
    young = client.post(PRUNE, json={"older_than": "1h"}).json()
    assert (young["sessions"], young["jobs"]) == (0, 0)
    dry = client.post(PRUNE, json={"older_than": "1s", "dry_run": True}).json()
    while dry["sessions"] == 0:  # a second has not passed yet
        dry = client.post(PRUNE, json={"older_than": "1s", "dry_run": True}).json()
    assert (dry["sessions"], dry["dry_run"]) == (1, True)
    assert client.get(f"/api/v1/sessions/{session['session_id']}").status_code == 200
    assert client.post(PRUNE, json={"older_than": "1s"}).json()["sessions"] == 1
    for gone in (
        f"/api/v1/sessions/{session['session_id']}",
        f"/api/v1/jobs/{session['job_id']}",
        f"/api/v1/jobs/{session['job_id']}/events",
        f"/api/v1/artifacts/{artifact['id']}",
    ):
        assert client.get(gone).status_code == 404, gone
    resumed = client.get(f"/api/v1/jobs/{session['job_id']}/events", headers={"Last-Event-ID": "1"})
    assert resumed.status_code == 404
    assert client.get("/api/v1/jobs").json()["total"] == 0
    home = tmp_path / "home"
    left = {path.relative_to(home).parts[0] for path in home.rglob(f"*{session['session_id']}*")}
    left |= {path.relative_to(home).parts[0] for path in home.rglob(f"*{session['job_id']}*")}
    assert left == set()


def test_a_session_that_asks_is_used(client: TestClient, tmp_path: Path) -> None:
    asks = {"calls": [{"tool": "ask_user", "arguments": {"question": "Which?"}}]}
    asked = {"mission": "ask", "model": script(tmp_path, asks, {"text": "So."})}
    client.post("/api/v1/execute", json=asked)
    assert client.post(PRUNE, json={"older_than": "1s"}).json()["sessions"] == 0


def test_how_old_must_be_said_somewhere(client: TestClient, tmp_path: Path) -> None:
    answer = client.post(PRUNE, json={})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/older_than")
    assert "retention_days" in answer.json()["detail"]
    with api(tmp_path / "home", retention_days=30) as kept:
        assert kept.post(PRUNE, json={}).json()["jobs"] == 0


async def test_the_command_says_what_it_removed_under_both_its_names(tmp_path: Path) -> None:
    old = OldHome(tmp_path)
    await old.fill(jobs=3)
    dry = said(tmp_path, "prune", "--older-than", "30d", "--dry-run")
    assert (dry.code, dry.out) == (0, "Would remove 0 sessions and 3 other jobs.\n")
    whole = json.loads(said(tmp_path, "jobs", "prune", "--older-than", "30d", "--json").out)
    assert (whole["jobs"], whole["sessions"], whole["dry_run"]) == (3, 0, False)
    wrong = said(tmp_path, "prune", "--older-than", "30 days")
    assert (wrong.code, "--older-than" in wrong.err) == (2, True)
    assert said(tmp_path, "prune").code == 2
