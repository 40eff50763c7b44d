"""How turns are measured, the same way for everyone: many sessions at once, and one long session."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Turn = Callable[[str], None]
"""Plays one turn of the named session to its durable end."""

WARM_UP = 2
EARLY = 10
LATE = 200
AROUND = 5
LAST = LATE + AROUND


@dataclass(frozen=True, slots=True)
class Plan:
    """How many sessions at once, and how many turns each."""

    sessions: int
    turns: int

    @property
    def total(self) -> int:
        """Return the turns in all."""
        return self.sessions * self.turns


def at_once(turn: Turn, plan: Plan) -> float:
    """Return turns a second with so many sessions at once, each from a thread of its own."""

    def talk(session: int, turns: int) -> None:
        for _ in range(turns):
            turn(f"at-once-{session}")

    with ThreadPoolExecutor(plan.sessions) as threads:
        list(threads.map(talk, range(plan.sessions), [WARM_UP] * plan.sessions))
        begun = time.perf_counter()
        list(threads.map(talk, range(plan.sessions), [plan.turns] * plan.sessions))
        return plan.total / (time.perf_counter() - begun)


@dataclass(slots=True)
class LongSession:
    """What one long session shows: its time a turn early and late."""

    seconds: list[float]

    @property
    def early(self) -> float:
        """Return the seconds of a turn around the 10th."""
        return median(self.seconds[EARLY - AROUND : EARLY + AROUND])

    @property
    def late(self) -> float:
        """Return the seconds of a turn around the 200th."""
        return median(self.seconds[LATE - AROUND : LATE + AROUND])


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
