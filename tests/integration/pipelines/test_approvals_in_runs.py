"""Missions that do steps of runs ask before they act: the question is answered in the inbox, at any door."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.doors.api_client import script
from tests.integration.pipelines.api_of_runs import Json, RunsApi, a_shop, runs_api, steps_of
from tests.integration.processes import said, until

CALLS = {"calls": [{"tool": "shell", "arguments": {"command": "echo made > wall.txt"}}]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("asking")


@pytest.fixture(scope="module")
def runs(folder: Path) -> Iterator[RunsApi]:
    """Runs of a mission whose shell has to be approved, then of a look at what it made."""
    (folder / "home" / "profiles").mkdir(parents=True)
    careful = folder / "home" / "profiles" / "careful.yaml"
    careful.write_text("extends: dev\napproval: {execute: ask}\n", encoding="utf-8")
    asked = f"mission: Make it, profile: careful, model: '{script(folder, CALLS, {'text': 'It is over.'})}'"
    steps = f"{{name: make, action: mission, with: {{{asked}}}}}", "{name: look, run: ls wall.txt}"
    with runs_api(folder / "home", {"acme/shop": a_shop(folder / "shop", *steps)}) as found:
        yield found


def asking(runs: RunsApi, folder: Path, run: str) -> Json:
    """The session of a run's mission, which the inbox of the command line shows as paused."""
    runs.until_step(run, "make", "running")
    settings = {"model_probe": False}
    (found,) = until(
        lambda: said(folder / "home", "sessions", "list", "--status", "paused", "--json", **settings).json,
        what="the question",
    )
    shown: Json = runs.client.get(f"/api/v1/sessions/{found['session_id']}").json()
    assert shown["waiting"]["event_type"] == "approval_required"
    assert shown["waiting"]["details"]["tool"] == "shell"
    return shown


def decided(folder: Path, session: Json, decision: str) -> None:
    """Decide at the command line, while the server plays."""
    wait = session["waiting"]["wait_id"]
    words = ("sessions", "respond", session["session_id"], wait, "--decision", decision, "--background")
    done = said(folder / "home", *words)
    assert done.code == 0, done.err


def test_a_call_that_is_approved_at_another_door_is_made_and_the_step_goes_on(
    runs: RunsApi, folder: Path
) -> None:
    run = runs.start()
    decided(folder, asking(runs, folder, run), "approve")
    found = runs.until(run)
    assert found["status"] == "success", found
    assert runs.client.get(steps_of(found)["build/app/look"]["logs_url"]).text == "wall.txt\n"


def test_after_a_denied_call_the_step_ends_as_its_mission_does(runs: RunsApi, folder: Path) -> None:
    run = runs.start()
    decided(folder, asking(runs, folder, run), "deny")
    found = runs.until(run)
    steps = steps_of(found)
    assert steps["build/app/make"]["status"] == "success", "the mission went on without it"
    assert "It is over." in runs.client.get(steps["build/app/make"]["logs_url"]).text
    assert steps["build/app/look"]["status"] == "failed", "nothing was made"


def test_a_run_that_is_cancelled_takes_its_mission_with_it(runs: RunsApi, folder: Path) -> None:
    run = runs.start()
    session = asking(runs, folder, run)
    assert runs.client.delete(f"/v1/runs/{run}").status_code == 204
    children = runs.client.get("/api/v1/jobs", params={"kind": "mission"}).json()["items"]
    assert children[0]["status"] == "cancelled"
    answer = {"wait_id": session["waiting"]["wait_id"], "decision": "approve"}
    late = runs.client.post(f"/api/v1/sessions/{session['session_id']}/respond", json=answer)
    assert late.status_code == 409
    trees = folder / "home" / "pipelines" / "runs"
    until(lambda: not (trees / run).exists(), what="the end of its tree")
