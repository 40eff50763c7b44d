"""Plans, params, handles and outcomes: the small rules of missions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.errors import Invalid
from taskforce.core.identity import ArtifactId
from taskforce.core.jobs.events import Event, closing_events
from taskforce.core.jobs.model import Failure, JobStatus, Outcome
from taskforce.core.missions import events
from taskforce.core.missions.controls import PLANNER
from taskforce.core.missions.model import ModelReply, SessionStatus, StopReason, ToolCall, Usage
from taskforce.core.missions.outcome import MissionLog
from taskforce.core.missions.plan import TodoItem, TodoList
from taskforce.core.missions.results import LONGEST, Handles, shortened
from taskforce.core.missions.task import filled
from taskforce.core.missions.toolbelt import Toolbelt
from taskforce.core.tools import ToolFailed, ToolResult

REF = ArtifactRef(
    id=ArtifactId("1"), key="default/1/a", kind="file", media_type="text/plain", size=1, sha256="00"
)


@pytest.mark.parametrize(
    ("dependencies", "problem"),
    [
        ({1: (2,), 2: (1,)}, "circle"),
        ({1: (1,)}, "circle"),
        ({1: (9,)}, "not in the plan"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(
    dependencies: dict[int, tuple[int, ...]], problem: str
) -> None:
    items = [
        TodoItem(position=at, description="do", dependencies=needs) for at, needs in dependencies.items()
    ]
    with pytest.raises(ValidationError, match=problem):
        TodoList(items=tuple(items))


def test_a_position_is_used_once() -> None:
    item = TodoItem(position=1, description="do")
    with pytest.raises(ValidationError, match="once"):
        TodoList(items=(item, item))


def test_places_are_filled_from_params() -> None:
    assert (
        filled("Sum {{ column }} of {{file}}", {"column": "price", "file": "a.csv"}) == "Sum price of a.csv"
    )


def test_braces_without_params_are_plain_text() -> None:
    assert filled("Write {{x}}", {}) == "Write {{x}}"


@pytest.mark.parametrize(
    ("mission", "params", "pointer"),
    [("Sum", {"column": "a"}, "/params/column"), ("Sum {{a}} {{b}}", {"a": "1"}, "/mission")],
)
def test_params_that_do_not_fit_are_refused(mission: str, params: dict[str, str], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        filled(mission, params)
    assert [error.pointer for error in refused.value.errors] == [pointer]


@given(st.text(max_size=3 * LONGEST))
def test_a_result_is_shortened_only_when_it_is_long(content: str) -> None:
    short = shortened(content, handle="turn/1/call/1")
    assert (short is None) == (len(content) <= LONGEST)
    assert short is None or (len(short) <= LONGEST and "turn/1/call/1" in short)


def test_a_handle_that_nobody_gave_is_refused_with_those_there_are() -> None:
    handles = Handles({})
    long = ToolResult(content="…", details={"handle": "turn/1/call/1", "whole": REF.model_dump()})
    handles.note("turn/1/call/1", long)
    handles.note("turn/1/call/2", ToolResult(content="short"))
    assert handles.find("turn/1/call/1") == REF
    assert handles.find("turn/1/call/2") == "short"
    with pytest.raises(ToolFailed, match="turn/1/call/1, turn/1/call/2"):
        handles.find("turn/9/call/9")


def test_invalid_arguments_are_told_with_what_would_be_right() -> None:
    belt = Toolbelt({}, (PLANNER,))
    with pytest.raises(ToolFailed, match="It takes: items"):
        belt.arguments(ToolCall(id="1", tool=PLANNER, arguments={"steps": []}))


def test_a_tool_outside_the_profile_may_not_be_called() -> None:
    belt = Toolbelt({}, (PLANNER,))
    with pytest.raises(ToolFailed, match="Tools are: planner"):
        belt.arguments(ToolCall(id="1", tool="shell", arguments={}))


def closing(outcome: Outcome) -> list[Event]:
    return [keyed.event for keyed in closing_events(outcome)]


def test_an_answered_mission_is_completed_with_what_it_took() -> None:
    reply = ModelReply(stop=StopReason.ANSWER, usage=Usage(input_tokens=3, output_tokens=2, cost=0.5))
    log = MissionLog(
        [
            events.started("Do it", model="m"),
            events.token_usage(1, reply),
            events.token_usage(2, reply),
            events.artifact(REF),
            events.final_answer("Done."),
            *closing(Outcome(status=JobStatus.SUCCEEDED)),
        ]
    )
    outcome = log.outcome()
    assert (outcome.status, outcome.message) == (SessionStatus.COMPLETED, "Done.")
    assert (outcome.usage.tokens, outcome.usage.cost) == (10, 1.0)
    assert outcome.artifacts == (REF,)


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_a_mission_that_did_not_answer_is_failed_with_its_code(status: JobStatus) -> None:
    failure = Failure(code="max_steps_reached", message="Stopped.", details={"steps": 3})
    outcome = MissionLog(closing(Outcome(status=status, failure=failure))).outcome()
    assert (outcome.status, outcome.message, outcome.failure) == (SessionStatus.FAILED, "Stopped.", failure)


def test_a_paused_mission_shows_its_open_question() -> None:
    question = Event(type=events.ASK_USER, message="Which?", details={"wait_id": "w", "choices": []})
    outcome = MissionLog([question]).outcome(paused=True)
    assert (outcome.status, outcome.message, outcome.waiting) == (SessionStatus.PAUSED, "Which?", question)
