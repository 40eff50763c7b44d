"""Agents that ask: their caller's session pauses, is answered across restarts, and is cancelled whole."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.schemas import ListJobs
from taskforce.application.missions.schemas import (
    CancelSession,
    ExecuteMission,
    GetSession,
    MissionView,
    RespondSession,
    ResumeSession,
)
from taskforce.core.missions.errors import SessionBusy
from taskforce.core.principals import local_principal
from taskforce.settings import Settings

ME = local_principal()
ASKS = {"calls": [{"tool": "ask_user", "arguments": {"question": "Red or blue?"}}]}
DONE = {"text": "Done."}
Open = Callable[[], Container]


def calls_agents(*profiles: str) -> object:
    return {
        "calls": [
            {"tool": "call_agent", "arguments": {"mission": "A part.", "profile": name}} for name in profiles
        ]
    }


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open containers on one home, one after the other, as processes do that play one job at a time."""
    with ExitStack() as stack:

        def open_one() -> Container:
            stack.close()
            container = open_container(Settings(home=tmp_path / "home", workers=1, log_level="error"))
            stack.callback(close_container, container)
            return container

        yield open_one


def has_profile(folder: Path, name: str, *turns: object, **more: object) -> None:
    """Write a profile whose missions play a script."""
    profiles = folder / "home" / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    script = profiles / f"{name}-script.yaml"
    script.write_text(yaml.safe_dump({"turns": list(turns)}))
    said = {"extends": "dev", "model": f"script:{script}", **more}
    (profiles / f"{name}.yaml").write_text(yaml.safe_dump(said))


async def ran(container: Container, profile: str = "whole", session_id: str | None = None) -> MissionView:
    request = ExecuteMission(mission="Do it", profile=profile, session_id=session_id)
    return await AgentExecutor(container).execute(ME, request)


async def answered(container: Container, paused: MissionView, text: str) -> MissionView:
    assert paused.waiting is not None
    response = RespondSession(session_id=paused.session_id, wait_id=paused.waiting.wait_id, answer=text)
    job = await container.sessions().respond(ME, response)
    assert job.id == paused.job_id
    return await AgentExecutor(container).result(ME, job)


async def test_agents_of_agents_ask_through_the_session_across_restarts(tmp_path: Path, opened: Open) -> None:
    has_profile(tmp_path, "deepest", ASKS, {"text": "Blue."})
    has_profile(tmp_path, "part", calls_agents("deepest"), ASKS, {"text": "Blue and red."})
    has_profile(tmp_path, "whole", calls_agents("part", "deepest"), DONE)
    mission = await ran(opened())
    texts = ["blue", "red", "blue"]
    for text in texts:
        assert (mission.status.value, mission.message) == ("paused", "Red or blue?")
        container = opened()
        shown = await container.sessions().get(ME, GetSession(session_id=mission.session_id))
        assert (shown.status.value, shown.waiting) == ("paused", mission.waiting)
        mission = await answered(container, mission, text)
    assert (mission.status.value, mission.message) == ("completed", "Done.")


async def test_a_stream_ends_with_what_an_agent_asks(tmp_path: Path, opened: Open) -> None:
    has_profile(tmp_path, "part", ASKS, DONE)
    has_profile(tmp_path, "whole", calls_agents("part"), DONE)
    container = opened()
    executor = AgentExecutor(container)
    job = await executor.start(ME, ExecuteMission(mission="Do it", profile="whole"))
    told: list[EventView] = [event async for page in executor.follow(ME, job) for event in page]
    asked, end = told[-2:]
    assert (asked.event_type, asked.number, asked.message) == ("ask_user", None, "Red or blue?")
    assert asked.details["job_id"] != job.id
    assert (end.event_type, end.number, end.details) == ("complete", None, {"status": "paused"})
    numbered = [event.number for event in told if event.number]
    assert numbered == [*range(1, len(numbered) + 1)]
    response = RespondSession(session_id=job.session_id, wait_id=str(asked.details["wait_id"]), answer="blue")
    again = await container.sessions().respond(ME, response)
    rest = [event async for page in executor.follow(ME, again, after=again.last_event) for event in page]
    assert [event.event_type for event in rest][-2:] == ["final_answer", "complete"]
    assert [event.number for event in rest if event.number] == [
        *range(len(numbered) + 1, len(numbered) + 1 + len([event for event in rest if event.number]))
    ]


async def test_who_cancels_a_mission_cancels_its_agents_and_a_resumed_one_asks_again(
    tmp_path: Path, opened: Open
) -> None:
    has_profile(tmp_path, "part", ASKS, {"text": "Blue."})
    has_profile(tmp_path, "whole", calls_agents("part"), DONE)
    container = opened()
    paused = await ran(container)
    with pytest.raises(SessionBusy):
        await ran(container, session_id=paused.session_id)
    await container.sessions().cancel(ME, CancelSession(session_id=paused.session_id))
    jobs = (await container.jobs().list(ME, ListJobs())).items
    assert [job.status.value for job in jobs] == ["cancelled", "cancelled"]
    agent, mission = jobs
    assert agent.ended_at is not None
    assert mission.ended_at is not None
    assert agent.ended_at <= mission.ended_at
    resumed = await container.sessions().resume(ME, ResumeSession(session_id=paused.session_id))
    again = await AgentExecutor(container).result(ME, resumed)
    assert again.status.value == "paused"
    done = await answered(container, again, "blue")
    assert done.status.value == "completed"
    continued = (await container.jobs().list(ME, ListJobs())).items[0]
    assert continued.continues == agent.id


async def test_a_sessions_limits_hold_over_its_missions(tmp_path: Path, opened: Open) -> None:
    looks = {"calls": [{"tool": "list_files", "arguments": {}}], "usage": {"input_tokens": 40}}
    has_profile(
        tmp_path,
        "small",
        looks,
        {"text": "Done.", "usage": {"input_tokens": 40}},
        session_limits={"tokens": 100},
    )
    container = opened()
    first = await ran(container, "small")
    assert first.status.value == "completed"
    second = await ran(container, "small", first.session_id)
    assert (second.status.value, second.error and second.error.code) == ("failed", "token_budget_spent")
    assert second.usage.tokens == 40
    third = await ran(container, "small", first.session_id)
    assert (third.error and third.error.code, third.usage.tokens) == ("token_budget_spent", 0)
    shown = await container.sessions().get(ME, GetSession(session_id=first.session_id))
    assert (shown.spent.tokens, shown.spent.steps) == (120, 3)
    same = ResumeSession(session_id=first.session_id)
    stopped = await AgentExecutor(container).result(ME, await container.sessions().resume(ME, same))
    assert (stopped.error and stopped.error.code) == "token_budget_spent"
    more = ResumeSession.model_validate({"session_id": first.session_id, "limits": {"tokens": 500}})
    done = await AgentExecutor(container).result(ME, await container.sessions().resume(ME, more))
    assert (done.status.value, done.usage.tokens) == ("completed", 80)
    shown = await container.sessions().get(ME, GetSession(session_id=first.session_id))
    assert shown.spent.tokens == 200
