"""A mission as a job: what is called, told, asked, spent and kept."""

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.signals import ANSWER, APPROVAL, OUTCOME
from taskforce.core.missions.model import ModelReply, SessionStatus, StopReason, ToolMessage
from taskforce.core.missions.profile import Approval, Decision
from taskforce.core.missions.results import LONGEST
from tests.unit.application.missions.cast import MissionStage, answer, calls

ASK_TO_WRITE = Approval(write=Decision.ASK)


async def test_a_mission_tells_its_calls_and_keeps_what_was_written() -> None:
    mission = MissionStage([calls(("note", {"text": "a"})), answer()])
    job = await mission.run()
    outcome = await mission.outcome(job)
    assert outcome.status is SessionStatus.COMPLETED
    assert outcome.usage.tokens == 30
    assert [ref.key.rpartition("/")[2] for ref in outcome.artifacts] == ["a"]
    assert await mission.told(job) == [
        *("started", "token_usage", "tool_call", "tool_result", "artifact"),
        *("token_usage", "final_answer", "complete"),
    ]


async def test_calls_that_may_run_side_by_side_are_told_in_their_order() -> None:
    mission = MissionStage([calls(("look", {"text": "a"}), ("look", {"text": "b"})), answer()])
    job = await mission.run()
    told = [(type_, text) for _, type_, text in await mission.stage.log(job.id) if type_.startswith("tool")]
    assert told == [("tool_call", "look"), ("tool_call", "look"), ("tool_result", "a"), ("tool_result", "b")]


@pytest.mark.parametrize(
    ("tool", "arguments", "advice"),
    [
        ("note", {"text": "fail"}, "It failed; say something else."),
        ("note", {"words": "a"}, "Invalid arguments for note"),
        ("shell", {"command": "id"}, "There is no tool 'shell' in this mission."),
        (
            "planner",
            {"items": [{"position": 1, "description": "x", "dependencies": [1]}]},
            "The plan is not right",
        ),
        ("fetch_result", {"handle": "nothing"}, "There is no result 'nothing'"),
    ],
)
async def test_what_goes_wrong_with_a_call_is_told_to_the_model(
    tool: str, arguments: JsonObject, advice: str
) -> None:
    mission = MissionStage([calls((tool, arguments)), answer()])
    await mission.run()
    heard = mission.model.requests[1].messages[-1]
    assert isinstance(heard, ToolMessage)
    assert heard.failed
    assert heard.content.startswith(advice)


async def test_a_plan_is_shown_and_noted() -> None:
    plan: JsonObject = {"items": [{"position": 1, "description": "look"}]}
    mission = MissionStage([calls(("planner", plan)), answer()])
    job = await mission.run()
    assert "plan_updated" in await mission.told(job)


async def test_a_long_result_is_shown_by_head_and_tail_and_read_on_by_its_handle() -> None:
    long = "x" * (LONGEST + 1_000)
    fetch: JsonObject = {"handle": "turn/1/call/1", "offset": LONGEST, "limit": 100}
    mission = MissionStage([calls(("look", {"text": long})), calls(("fetch_result", fetch)), answer()])
    await mission.run()
    short, part = (mission.model.requests[turn].messages[-1] for turn in (1, 2))
    assert isinstance(short, ToolMessage)
    assert isinstance(part, ToolMessage)
    assert len(short.content) <= LONGEST
    assert "handle=turn/1/call/1" in short.content
    assert part.content == "x" * 100


async def test_a_mission_that_asks_waits_and_hears_the_answer_and_who_gave_it() -> None:
    mission = MissionStage([calls(("ask_user", {"question": "Which?"})), answer()])
    job = await mission.run()
    assert (job.status, (await mission.told(job))[-1]) == (JobStatus.WAITING, "ask_user")
    ended = await mission.answer(job, "turn/1/call/1/answer", ANSWER, {"answer": "The blue one."})
    heard = mission.model.requests[-1].messages[-1]
    assert isinstance(heard, ToolMessage)
    assert heard.content == "The blue one."
    assert ended.status is JobStatus.SUCCEEDED
    assert len(mission.model.requests) == 2


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ({"decision": "approve"}, ["a"]),
        ({"decision": "approve", "arguments": {"text": "b"}}, ["b"]),
        ({"decision": "deny"}, []),
    ],
)
async def test_a_call_that_needs_approval_waits_for_it(said: JsonObject, lines: list[str]) -> None:
    mission = MissionStage([calls(("note", {"text": "a"})), answer()])
    job = await mission.run(approval=ASK_TO_WRITE)
    assert job.status is JobStatus.WAITING
    ended = await mission.answer(job, "turn/1/call/1/approval", APPROVAL, said)
    assert ended.status is JobStatus.SUCCEEDED
    assert mission.toolbox.by_name["note"].lines == lines


