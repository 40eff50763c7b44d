"""The document describes the events that missions tell: each type, and all of its details."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, FormatChecker

from taskforce.api.document.events import EVENTS, name_of
from taskforce.core.jobs import events as job_events
from taskforce.core.missions import events as mission_events
from tests.integration.doors.api_client import api, script
from tests.integration.doors.conformance import document

EXECUTE = "/api/v1/execute"
LIVE = {mission_events.TOKEN, mission_events.TOOL_OUTPUT}
"""Never stored; an EventView is all there is to say of it."""
TURNS: list[dict[str, Any]] = [
    {
        "text": "First a plan.",
        "calls": [
            {"tool": "planner", "arguments": {"items": [{"position": 1, "description": "Write."}]}},
            {"tool": "file_write", "arguments": {"path": "a.txt", "content": "hello"}},
        ],
    },
    {"calls": [{"tool": "http_fetch", "arguments": {"url": "https://nowhere.invalid/"}}]},
    {"calls": [{"tool": "ask_user", "arguments": {"question": "Red or blue?", "choices": ["red", "blue"]}}]},
    {"text": "Done."},
]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with api(tmp_path / "home") as opened:
        yield opened


def logged(client: TestClient, job_id: str) -> list[dict[str, Any]]:
    place = f"/api/v1/jobs/{job_id}/events"
    answer = client.get(place, headers={"accept": "application/json"})
    events: list[dict[str, Any]] = answer.json()["items"]
    while "link" in answer.headers:
        following = answer.headers["link"].partition(">")[0].removeprefix("<")
        answer = client.get(following, headers={"accept": "application/json"})
        events += answer.json()["items"]
    return events


def check(event: dict[str, Any]) -> None:
    components = document()["components"]
    schema = components["schemas"][name_of(event["event_type"])]
    checker = Draft202012Validator({**schema, "components": components}, format_checker=FormatChecker())
    assert [error.message for error in checker.iter_errors(event)] == [], event
    assert event["details"].keys() <= schema["properties"]["details"]["properties"].keys(), event


def test_every_type_of_event_is_described() -> None:
    words = {
        value
        for module in (job_events, mission_events)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    assert words - LIVE <= EVENTS.keys()
    assert {name_of(event_type) for event_type in EVENTS} <= document()["components"]["schemas"].keys()


def test_what_a_mission_tells_is_as_described(client: TestClient, tmp_path: Path) -> None:
    asked = {"mission": "do it", "profile": "dev", "model": script(tmp_path, *TURNS)}
    mission = client.post(EXECUTE, json=asked).json()
    while mission["status"] == "paused":
        wait = mission["waiting"]
        given = {"answer": "red"} if wait["event_type"] == "ask_user" else {"decision": "deny"}
        place = f"/api/v1/sessions/{mission['session_id']}"
        client.post(f"{place}/respond", json={"wait_id": wait["wait_id"], **given})
        while (mission := client.get(place).json())["status"] == "in_progress":
            client.get(f"/api/v1/jobs/{mission['job_id']}?wait=5")
    assert mission["status"] == "completed", mission
    events = logged(client, mission["job_id"])
    assert {event["event_type"] for event in events} >= {
        "started",
        "thought",
        "plan_updated",
        "tool_call",
        "tool_result",
        "approval_required",
        "ask_user",
        "answered",
        "artifact",
        "token_usage",
        "final_answer",
        "complete",
    }
    for event in events:
        check(event)


def test_what_a_failed_mission_tells_is_as_described(client: TestClient) -> None:
    mission = client.post(EXECUTE, json={"mission": "be kind to my aunt"}).json()
    assert mission["status"] == "failed"
    for event in logged(client, mission["job_id"]):
        check(event)
