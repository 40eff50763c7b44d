"""What a mission took, and what a session's limits leave to the next."""

from datetime import datetime, timedelta

import pytest

from taskforce.core.identity import SessionId
from taskforce.core.jobs.budget import Limits, Spent
from taskforce.core.jobs.events import APPROVAL_REQUIRED, Event, RecordedEvent
from taskforce.core.missions import events
from taskforce.core.missions.controls import CALL_AGENT
from taskforce.core.missions.events import ASK_USER
from taskforce.core.missions.model import MissionResult, ModelReply, StopReason, ToolCall, Usage
from taskforce.core.missions.profile import Profile, SessionLimits
from taskforce.core.missions.spending import spent_by, spent_in
from taskforce.core.missions.task import MissionTask
from taskforce.core.tools import ToolResult
from tests.builders import NOON

USAGE = Usage(input_tokens=10, output_tokens=5, cost=0.25)
TURN = events.token_usage(1, ModelReply(stop=StopReason.ANSWER, usage=USAGE))


def a_log(*told: tuple[float, Event]) -> list[RecordedEvent]:
    """Events, each so many seconds after the one before."""
    at: datetime = NOON
    log = []
    for number, (seconds, event) in enumerate(told, start=1):
        at += timedelta(seconds=seconds)
        log.append(RecordedEvent(number=number, at=at, event=event))
    return log


def test_a_log_tells_turns_usage_and_time_without_waiting() -> None:
    log = a_log(
        (0, events.started("Do it")),
        (2, TURN),
        (1, Event(type=ASK_USER)),
        (500, TURN),
        (1, Event(type=APPROVAL_REQUIRED)),
        (90, Event(type="error")),
    )
    assert spent_in(log) == Spent(steps=2, tokens=30, cost=0.5, seconds=4)


def test_what_an_agent_took_is_told_with_its_result() -> None:
    call = ToolCall(id="a", tool=CALL_AGENT, arguments={})
    took = MissionResult(
        session_id=SessionId("s"), message="", usage=USAGE, artifacts=(), steps=3, seconds=7.0
    )
    result = ToolResult(content="Done.", details={"agent": took.model_dump(mode="json")})
    log = a_log(
        (0, TURN),
        (1, events.tool_call(1, call)),
        (60, events.tool_result(1, call, result)),
        (0, events.agents_usage(1, USAGE)),
    )
    assert spent_in(log) == Spent(steps=4, tokens=30, cost=0.5, seconds=8)
    assert spent_by(took) == Spent(steps=3, tokens=15, cost=0.25, seconds=7)


def a_task(limits: Limits, together: SessionLimits, before: Spent) -> MissionTask:
    return MissionTask(
        session_id=SessionId("s"),
        mission="Do it",
        model="m",
        profile=Profile(name="test", session_limits=together),
        workspace="/w",
        limits=limits,
        spent_before=before,
    )


@pytest.mark.parametrize(
    ("together", "before", "code"),
    [
        (SessionLimits(), Spent(steps=1_000, tokens=10**9), None),
        (SessionLimits(steps=10), Spent(steps=8), None),
        (SessionLimits(steps=10), Spent(steps=9), "max_steps_reached"),
        (SessionLimits(tokens=100), Spent(tokens=100), "token_budget_spent"),
        (SessionLimits(cost=1.0), Spent(cost=2.0), "cost_budget_spent"),
        (SessionLimits(seconds=5.0), Spent(seconds=5.0), "timed_out"),
    ],
)
def test_a_mission_begins_with_what_its_session_has_left(
    together: SessionLimits, before: Spent, code: str | None
) -> None:
    task = a_task(Limits(), together, before)
    found = task.overdrawn(Spent(steps=1))
    assert found == (None if code is None else (code, together))
    assert (task.left_after(Spent(steps=1)) is None) == (code is not None)
    assert task.is_timed == (together.seconds is not None)


def test_what_is_left_is_the_lower_of_both() -> None:
    task = a_task(
        Limits(steps=50, tokens=1_000), SessionLimits(tokens=500, cost=1.0), Spent(tokens=100, cost=0.5)
    )
    assert task.left_after(Spent(steps=10, tokens=100)) == Limits(steps=40, tokens=300, cost=0.5)


def test_a_limit_that_somebody_names_counts_in_place_of_the_sessions() -> None:
    task = a_task(Limits(), SessionLimits(tokens=100, cost=1.0), Spent(tokens=200, cost=0.5))
    assert task.overdrawn(Spent()) is not None
    freed = task.freed({"tokens"})
    assert freed.overdrawn(Spent()) is None
    assert freed.profile.session_limits == SessionLimits(cost=1.0)
