"""Events: the numbered facts of a job, and the hints that only who watches live may see."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from taskforce.core.clock import rfc3339
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, WaitId
from taskforce.core.jobs.model import JobStatus, Outcome
from taskforce.core.jobs.signals import Signal

OPENING = "started"
COMPLETE = "complete"
ERROR = "error"
APPROVAL_REQUIRED = "approval_required"
ANSWERED = "answered"

CLOSING_WORDS = {
    JobStatus.SUCCEEDED: "completed",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "failed",
}
"""What a log's last event calls the end; that it was a cancel is told by the error before it."""
_WORDS = ("decision", "answer", "arguments")
"""Of what was answered, the words that the log tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact to be told: its type, a line for people, details for programs."""

    type: str
    message: str = ""
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedEvent:
    """An event and the key that makes it told once."""

    key: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event of the log: its number in the job, from 1, without gaps, and when it was recorded."""

    number: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed:
    """A question that a job below the watched one asks: shown to who watches, not a part of the log."""

    job_id: JobId
    recorded: RecordedEvent

    @property
    def key(self) -> tuple[JobId, int]:
        """Return what tells it from others."""
        return self.job_id, self.recorded.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A piece of live output: never stored, never numbered."""

    type: str
    text: str
    details: JsonObject = field(default_factory=dict)
    """Of what it is a piece, for programs."""
    after: int = 0
    """The number of the event that it comes after; the kernel sets it."""


def answered(wait: WaitId, signal: Signal, **facts: JsonValue) -> Event:
    """Return who answered what, and when."""
    said = {name: signal.payload[name] for name in _WORDS if name in signal.payload}
    word = said.get("decision", said.get("answer", ""))
    details: JsonObject = {"wait_id": wait, "by": signal.by, "at": rfc3339(signal.at), **said, **facts}
    return Event(type=ANSWERED, message=f"{signal.by}: {word}", details=details)


def closing_events(outcome: Outcome) -> tuple[KeyedEvent, ...]:
    """Return what the log ends with: what went wrong, if anything did, and that it is complete."""
    details: JsonObject = {"status": CLOSING_WORDS[outcome.status]}
    complete = KeyedEvent(key="@complete", event=Event(type=COMPLETE, details=details))
    if outcome.failure is None:
        return (complete,)
    failure = outcome.failure
    error = Event(type=ERROR, message=failure.message, details={"code": failure.code, **failure.details})
    return (KeyedEvent(key="@error", event=error), complete)
