"""Programs that run unasked where walls hold them, and nowhere else."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.signals import APPROVAL
from taskforce.core.missions.profile import Approval, Decision
from taskforce.core.tools import Sandbox, ToolContext, ToolResult
from tests.unit.application.missions.cast import MissionStage, a_task_with, answer, calls
from tests.unit.application.missions.toolboxes import Line, Run

CALL = "turn/1/call/1"
IN_SANDBOX = Approval(execute=Decision.AUTO_IN_SANDBOX)


class WalledRun(Run):
    """A program that runs within the walls it is given."""

    name = "walled_run"
    walled: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__({})
        self.sandboxes: list[Sandbox] = []

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        self.sandboxes.append(context.sandbox)
        return await super().run(arguments, context)


def a_mission(*, tool: str = "walled_run", walls: bool) -> tuple[MissionStage, WalledRun]:
    mission = MissionStage([calls((tool, {"text": "x"})), answer()])
    mission.toolbox.walls = walls
    walled = mission.toolbox.by_name["walled_run"] = WalledRun()
    return mission, walled


async def play(mission: MissionStage) -> Job:
    tools = ("walled_run", "run", "note")
    return await mission.run_task(a_task_with(tools=tools, approval=IN_SANDBOX))


async def test_where_walls_hold_it_it_runs_unasked_and_only_there() -> None:
    mission, walled = a_mission(walls=True)
    assert (await play(mission)).status is JobStatus.SUCCEEDED
    assert walled.sandboxes == [Sandbox(required=True)]


async def test_where_there_are_none_a_person_is_asked_and_may_allow_it_without() -> None:
    mission, walled = a_mission(walls=False)
    job = await play(mission)
    assert (job.status, walled.sandboxes) == (JobStatus.WAITING, [])
    job = await mission.answer(job, f"{CALL}/approval", APPROVAL, {"decision": "approve"})
    assert (job.status, walled.sandboxes) == (JobStatus.SUCCEEDED, [Sandbox()])


async def test_a_tool_that_runs_in_no_walls_is_asked_about_wherever_it_is() -> None:
    mission, _ = a_mission(tool="run", walls=True)
    assert (await play(mission)).status is JobStatus.WAITING


@pytest.mark.parametrize("place", [f"step.start:{CALL}/run", f"step.done:{CALL}/run"])
async def test_what_was_seen_holds_after_a_crash_and_what_was_not_allowed_is_not_done(place: str) -> None:
    mission, walled = a_mission(walls=True)
    mission.stage.trap.place = place
    job_id = await mission.stage.submit(
        "mission", a_task_with(tools=("walled_run",), approval=IN_SANDBOX).model_dump(mode="json")
    )
    await mission.stage.play_one()
    mission.toolbox.walls = False
    await mission.stage.settle()
    assert (await mission.stage.job(job_id)).status is JobStatus.SUCCEEDED
    assert set(walled.sandboxes) == {Sandbox(required=True)}


@pytest.mark.parametrize("risk", ["read", "write", "network"])
def test_no_other_risk_is_held_by_a_sandbox(risk: str) -> None:
    with pytest.raises(ValidationError, match="auto_in_sandbox is for execute alone"):
        Approval.model_validate({risk: "auto_in_sandbox"})
