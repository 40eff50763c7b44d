"""Missions with tools of servers, on a stage: what is recorded, and when a server is asked at all."""

from typing import Any

from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.signals import OUTCOME
from taskforce.core.missions.mcp_servers import McpServer, ToolTerms
from taskforce.core.missions.model import ModelReply
from taskforce.core.missions.task import MissionTask
from taskforce.core.tools import ToolEffect
from tests.unit.application.missions.cast import MissionStage, a_task_with, answer, calls


def a_stage(*turns: ModelReply) -> MissionStage:
    return MissionStage([*turns, answer()])


def a_task(**server: Any) -> MissionTask:  # noqa: ANN401 - any field of a server
    return a_task_with(mcp_servers={"far": McpServer(command="x", **server)})


async def test_a_servers_tools_are_offered_after_the_profiles_own() -> None:
    mission = a_stage(calls(("far__note", {"text": "hello"})))
    job = await mission.run_task(a_task(tools=("note", "look")))
    assert job.status is JobStatus.SUCCEEDED
    offered = [spec.name for spec in mission.model.requests[0].tools]
    assert offered[-2:] == ["far__note", "far__look"]
    assert mission.toolbox.by_name["note"].lines == ["hello"]
    assert (mission.servers.opened, mission.servers.left) == (1, 1)


async def test_a_profile_without_servers_opens_none() -> None:
    mission = a_stage()
    await mission.run()
    assert mission.servers.opened == 0


async def test_after_a_crash_a_server_is_not_asked_for_its_list_again() -> None:
    mission = a_stage(calls(("far__note", {"text": "one"})), calls(("far__note", {"text": "two"})))
    mission.stage.trap.place = "step.done:turn/2/model"
    job = await mission.run_task(a_task(per_tool={"note": ToolTerms(effect=ToolEffect.PURE)}))
    assert (job.status, mission.stage.plays) == (JobStatus.SUCCEEDED, 2)
    assert mission.servers.server.lists == 1
    assert mission.toolbox.by_name["note"].lines == ["one", "two"]
    assert mission.servers.left == 2


async def test_a_call_under_way_in_a_crash_waits_for_a_persons_word_and_leaves_the_server() -> None:
    mission = a_stage(calls(("far__note", {"text": "one"})))
    mission.stage.trap.place = "step.start:turn/1/call/1/run"
    job = await mission.run_task(a_task())
    assert job.status is JobStatus.WAITING
    assert mission.servers.left == mission.servers.opened
    job = await mission.answer(job, "turn/1/call/1/run@outcome/1", OUTCOME, {"decision": "skip"})
    assert job.status is JobStatus.SUCCEEDED
    assert mission.toolbox.by_name["note"].lines == []


async def test_a_server_that_is_away_for_a_moment_is_asked_again() -> None:
    mission = a_stage()
    mission.servers.server.failures = 2
    assert (await mission.run_task(a_task())).status is JobStatus.SUCCEEDED
    assert mission.servers.server.lists == 3


async def test_a_server_that_stays_away_fails_the_mission_by_name_until_it_is_resumed() -> None:
    mission = a_stage()
    mission.servers.server.failures = 3
    job = await mission.run_task(a_task())
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "tool_server_unavailable"
    assert job.outcome.failure.message.startswith("The tool server memory does not answer: it is away.")
    assert mission.model.requests == []
    assert (await mission.stage.again(job)).status is JobStatus.SUCCEEDED


async def test_a_server_without_a_tool_that_the_profile_names_is_asked_once() -> None:
    mission = a_stage()
    job = await mission.run_task(a_task(tools=("nothing",)))
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "tool_server_unfit"
    assert mission.servers.server.lists == 1


async def test_two_tools_of_one_name_fail_the_mission() -> None:
    mission = a_stage()
    task = a_task()
    job = await mission.run_task(a_task_with(task, tools=(*task.profile.tools, "far__note")))
    assert job.outcome is not None
    assert job.outcome.failure is not None
    assert job.outcome.failure.code == "tool_name_taken"
