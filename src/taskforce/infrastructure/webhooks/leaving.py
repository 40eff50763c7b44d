"""Which events of a job leave, and what they are in the outbox."""

from collections.abc import Sequence
from datetime import datetime

from taskforce.core.documents import written
from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.webhooks.events import THICKEST, OutgoingEvent, is_wanted, type_of


def leaving(
    job: Job, events: Sequence[KeyedEvent], patterns: Sequence[str], *, after: int, at: datetime
) -> list[OutgoingEvent]:
    """Return those that the patterns want; `after` is the number before the first."""
    return [
        _outgoing(job, event, number=number, at=at)
        for number, event in enumerate(events, start=after + 1)
        if is_wanted(type_of(job.kind, event.event.type), patterns)
    ]


def _outgoing(job: Job, told: KeyedEvent, *, number: int, at: datetime) -> OutgoingEvent:
    event = told.event
    return OutgoingEvent(
        id=f"{job.id}/{number}",
        project=job.project,
        type=type_of(job.kind, event.type),
        name=event.type,
        subject=job.id,
        sequence=number,
        at=at,
        message=event.message[:THICKEST],
        details=event.details if len(written(event.details)) <= THICKEST else None,
        request_id=job.origin.request_id,
        traceparent=job.origin.traceparent,
    )
