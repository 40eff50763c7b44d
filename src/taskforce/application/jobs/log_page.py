"""What those who watch a job are told at once."""

from dataclasses import dataclass
from typing import TypeAlias

from taskforce.core.jobs.events import Delta, RecordedEvent, Relayed

Told: TypeAlias = RecordedEvent | Relayed | Delta

PAGE = 256
"""Events of the log that are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class LogPage:
    """News of a job: events of the log, live output, and whether the log has ended or waits for a person.

    All who watch are given the same page, so that what is made of it can be made once.
    """

    told: tuple[Told, ...] = ()
    """In the order in which it happened."""
    is_end: bool = False
    is_paused: bool = False
    asked: tuple[Relayed, ...] = ()
    """What jobs below this one ask; each who watches is told it once, at the end of a page."""

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """Return what of it is in the log."""
        return tuple(told for told in self.told if isinstance(told, RecordedEvent))
