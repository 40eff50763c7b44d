"""The calendar queue: what happens next, and what the moment has stirred up.

Events at one time go by kind, in the order below, then by when they were put in. Only when all of a
moment has happened is anybody chosen, so that who comes at the same time competes on equal terms.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappush
from typing import Any

from taskforce.core.scenarios.engine.parts import Group


class Kind(IntEnum):
    """What can happen; at one time the first of these comes first."""

    WARMED_UP = 0
    REPAIRED = 1
    SHIFT_CHANGED = 2
    ENDED = 3
    FAILED = 4
    ARRIVED = 5
    AUTHORISED = 6
    FINISHED = 7


@dataclass(slots=True, eq=False)
class Agenda:
    """Time, and what is due. Kinds are plain numbers here, which compare quickly."""

    now: float = 0.0
    events: list[tuple[float, int, int, Any]] = field(default_factory=list)
    """A heap of time, kind, number, and what it happens to, which is by its kind (hence Any)."""
    number: int = 0
    stirred: list[Group] = field(default_factory=list)
    """Groups in which a job may begin once the moment is over."""

    def put(self, time: float, kind: int, subject: object) -> int:
        """Have something happen; return its number."""
        self.number += 1
        heappush(self.events, (time, kind, self.number, subject))
        return self.number

    def stir(self, group: Group) -> None:
        """Have a group look for jobs that may begin."""
        if not group.stirred:
            group.stirred = True
            self.stirred.append(group)
