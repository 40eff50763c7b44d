"""Rows of the table: what was measured, against whom, and whether it is enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from benchmarks.measure import Samples, shown


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on the figure itself, or on its ratio to the better of the peers."""

    sense: Literal["≥", "≤"]
    bound: float
    of: Literal["figure", "ratio"]

    def holds(self, value: float) -> bool:
        """Tell whether it is met."""
        return value >= self.bound if self.sense == "≥" else value <= self.bound


def at_least(bound: float) -> Goal:
    """Return the goal that our figure is at least this."""
    return Goal("≥", bound, "figure")


def at_most(bound: float) -> Goal:
    """Return the goal that our figure is at most this."""
    return Goal("≤", bound, "figure")


def times(bound: float) -> Goal:
    """Return the goal that our figure is at least so many times the peer's."""
    return Goal("≥", bound, "ratio")


def part(bound: float) -> Goal:
    """Return the goal that our figure is at most this part of the peer's."""
    return Goal("≤", bound, "ratio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; a row without a goal is there to be read beside the others."""

    what: str
    unit: str
    ours: Samples
    shipped: Samples | None = None
    tuned: Samples | None = None
    goal: Goal | None = None
    profile: Callable[[], Sequence[str]] | None = None
    """Explains it, if the goal is missed."""

    @property
    def ratio(self) -> float | None:
        """Return ours by the better of the peers: by the higher one where more is better."""
        peers = [samples.median for samples in (self.shipped, self.tuned) if samples is not None]
        if not peers:
            return None
        more_is_better = self.goal is None or self.goal.sense == "≥"
        return self.ours.median / (max(peers) if more_is_better else min(peers))

    @property
    def is_met(self) -> bool | None:
        """Tell whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        judged = self.ours.median if self.goal.of == "figure" else self.ratio
        return judged is not None and self.goal.holds(judged)

    def explained(self, lines: Sequence[str]) -> Self:
        """Return it with a profile that was taken while what it measured still ran."""
        return replace(self, profile=lambda: lines)

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row as text."""
        verdict = {True: "met", False: "**missed**", None: ""}[self.is_met]
        return (
            f"{self.what} [{self.unit}]",
            _cell(self.ours),
            _cell(self.shipped),
            _cell(self.tuned),
            _times(self.ratio),
            _wanted(self.goal),
            verdict,
        )


def _cell(samples: Samples | None) -> str:
    return "" if samples is None else f"{shown(samples.median)} ({samples.spread})"


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{shown(ratio)}x"


def _wanted(goal: Goal | None) -> str:
    if goal is None:
        return ""
    if goal.of == "figure":
        return f"{goal.sense} {shown(goal.bound)}"
    return f"≥ {shown(goal.bound)}x" if goal.sense == "≥" else f"≤ 1/{round(1 / goal.bound)}"
