"""What leaves: durable events as they stand in the outbox, their types, and which of them are wanted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from taskforce.core.documents import JsonObject
from taskforce.core.identity import ProjectId

PING = "taskforce.webhook.ping.v1"
DISABLED = "taskforce.webhook.disabled.v1"
ALL = "*"
"""The pattern of every type."""
THICKEST = 16_384
"""Bytes of JSON that an event's details may have to leave with it; longer ones are read where it points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEvent:
    """A fact on its way out. `id` is the same whenever and to whomever it is sent."""

    id: str
    project: ProjectId
    type: str
    """As in CloudEvents: `taskforce.<kind of job>.<event_type>.v1`."""
    name: str
    """The event_type alone."""
    subject: str
    """What it is about: the job's id. What has one subject is delivered in order."""
    sequence: int
    """Its number in the log of its subject."""
    at: datetime
    message: str = ""
    details: JsonObject | None = None
    """None: they are too long to leave with it."""
    request_id: str = ""
    traceparent: str = ""


def type_of(kind: str, name: str) -> str:
    """Return the type of a job's event."""
    return f"taskforce.{kind}.{name}.v1"


def is_wanted(type_: str, patterns: Iterable[str]) -> bool:
    """Tell whether one of the patterns names the type; a pattern that ends in `*` names all that begin so."""
    return any(
        type_.startswith(pattern[:-1]) if pattern.endswith("*") else type_ == pattern for pattern in patterns
    )
