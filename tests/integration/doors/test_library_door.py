"""The library's door: the same missions, by import."""

import ast
import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import taskforce
from taskforce import Taskforce
from taskforce.application.jobs.log_schemas import EventView
from taskforce.core.errors import Invalid
from taskforce.core.jobs.budget import Limits
from taskforce.core.missions.errors import NothingToResume, SessionNotFound
from taskforce.settings import Settings
from tests.integration.doors.cli_process import Cli, call, say


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    (tmp_path / "work").mkdir()
    return Cli(folder=tmp_path / "work")


@pytest.fixture
def settings(cli: Cli) -> Settings:
    return Settings(home=cli.folder / ".taskforce", workspace_roots=(cli.folder,))


@pytest.fixture
async def tf(settings: Settings) -> AsyncIterator[Taskforce]:
    async with Taskforce.open(settings) as opened:
        yield opened


async def collected(events: AsyncIterator[EventView]) -> list[EventView]:
    return [event async for event in events]


async def test_a_mission_is_run_and_shown(tf: Taskforce, cli: Cli) -> None:
    mission = await tf.execute_mission("look", model=cli.script(call("list_files"), say("Done.")))
    session = await tf.sessions.get(session_id=mission.session_id)
    assert (mission.status.value, mission.message, session.message) == ("completed", "Done.", "Done.")
    assert [view.session_id for view in (await tf.sessions.list(limit=1)).items] == [mission.session_id]
    assert (await tf.jobs.get(job_id=mission.job_id)).status.value == "succeeded"


async def test_a_stream_ends_with_complete_and_can_be_watched_again(tf: Taskforce, cli: Cli) -> None:
    model = cli.script(call("list_files"), say("Done."))
    events = await collected(tf.execute_mission_streaming("look", model=model))
    logged = [event for event in events if event.number is not None]
    job_id = str(events[0].details["job_id"])
    watched = await collected(tf.jobs.watch(job_id=job_id, after=2))
    assert [event.number for event in logged] == list(range(1, len(logged) + 1))
    assert events[-1].event_type == "complete"
    assert watched == logged[2:]


async def test_a_question_is_answered_and_the_mission_goes_on(tf: Taskforce, cli: Cli) -> None:
    model = cli.script(call("ask_user", question="Which?"), say("Thanks."))
    paused = await tf.execute_mission("ask", model=model, workspace=str(cli.folder))
    assert paused.waiting is not None
    job = await tf.sessions.respond(
        session_id=paused.session_id, wait_id=paused.waiting.wait_id, answer="red"
    )
    mission = await tf.result(job)
    assert (paused.status.value, mission.status.value, mission.message) == ("paused", "completed", "Thanks.")


async def test_a_failed_mission_is_resumed_with_other_limits(tf: Taskforce, cli: Cli) -> None:
    model = cli.script(call("list_files"), say("Done."))
    failed = await tf.execute_mission("look", model=model, limits=Limits(steps=1))
    again = await tf.result(await tf.sessions.resume(session_id=failed.session_id, limits=Limits(steps=9)))
    assert (failed.error and failed.error.code, again.message) == ("max_steps_reached", "Done.")
    with pytest.raises(NothingToResume):
        await tf.sessions.resume(session_id=failed.session_id)


async def test_what_is_not_right_is_refused_with_its_places(tf: Taskforce) -> None:
    with pytest.raises(Invalid) as refused:
        await tf.sessions.list(limit=1000)
    assert [error.pointer for error in refused.value.errors] == ["/limit"]
    with pytest.raises(Invalid):
        await tf.execute_mission("   ")
    with pytest.raises(SessionNotFound):
        await tf.execute_mission("look", session_id="01900000-0000-7000-8000-000000000000")


async def test_the_catalogue_is_told(tf: Taskforce) -> None:
    assert "list_files" in {tool.name for tool in tf.missions.list_tools()}
    assert "dev" in {profile.name for profile in tf.missions.list_profiles()}
    assert "local:planner" in {model.name for model in await tf.missions.list_models()}


def test_a_script_needs_no_asyncio(settings: Settings, cli: Cli) -> None:
    mission = taskforce.run_mission("look", settings=settings, model=cli.script(say("Done.")))
    assert mission.message == "Done."


def test_inside_a_running_loop_it_says_what_to_use(settings: Settings) -> None:
    async def wrong() -> None:
        taskforce.run_mission("look", settings=settings)

    with pytest.raises(RuntimeError, match=r"Taskforce\.open"):
        asyncio.run(wrong())


def test_the_command_line_and_the_library_see_one_store(settings: Settings, cli: Cli) -> None:
    mission = taskforce.run_mission("look", settings=settings, model=cli.script(say("Done.")))
    shown = cli("sessions", "show", mission.session_id, "--json").json
    assert (shown["message"], shown["job_id"]) == ("Done.", mission.job_id)
    by_cli = cli("run", "mission", "look", "--json", "--model", cli.script(say("Done."))).json
    unlike = {"session_id", "job_id"}
    assert {key: by_cli[key] for key in by_cli.keys() - unlike} == mission.model_dump(
        mode="json", exclude=unlike
    )


def test_the_public_names_are_those_that_the_stub_tells() -> None:
    stub = ast.parse(Path(taskforce.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    told = next(node.value for node in stub.body if isinstance(node, ast.Assign))
    assert ast.literal_eval(told) == taskforce.__all__
    assert set(taskforce.__all__) <= set(dir(taskforce))
    assert all(getattr(taskforce, name) is not None for name in taskforce.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = getattr(taskforce, "nothing")  # noqa: B009 - it is not there, as the type checker would say


def test_help_shows_a_use_cases_fields(settings: Settings) -> None:
    async def signature() -> str:
        async with Taskforce.open(settings) as tf:
            return f"{tf.sessions.list.__doc__} {tf.sessions.list.__signature__}"  # type: ignore[attr-defined]

    told = asyncio.run(signature())
    assert told.startswith("List sessions, newest first.")
    assert "limit" in told