async def test_a_call_that_the_profile_denies_is_not_made() -> None:
    mission = MissionStage([calls(("note", {"text": "a"})), answer()])
    await mission.run(approval=Approval(write=Decision.DENY))
    assert mission.toolbox.by_name["note"].lines == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(steps=1), "max_steps_reached"),
        (Limits(tokens=15), "token_budget_spent"),
        (Limits(cost=0.25), "cost_budget_spent"),
    ],
)
async def test_a_budget_that_is_spent_ends_the_mission_and_keeps_what_was_done(
    limits: Limits, code: str
) -> None:
    mission = MissionStage([calls(("note", {"text": "a"})), answer()])
    outcome = await mission.outcome(await mission.run(limits=limits))
    assert outcome.failure is not None
    assert (outcome.status, outcome.failure.code) == (SessionStatus.FAILED, code)
    assert len(outcome.artifacts) == 1


async def test_a_model_that_fails_for_good_fails_the_mission() -> None:
    mission = MissionStage([answer()], failures=3)
    outcome = await mission.outcome(await mission.run())
    assert outcome.failure is not None
    assert (outcome.failure.code, len(mission.model.requests)) == ("model_unavailable", 3)


async def test_a_model_that_recovers_is_not_held_against_the_mission() -> None:
    mission = MissionStage([answer()], failures=2)
    assert (await mission.outcome(await mission.run())).status is SessionStatus.COMPLETED


async def test_going_round_in_circles_is_told_once_and_then_ends_the_mission() -> None:
    mission = MissionStage([*[calls(("note", {"text": "a"}))] * 9, answer()])
    outcome = await mission.outcome(await mission.run())
    assert outcome.failure is not None
    assert (outcome.failure.code, len(mission.model.requests)) == ("loop_detected", 6)


async def test_a_mission_beyond_its_model_is_never_told_as_completed() -> None:
    beyond = ModelReply(text='I do not understand "juggle".', stop=StopReason.NEEDS_MODEL)
    mission = MissionStage([calls(("note", {"text": "a"})), beyond])
    outcome = await mission.outcome(await mission.run())
    assert outcome.failure is not None
    assert (outcome.failure.code, outcome.message) == ("needs_model", 'I do not understand "juggle".')
    assert len(outcome.artifacts) == 1


PLACES = ("step.start", "step.done", "step.done.recorded")
KEYS = ("turn/1/model", "turn/1/call/1/run", "turn/2/model")


@pytest.mark.parametrize("place", [f"{moment}:{key}" for key in KEYS for moment in PLACES])
async def test_a_crash_anywhere_leaves_the_same_log(place: str) -> None:
    undisturbed, disturbed = (MissionStage([calls(("note", {"text": "a"})), answer()]) for _ in range(2))
    disturbed.stage.trap.place = place
    logs = [await mission.stage.log((await mission.run()).id) for mission in (undisturbed, disturbed)]
    assert logs[0] == logs[1]
    asked_again = place in {"step.done:turn/1/model", "step.done:turn/2/model"}
    assert len(disturbed.model.requests) == (3 if asked_again else 2)


async def test_a_once_tool_that_was_under_way_is_not_started_again_without_a_word() -> None:
    mission = MissionStage([calls(("note_once", {"text": "a"})), answer()])
    mission.stage.trap.place = "step.done:turn/1/call/1/run"
    job = await mission.run()
    assert (job.status, mission.toolbox.by_name["note_once"].lines) == (JobStatus.WAITING, ["a"])
    asked = (await mission.stage.store.events(job.id, after=0, limit=100))[-1].event
    assert asked.message.startswith("The call of note_once was under way")
    assert (asked.details["tool"], asked.details["arguments"]) == ("note_once", {"text": "a"})
    happened: JsonObject = {"decision": "result", "output": {"content": "it is there"}}
    ended = await mission.answer(job, "turn/1/call/1/run@outcome/1", OUTCOME, happened)
    assert (ended.status, mission.toolbox.by_name["note_once"].lines) == (JobStatus.SUCCEEDED, ["a"])


async def test_the_limit_of_seconds_leaves_out_waiting_for_people() -> None:
    mission = MissionStage([calls(("ask_user", {"question": "Which?"})), answer()])
    job = await mission.run(limits=Limits(seconds=60))
    mission.stage.clock.pass_(seconds=3_600)
    ended = await mission.answer(job, "turn/1/call/1/answer", ANSWER, {"answer": "blue"})
    assert ended.status is JobStatus.SUCCEEDED


async def test_the_limit_of_seconds_ends_a_mission_that_works_too_long() -> None:
    mission = MissionStage([calls(("look", {"text": "a"})), answer()])
    slow = mission.toolbox.by_name["look"]
    slow.on_run = lambda: mission.stage.clock.pass_(seconds=61)
    outcome = await mission.outcome(await mission.run(limits=Limits(seconds=60)))
    assert outcome.failure is not None
    assert outcome.failure.code == "timed_out"
