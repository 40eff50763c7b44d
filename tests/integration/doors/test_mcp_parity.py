"""The same missions and the same mistakes over MCP and over HTTP: the same results, the same errors."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.doors.mcp_client import Json, OverHttp, arguments, refusal, view
from tests.integration.doors.stories import STORIES, Disturbance, Story
from tests.integration.records import comparable

pytestmark = pytest.mark.timeout(120)

NOWHERE = "00000000-0000-7000-8000-000000000000"
PLAYED = [story for story in STORIES if story.disturbance is Disturbance.NONE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong, as a call and as a request."""

    tool: str
    path: str
    given: Json
    named: Json
    """What HTTP names in the path."""
    method: str = "POST"


MISTAKES = [
    Mistake(tool="missions_execute", path="/api/v1/execute", given={"mission": " "}, named={}),
    Mistake(tool="missions_execute", path="/api/v1/execute", given={"mission": "x", "more": 1}, named={}),
    Mistake(
        tool="missions_execute", path="/api/v1/execute", given={"mission": "x", "profile": "no"}, named={}
    ),
    Mistake(
        tool="missions_execute",
        path="/api/v1/execute",
        given={"mission": "x", "session_id": NOWHERE},
        named={},
    ),
    Mistake(tool="missions_execute", path="/api/v1/execute", given={"mission": "x", "model": "no"}, named={}),
    Mistake(
        tool="sessions_respond",
        path=f"/api/v1/sessions/{NOWHERE}/respond",
        given={"wait_id": NOWHERE, "answer": "x"},
        named={"session_id": NOWHERE},
    ),
    Mistake(
        tool="sessions_respond",
        path=f"/api/v1/sessions/{NOWHERE}/respond",
        given={"wait_id": NOWHERE, "answer": "x", "decision": "approve"},
        named={"session_id": NOWHERE},
    ),
    Mistake(
        tool="sessions_cancel",
        path=f"/api/v1/sessions/{NOWHERE}/cancel",
        given={},
        named={"session_id": NOWHERE},
    ),
    Mistake(
        tool="jobs_get", path=f"/api/v1/jobs/{NOWHERE}", given={}, named={"job_id": NOWHERE}, method="GET"
    ),
    Mistake(
        tool="jobs_watch",
        path=f"/api/v1/jobs/{NOWHERE}/events",
        given={},
        named={"job_id": NOWHERE},
        method="GET",
    ),
    Mistake(tool="jobs_retry", path=f"/api/v1/jobs/{NOWHERE}/retry", given={}, named={"job_id": NOWHERE}),
]


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OverHttp]:
    with ExitStack() as stack:
        yield OverHttp(tmp_path_factory.getbasetemp(), stack)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.tool} {mistake.given}")
async def test_a_mistake_is_told_with_the_same_code_and_words(way: OverHttp, mistake: Mistake) -> None:
    async with way.client() as client:
        refused = refusal(await client.call_tool(mistake.tool, {**mistake.named, **mistake.given}))
    body = mistake.given if mistake.method == "POST" else None
    problem = way.server.ask(mistake.method, mistake.path, body).body
    assert refused == {"error": problem["error"], "errors": problem["errors"]}


@pytest.mark.parametrize("story", PLAYED, ids=lambda story: story.name)
async def test_a_story_comes_to_the_same(way: OverHttp, story: Story, tmp_path: Path) -> None:
    here, there = tmp_path / "mcp", tmp_path / "http"
    asked = {"limits": story.limits} if story.limits else {}
    async with way.client() as client:
        mine = view(await client.call_tool("missions_execute", arguments(story, here, **asked)))
    other = way.server.ask("POST", "/api/v1/execute", arguments(story, there, **asked)).body
    assert comparable(mine, here) == comparable(other, there)
