"""How a job's log is shown: its events, its live output, a page of it."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from taskforce.application.jobs.log_page import PAGE
from taskforce.application.jobs.schemas import JobView, Moment, View
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Delta, RecordedEvent, Relayed
from taskforce.core.jobs.model import JobStatus
from taskforce.core.shapes import MOST, Count, Prose, shape, unlimited

_LINE_END = re.compile("[\x85\u2028\u2029]")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


class EventView(View):
    """An event of a log, or live output; `number` is None for what is not in the log."""

    number: int | None = Field(exclude=True)
    timestamp: Moment
    event_type: Annotated[str, unlimited("a program may tell events of its own types")]
    message: Prose
    details: JsonObject

    @classmethod
    def of(cls, recorded: RecordedEvent) -> "EventView":
        """Show an event of the log."""
        event = recorded.event
        return cls(
            number=recorded.number,
            timestamp=recorded.at,
            event_type=event.type,
            message=event.message,
            details=event.details,
        )

    @classmethod
    def of_told(cls, told: RecordedEvent | Relayed | Delta, at: datetime) -> "EventView":
        """Show an event of the log, what another job asks, or a piece of live output as of this moment."""
        if isinstance(told, RecordedEvent):
            return cls.of(told)
        return cls.of_relayed(told) if isinstance(told, Relayed) else cls.of_hint(told, at)

    @classmethod
    def of_relayed(cls, relayed: Relayed) -> "EventView":
        """Show what a job below the watched one asks."""
        view = EventView.of(relayed.recorded)
        details: JsonObject = {**view.details, "job_id": relayed.job_id}
        return cls(**{**dict(view), "number": None, "details": details})

    @classmethod
    def of_hint(cls, delta: Delta, at: datetime) -> "EventView":
        """Show a piece of live output."""
        return cls(
            number=None, timestamp=at, event_type=delta.type, message=delta.text, details=delta.details
        )

    def to_json(self) -> str:
        """Return the data of the event as the stream carries it: one line of JSON.

        It has no line end of any kind, not even one of those that JSON allows and some readers split at.
        """
        text = self.model_dump_json()
        return text if text.isascii() else _LINE_END.sub(_escaped, text)


class LoggedEventView(EventView):
    """An event of a log, with its number."""

    id: Annotated[int, shape(minimum=1, maximum=MOST)]

    @classmethod
    def of(cls, recorded: RecordedEvent) -> "LoggedEventView":
        """Show an event of the log."""
        return cls(id=recorded.number, **dict(EventView.of(recorded)))


class LogView(View):
    """A page of a job's log, and how far the log goes."""

    items: Annotated[tuple[LoggedEventView, ...], shape(maxItems=PAGE)]
    last_event: Count
    status: JobStatus

    @classmethod
    def of(cls, job: JobView, events: Iterable[RecordedEvent]) -> Self:
        """Show a page of a job's log."""
        items = tuple(LoggedEventView.of(recorded) for recorded in events)
        return cls(items=items, last_event=job.last_event, status=job.status)
