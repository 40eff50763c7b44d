"""Missions that follow a plan: told live, and the same after a crash at any step."""

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.missions.model import SessionStatus
from taskforce.core.missions.profile import StrategyName
from tests.unit.application.missions.cast import MissionStage, a_task_with, answer, calls

PLAN: JsonObject = {
    "items": [
        {"position": 1, "description": "write b", "dependencies": [2]},
        {"position": 2, "description": "write a", "acceptance_criteria": "a is there"},
    ]
}
TURNS = (
    calls(("planner", PLAN)),
    calls(("note", {"text": "a"})),
    answer("a is written"),
    calls(("note", {"text": "b"})),
    answer("b is written"),
    answer("Both are written."),
)


async def follow(mission: MissionStage) -> Job:
    return await mission.run_task(a_task_with(strategy=StrategyName.PLAN_AND_EXECUTE))


async def plans(mission: MissionStage, job: Job) -> list[list[str]]:
    log = await mission.stage.log(job.id)
    return [text.splitlines() for _, type_, text in log if type_ == "plan_updated"]


async def test_a_plan_is_made_followed_and_shown_as_it_goes() -> None:
    mission = MissionStage(TURNS)
    job = await follow(mission)
    outcome = await mission.outcome(job)
    assert (outcome.status, outcome.message) == (SessionStatus.COMPLETED, "Both are written.")
    assert mission.toolbox.by_name["note"].lines == ["a", "b"]
    assert [[line[3 : line.index("]") + 1] for line in shown] for shown in await plans(mission, job)] == [
        ["[pending]", "[pending]"],
        ["[pending]", "[in_progress]"],
        ["[in_progress]", "[completed]"],
        ["[completed]", "[completed]"],
    ]


async def test_only_the_planner_is_offered_for_the_plan_and_never_after_it() -> None:
    mission = MissionStage(TURNS)
    await follow(mission)
    offered = [[spec.name for spec in request.tools] for request in mission.model.requests]
    assert offered[0] == ["planner"]
    assert not any("planner" in names for names in offered[1:])


async def test_an_item_that_cannot_be_done_ends_the_mission_as_failed_with_the_rest_done() -> None:
    failed = [answer("FAILED: no disk")] * 2
    turns = [calls(("planner", PLAN)), *failed, calls(("planner", PLAN)), *failed, answer("Nothing was.")]
    mission = MissionStage(turns)
    job = await follow(mission)
    outcome = await mission.outcome(job)
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.message) == ("plan_failed", "Nothing was.")
    assert (await plans(mission, job))[-1] == ["1. [skipped] write b", "2. [failed] write a"]


async def test_a_call_beside_the_plan_is_not_made() -> None:
    rushed = calls(("note", {"text": "too early"}), ("planner", PLAN))
    mission = MissionStage([rushed, *TURNS[1:]])
    await follow(mission)
    assert mission.toolbox.by_name["note"].lines == ["a", "b"]


KEYS = [f"turn/{turn}/model" for turn in range(1, 7)] + ["turn/2/call/1/run", "turn/4/call/1/run"]
PLACES = ("step.start", "step.done", "step.done.recorded")


@pytest.mark.parametrize("place", [f"{moment}:{key}" for key in KEYS for moment in PLACES])
async def test_a_crash_anywhere_leaves_the_same_log(place: str) -> None:
    undisturbed, disturbed = MissionStage(TURNS), MissionStage(TURNS)
    disturbed.stage.trap.place = place
    logs = [await mission.stage.log((await follow(mission)).id) for mission in (undisturbed, disturbed)]
    assert logs[0] == logs[1]
    assert disturbed.stage.trap.place is None
