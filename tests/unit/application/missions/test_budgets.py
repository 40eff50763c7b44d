"""Budgets that stop a mission: resumed with more, it repeats nothing and loses nothing."""

from dataclasses import replace

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import Job
from taskforce.core.missions.model import SessionStatus
from taskforce.core.missions.profile import ContextSettings, StrategyName
from taskforce.core.missions.task import MissionTask
from tests.unit.application.missions.cast import MissionStage, a_task, a_task_with, answer, calls

NOTES = ["a", "b", "c", "d"]
TURNS = [calls(("note_once", {"text": note})) for note in NOTES] + [answer("All noted.")]
LOW = {
    "max_steps_reached": Limits(steps=2),
    "token_budget_spent": Limits(tokens=30),
    "cost_budget_spent": Limits(cost=0.5),
    "timed_out": Limits(seconds=20),
}
HIGH = Limits(steps=100, tokens=10_000, cost=100, seconds=10_000)


def a_slow_mission() -> MissionStage:
    """A mission whose every note takes ten seconds."""
    mission = MissionStage(TURNS)
    mission.toolbox.by_name["note_once"].on_run = lambda: mission.stage.clock.pass_(seconds=10)
    return mission


async def resume(mission: MissionStage, ended: Job, limits: Limits) -> Job:
    task = MissionTask.model_validate(ended.input).model_copy(update={"limits": limits})
    return await mission.stage.again(replace(ended, input=task.model_dump(mode="json")))


@pytest.mark.parametrize(("code", "low"), LOW.items())
async def test_a_mission_that_is_resumed_with_more_ends_as_if_it_had_had_it_before(
    code: str, low: Limits
) -> None:
    mission, other = a_slow_mission(), a_slow_mission()
    stopped = await mission.run(limits=low)
    outcome = await mission.outcome(stopped)
    assert outcome.failure is not None
    assert (outcome.status, outcome.failure.code) == (SessionStatus.FAILED, code)
    assert len(mission.toolbox.by_name["note_once"].lines) == 2
    ended, straight = await resume(mission, stopped, HIGH), await other.run(limits=HIGH)
    assert mission.toolbox.by_name["note_once"].lines == NOTES
    assert [request.messages for request in mission.model.requests] == [
        request.messages for request in other.model.requests
    ]
    assert ended.outcome is not None
    assert straight.outcome is not None
    one, two = ((job.outcome.result or {}) if job.outcome else {} for job in (ended, straight))
    same = ("message", "usage", "steps", "session_id")
    assert {name: one[name] for name in same} == {name: two[name] for name in same}
    assert len(await kept(mission, ended)) == len(NOTES)


async def kept(mission: MissionStage, job: Job) -> list[str]:
    return [ref.key for ref in (await mission.outcome(job)).artifacts]


@pytest.mark.parametrize(
    ("low", "little"),
    [
        (Limits(steps=2), Limits(steps=3)),
        (Limits(tokens=30), Limits(tokens=45)),
        (Limits(cost=0.5), Limits(cost=0.75)),
        (Limits(seconds=20), Limits(seconds=30)),
    ],
)
async def test_a_limit_that_is_raised_too_little_stops_it_again(low: Limits, little: Limits) -> None:
    mission = a_slow_mission()
    again = await resume(mission, await mission.run(limits=low), little)
    assert (await mission.outcome(again)).failure is not None
    assert mission.toolbox.by_name["note_once"].lines == NOTES[:3]
    ended = await resume(mission, again, HIGH)
    assert (await mission.outcome(ended)).message == "All noted."
    assert (mission.toolbox.by_name["note_once"].lines, len(mission.model.requests)) == (NOTES, 5)


PLAN = calls(("planner", {"items": [{"position": place, "description": "note"} for place in (1, 2)]}))
PLANNED = [
    PLAN,
    *(turn for note in ("a", "b") for turn in (calls(("note_once", {"text": note})), answer("noted"))),
    answer("The plan is done."),
]


def a_planned_mission() -> MissionStage:
    """A mission of six turns that follows a plan; a note takes ten seconds."""
    mission = MissionStage(PLANNED)
    mission.toolbox.by_name["note_once"].on_run = lambda: mission.stage.clock.pass_(seconds=10)
    return mission


@pytest.mark.parametrize(
    "low",
    [
        *(Limits(steps=steps) for steps in range(1, 6)),
        *(Limits(tokens=15 * turns) for turns in range(1, 6)),
        *(Limits(cost=0.25 * turns) for turns in range(1, 6)),
        *(Limits(seconds=seconds) for seconds in (10, 20)),
    ],
    ids=str,
)
async def test_a_plan_goes_on_where_a_budget_stopped_it(low: Limits) -> None:
    mission, other = a_planned_mission(), a_planned_mission()
    task = a_task_with(a_task(limits=low), strategy=StrategyName.PLAN_AND_EXECUTE)
    stopped = await mission.run_task(task)
    assert (await mission.outcome(stopped)).failure is not None
    ended = await resume(mission, stopped, HIGH)
    straight = await other.run_task(task.model_copy(update={"limits": HIGH}))
    assert (await mission.outcome(ended)).message == "The plan is done."
    assert mission.toolbox.by_name["note_once"].lines == ["a", "b"]
    assert [one.messages for one in mission.model.requests] == [one.messages for one in other.model.requests]
    plans = [
        [text for _, kind, text in await one.stage.log(job.id) if kind == "plan_updated"][-1]
        for one, job in ((mission, ended), (other, straight))
    ]
    assert plans[0] == plans[1] == "1. [completed] note\n2. [completed] note"


async def test_a_context_that_was_too_small_goes_on_with_a_larger_one() -> None:
    many = [f"{number} ".ljust(300, "x") for number in range(40)]
    looks: list[tuple[str, JsonObject]] = [("look", {"text": text}) for text in many]
    mission = MissionStage([calls(*looks), answer("Looked.")])
    stopped = await mission.run_task(a_task_with(context=ContextSettings(tokens=3_000)))
    assert stopped.outcome is not None
    assert stopped.outcome.failure is not None
    assert stopped.outcome.failure.code == "context_too_small"
    larger = a_task_with(context=ContextSettings(tokens=30_000))
    ended = await mission.stage.again(replace(stopped, input=larger.model_dump(mode="json")))
    assert (await mission.outcome(ended)).message == "Looked."
    assert (mission.toolbox.by_name["look"].lines, len(mission.model.requests)) == (many, 2)
