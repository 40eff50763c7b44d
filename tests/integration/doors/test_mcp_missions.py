"""Missions from an MCP client, over stdin and stdout and over HTTP: started, watched, answered, cancelled."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.doors.mcp_client import MODES, WAYS, Progress, Way, arguments, refusal, view
from tests.integration.doors.stories import UNDER_WAY, Story
from tests.integration.processes import content_of, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    with ExitStack() as stack:
        yield WAYS[request.param](tmp_path, stack)


async def under_way(folder: Path, story: Story) -> None:
    await asyncio.to_thread(until, lambda: content_of(folder / story.name / UNDER_WAY), what="the tool")


@pytest.mark.parametrize("mode", MODES)
async def test_a_mission_is_watched_and_answered(way: Way, mode: str, tmp_path: Path) -> None:
    asked, answered = Progress(), Progress()
    async with way.client(mode) as client:
        given = arguments(Story(name="asks"), tmp_path)
        paused = view(await client.call_tool("missions_execute", given, progress_callback=asked))
        reply = {"session_id": paused["session_id"], "wait_id": paused["waiting"]["wait_id"], "answer": "red"}
        done = view(await client.call_tool("sessions_respond", reply, progress_callback=answered))
        log = view(await client.call_tool("jobs_watch", {"job_id": done["job_id"]}))
    assert paused["status"] == "paused"
    assert paused["waiting"]["details"]["choices"] == ["red", "green"]
    assert (done["status"], done["message"]) == ("completed", "It is painted.")
    assert paused["job_id"] in asked.lines[0]
    assert asked.numbers == list(range(len(asked.numbers)))
    assert asked.lines[-1] == "ask_user: Which colour?"
    assert answered.lines[-1] == "complete"
    assert answered.numbers == sorted(set(answered.numbers))
    assert answered.numbers[-1] == log["last_event"]
    assert [event["id"] for event in log["items"]] == list(range(1, log["last_event"] + 1))


async def test_a_question_outlives_the_server(way: Way, tmp_path: Path) -> None:
    async with way.client() as client:
        given = arguments(Story(name="asks"), tmp_path)
        paused = view(await client.call_tool("missions_execute", given))
    way.restart()
    async with way.client() as client:
        found = view(await client.call_tool("sessions_list", {"status": "paused"}))
        session = view(
            await client.call_tool("sessions_get", {"session_id": found["items"][0]["session_id"]})
        )
        wait_id = session["waiting"]["wait_id"]
        reply = {"session_id": session["session_id"], "wait_id": wait_id, "answer": "red"}
        done = view(await client.call_tool("sessions_respond", reply))
        again = refusal(await client.call_tool("sessions_respond", reply))
    assert wait_id == paused["waiting"]["wait_id"]
    assert done["status"] == "completed"
    assert again["error"]["code"] == "wait_not_open"


async def test_a_mission_goes_on_in_the_next_server(way: Way, tmp_path: Path) -> None:
    story = Story(name="crashed")
    async with way.client() as client:
        given = arguments(story, tmp_path, wait_seconds=0)
        begun = view(await client.call_tool("missions_execute", given))
        await under_way(tmp_path, story)
        seen = view(await client.call_tool("jobs_watch", {"job_id": begun["job_id"], "wait_seconds": 0}))
    way.restart()
    last = seen["items"][-1]["id"]
    async with way.client() as client:
        given = {"job_id": begun["job_id"], "after": last, "wait_seconds": 60}
        log = view(await client.call_tool("jobs_watch", given))
    assert begun["status"] in {"pending", "in_progress"}
    assert seen["status"] == "running"
    assert log["status"] == "succeeded"
    assert [event["id"] for event in log["items"]] == list(range(last + 1, log["last_event"] + 1))


async def test_a_mission_is_cancelled(way: Way, tmp_path: Path) -> None:
    story = Story(name="cancelled")
    async with way.client() as client:
        begun = view(await client.call_tool("missions_execute", arguments(story, tmp_path, wait_seconds=0)))
        await under_way(tmp_path, story)
        job = view(await client.call_tool("sessions_cancel", {"session_id": begun["session_id"]}))
        log = view(await client.call_tool("jobs_watch", {"job_id": begun["job_id"]}))
        session = view(await client.call_tool("sessions_get", {"session_id": begun["session_id"]}))
        again = refusal(await client.call_tool("jobs_cancel", {"job_id": begun["job_id"]}))
    assert job["cancel_requested"] or job["status"] == "cancelled"
    assert log["status"] == "cancelled"
    assert session["error"]["code"] == "cancelled"
    assert again["error"]["code"] == "job_is_over"


@pytest.mark.parametrize("mode", MODES)
async def test_a_call_that_is_cancelled_does_not_stop_the_mission(
    way: Way, mode: str, tmp_path: Path
) -> None:
    story, told = Story(name="cancelled"), Progress()
    async with way.client(mode) as client:
        given = arguments(story, tmp_path, wait_seconds=600)
        call = asyncio.create_task(client.call_tool("missions_execute", given, progress_callback=told))
        await under_way(tmp_path, story)
        call.cancel()
        await asyncio.wait({call})
        found = view(await client.call_tool("jobs_list", {"status": "running"}))["items"]
        view(await client.call_tool("jobs_cancel", {"job_id": found[0]["id"]}))
    assert call.cancelled()
    assert found[0]["id"] in told.lines[0]
    assert "jobs_watch" in told.lines[0]


async def test_a_failed_mission_is_resumed_and_a_key_makes_one(way: Way, tmp_path: Path) -> None:
    story = Story(name="budget_spent")
    async with way.client() as client:
        given = arguments(story, tmp_path, limits={"steps": 2}, idempotency_key="one")
        failed = view(await client.call_tool("missions_execute", given))
        same = view(await client.call_tool("missions_execute", given))
        other = refusal(await client.call_tool("missions_execute", {**given, "limits": {"steps": 3}}))
        more = {"session_id": failed["session_id"], "limits": {"steps": 20}}
        result = await client.call_tool("sessions_resume", more)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "max_steps_reached")
    assert same == failed
    assert other["error"]["code"] == "idempotency_key_reused"
    assert view(result)["job_id"] != failed["job_id"]
    assert view(result)["session_id"] == failed["session_id"]


async def test_logs_and_artifacts_are_read_as_resources(way: Way, tmp_path: Path) -> None:
    async with way.client() as client:
        done = view(await client.call_tool("missions_execute", arguments(Story(name="success"), tmp_path)))
        kept = view(await client.call_tool("jobs_artifacts", {"job_id": done["job_id"]}))["items"]
        listed = (await client.list_resources()).resources
        log = (await client.read_resource(f"taskforce://jobs/{done['job_id']}")).contents[0]
        artifact = (await client.read_resource(f"taskforce://artifacts/{kept[0]['id']}")).contents[0]
        watched = view(await client.call_tool("jobs_watch", {"job_id": done["job_id"]}))
    assert [resource.uri for resource in listed] == [f"taskforce://jobs/{done['job_id']}"]
    assert json.loads(getattr(log, "text", "")) == watched
    assert len(getattr(artifact, "text", "").encode()) == kept[0]["size"]
