"""A request with a key or token names no file and no folder of this machine, be it there or not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from taskforce.core.principals import Role
from tests.integration.doors.api_client import api, script
from tests.integration.doors.guarded import KEY, guarded

TURN = {"text": "Hello.", "calls": []}
BROKEN = "turns: [very-secret-7f3a"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    return {
        "there": script(tmp_path, TURN),
        "broken": f"script:{broken}",
        "nowhere": f"script:{tmp_path}/nowhere.yaml",
        "cassette": f"replay:{tmp_path}/nowhere.json",
        "relative": "script:../etc/passwd",
        "bare": "script:",
    }


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with guarded(tmp_path / "home", workers=1, workspace_roots=(tmp_path,)) as house:
        house.client.headers[KEY] = house.keys[Role.ADMIN]
        yield house.client


def execute(client: TestClient, **more: Any) -> Any:  # noqa: ANN401 - any JSON
    return client.post("/api/v1/execute", json={"mission": "say hello", **more})


def test_all_files_are_refused_alike(client: TestClient, files: dict[str, str]) -> None:
    answers = [execute(client, model=model) for model in files.values()]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (403, answers[0].json()["detail"])
    }
    assert {answer.json()["error"]["code"] for answer in answers} == {"path_not_allowed"}
    assert client.get("/api/v1/jobs").json()["total"] == 0


def test_all_folders_are_refused_alike(client: TestClient, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "home" / "workspaces", tmp_path / "nowhere", "/"):
        for answer in (
            execute(client, workspace=str(folder), model="local:planner"),
            client.post("/api/v1/sessions", json={"workspace": str(folder)}),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "path_not_allowed")
    assert client.get("/api/v1/sessions").json() == []


def test_a_mission_that_is_resumed_names_no_file_either(client: TestClient, files: dict[str, str]) -> None:
    failed = execute(client, model="local:planner", limits={"steps": 1}).json()
    path = f"/api/v1/sessions/{failed['session_id']}/resume"
    answer = client.post(path, json={"model": files["there"]})
    assert answer.json()["error"]["code"] in {"path_not_allowed", "nothing_to_resume"}


def test_a_setting_allows_it(tmp_path: Path, files: dict[str, str]) -> None:
    with guarded(tmp_path / "home", request_paths=True, workspace_roots=(tmp_path,)) as house:
        house.client.headers[KEY] = house.keys[Role.OPERATOR]
        ran = execute(house.client, model=files["there"], workspace=str(tmp_path))
        assert (ran.status_code, ran.json()["status"]) == (200, "completed")


def test_whoever_sits_at_this_machine_may_name_files(tmp_path: Path, files: dict[str, str]) -> None:
    with api(tmp_path / "home") as open_to_me:
        assert execute(open_to_me, model=files["there"]).json()["status"] == "completed"
        assert execute(open_to_me, model=files["nowhere"]).status_code == 400
