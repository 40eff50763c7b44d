"""A mission's log, read as messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import ERROR, RecordedEvent
from taskforce.core.missions.events import ASK_USER, FINAL_ANSWER, STARTED, THOUGHT, TOOL_CALL, TOOL_RESULT

Role: TypeAlias = Literal["user", "assistant", "tool"]

ROLES: dict[str, Role] = {
    STARTED: "user",
    THOUGHT: "assistant",
    TOOL_CALL: "assistant",
    TOOL_RESULT: "tool",
    ASK_USER: "assistant",
    FINAL_ANSWER: "assistant",
    ERROR: "assistant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message: who said what, and which event told it."""

    number: int
    at: datetime
    role: Role
    text: str
    details: JsonObject


def lines_of(log: Iterable[RecordedEvent]) -> list[Line]:
    """Return the messages of a log, in order; events that nobody said are left out."""
    return [
        Line(
            number=recorded.number,
            at=recorded.at,
            role=ROLES[recorded.event.type],
            text=recorded.event.message,
            details={"event_type": recorded.event.type, **recorded.event.details},
        )
        for recorded in log
        if recorded.event.type in ROLES
    ]
