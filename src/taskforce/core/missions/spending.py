"""What missions took: by their results, else by their logs."""

from collections.abc import Iterable
from datetime import datetime

from taskforce.core.jobs.budget import Spent
from taskforce.core.jobs.events import APPROVAL_REQUIRED, Event, RecordedEvent
from taskforce.core.missions.controls import CALL_AGENT
from taskforce.core.missions.events import ASK_USER, TOKEN_USAGE, TOOL_CALL, TOOL_RESULT
from taskforce.core.missions.model import MissionResult, Usage


def spent_by(result: MissionResult) -> Spent:
    """Return what a mission took that says it itself."""
    return Spent(
        steps=result.steps, tokens=result.usage.tokens, cost=result.usage.cost, seconds=result.seconds
    )


def spent_in(log: Iterable[RecordedEvent]) -> Spent:
    """Return what a mission has taken so far, as its log tells; waiting for people and agents left out."""
    spent = Spent()
    last: RecordedEvent | None = None
    for recorded in log:
        spent = spent.plus(_told_by(recorded.event))
        if last is not None and not _waits(last.event):
            spent = spent.plus(Spent(seconds=_seconds(last.at, recorded.at)))
        last = recorded
    return spent


def _told_by(event: Event) -> Spent:
    if event.type == TOKEN_USAGE:
        usage = Usage.model_validate({name: event.details[name] for name in Usage.model_fields})
        is_own_turn = event.details.keys().isdisjoint({"agent", "summary"})
        return Spent(steps=int(is_own_turn), tokens=usage.tokens, cost=usage.cost)
    facts = event.details.get("facts")
    if event.type == TOOL_RESULT and isinstance(facts, dict) and isinstance(facts.get("agent"), dict):
        took = MissionResult.model_validate(facts["agent"])
        return Spent(steps=took.steps, seconds=took.seconds)
    return Spent()


def _waits(event: Event) -> bool:
    return event.type in {ASK_USER, APPROVAL_REQUIRED} or (
        event.type == TOOL_CALL and event.details.get("tool") == CALL_AGENT
    )


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
