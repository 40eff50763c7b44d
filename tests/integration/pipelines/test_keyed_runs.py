"""Who asks with a key runs repositories, and no folder of this machine unless that is allowed.

What the role `service` may is shown for every route by doors/test_all_routes.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from taskforce.application.pipelines.schemas import CancelRun, CreateRun
from taskforce.core.principals import Role, local_principal
from tests.integration.doors.guarded import House, guarded
from tests.integration.pipelines.api_of_runs import Json, a_shop


def body(repository: Path) -> Json:
    return {
        "repository": str(repository),
        "branch": "main",
        "commit_sha": "HEAD",
        "triggered_by": "ann",
        "trigger_type": "manual",
    }


def asked(house: House, path: str, **more: Any) -> tuple[int, str]:  # noqa: ANN401 - a body
    answer = house.ask(Role.OPERATOR, "POST", path, **more)
    return answer.status_code, answer.json().get("error", {}).get("code", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_shop(tmp_path / "shop").folder


def test_a_key_runs_no_folder_and_plays_none_again(tmp_path: Path, folder: Path) -> None:
    with guarded(tmp_path / "home", workers=0, workspace_roots=(tmp_path,)) as house:
        refused = house.ask(Role.OPERATOR, "POST", "/v1/runs", json=body(folder))
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "folder_not_allowed")
        assert "request_paths" in refused.json()["detail"]
        assert asked(house, "/v1/runs", json=body(Path("/etc"))) == (403, "folder_not_allowed")
        listed = house.ask(Role.OPERATOR, "GET", "/v1/runs", params={"repository": str(folder)})
        assert listed.json()["total"] == 0

        async def local() -> str:
            service, me = house.container.runs(), local_principal()
            run = await service.create(me, CreateRun.model_validate(body(folder)))
            await service.cancel(me, CancelRun(run_id=run.id))
            return run.id

        run = asyncio.run(local())
        assert asked(house, f"/v1/runs/{run}/rerun") == (403, "folder_not_allowed")


def test_a_key_runs_a_folder_of_the_roots_where_that_is_allowed(tmp_path: Path, folder: Path) -> None:
    with guarded(tmp_path / "home", workers=0, workspace_roots=(folder.parent,), request_paths=True) as house:
        assert asked(house, "/v1/runs", json=body(folder)) == (201, "")
        assert asked(house, "/v1/runs", json=body(Path("/etc"))) == (400, "invalid_request")
