"""An approval needs an approver, every other answer an operator; who answered is on record."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taskforce.core.principals import Role
from tests.integration.doors.api_client import script
from tests.integration.doors.guarded import House, guarded

FETCH = {"calls": [{"tool": "http_fetch", "arguments": {"url": "https://example.com/"}}]}
ASK = {"calls": [{"tool": "ask_user", "arguments": {"question": "Which?"}}]}
END = {"text": "Done."}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with guarded(tmp_path / "home", request_paths=True) as made:
        yield made


def paused(house: House, folder: Path, turn: dict[str, Any]) -> tuple[str, str]:
    """Run a mission to its question, and return its session and what it waits for."""
    asked = {"mission": "do it", "model": script(folder, turn, END)}
    ran = house.ask(Role.OPERATOR, "POST", "/api/v1/execute", json=asked).json()
    assert ran["status"] == "paused", ran
    return ran["session_id"], ran["waiting"]["wait_id"]


@pytest.mark.parametrize(
    ("turn", "answer", "refused", "taken"),
    [
        (FETCH, {"decision": "deny"}, (Role.VIEWER, Role.OPERATOR, Role.SERVICE), Role.APPROVER),
        (ASK, {"answer": "this"}, (Role.VIEWER, Role.APPROVER, Role.SERVICE), Role.OPERATOR),
    ],
    ids=["approval", "question"],
)
def test_who_may_answer(
    house: House,
    tmp_path: Path,
    turn: dict[str, Any],
    *,
    answer: dict[str, str],
    refused: tuple[Role, ...],
    taken: Role,
) -> None:
    session, wait = paused(house, tmp_path, turn)
    path, said = f"/api/v1/sessions/{session}/respond", {"wait_id": wait, **answer}
    for role in refused:
        told = house.ask(role, "POST", path, json=said)
        assert (told.status_code, told.json()["error"]["code"]) == (403, "authorization_failed"), role
    assert house.ask(Role.VIEWER, "GET", f"/api/v1/sessions/{session}").json()["status"] == "paused"
    job = house.ask(taken, "POST", path, json=said)
    assert job.status_code == 200, job.text
    log = house.ask(Role.VIEWER, "GET", f"/api/v1/jobs/{job.json()['id']}/events")
    assert f'"by":"key:{house.keys[taken].split("_")[2]}"' in log.text.replace(": ", ":")
