"""What becomes of the pieces of a step: how many are good, done again, or scrap."""

from collections.abc import Sequence
from typing import NamedTuple

from taskforce.core.scenarios.engine.streams import BLOCK, Source, Streams

AT_ONCE = 512
"""Pieces that one draw decides; the chance that all of them are alike is still a float then."""


def all_good(yields: Sequence[float], pieces: int, draws: Sequence[float]) -> list[bool]:
    """Tell at a glance of each step that a first attempt has no faulty piece, which most have not.

    False is where that is to be looked at more closely.
    """
    few = pieces <= AT_ONCE
    return [
        few and good >= 0.5 and draw <= good**pieces  # noqa: PLR2004 - the rarer of good and faulty is drawn
        for good, draw in zip(yields, draws, strict=False)
    ]


class Verdict(NamedTuple):
    """How the pieces of an attempt turned out; the others are good."""

    again: int
    scrap: int


def judged(
    streams: Streams,
    entity: tuple[int, int],
    part: int,
    *,
    pieces: int,
    faulty: float,
    rework: float,
    first: float | None,
) -> Verdict:
    """Judge an attempt: each piece is faulty with one probability, and then done again with another.

    Entity and part name the numbers that are drawn; `first` is a draw that was made before.
    """
    draws = _Draws(streams, entity, part)
    bad = binomial(pieces, faulty, draws, first=first)
    again = binomial(bad, rework, draws) if bad else 0
    return Verdict(again, bad - again)


class _Draws:
    """Numbers one after the other."""

    def __init__(self, streams: Streams, entity: tuple[int, int], part: int) -> None:
        self._streams, self._entity, self._part = streams, entity, part
        self._block: list[float] = []
        self._count = 0

    def next(self) -> float:
        """Return the next one."""
        number, at = divmod(self._count, BLOCK)
        if at == 0:
            self._block = self._streams.block(
                Source.QUALITY_IN_DETAIL, *self._entity, part=self._part, number=number
            )
        self._count += 1
        return self._block[at]


def binomial(count: int, chance: float, draws: _Draws, *, first: float | None = None) -> int:
    """Return how many happen, by inversion (Devroye, Non-Uniform Random Variate Generation, X.4)."""
    if chance in {0.0, 1.0}:
        return count if chance else 0
    rarer = min(chance, 1 - chance)
    happened = 0
    for begun in range(0, count, AT_ONCE):
        draw = draws.next() if first is None or begun else first
        happened += _inverted(min(AT_ONCE, count - begun), rarer, draw)
    return happened if rarer == chance else count - happened


def _inverted(count: int, chance: float, draw: float) -> int:
    odds = chance / (1 - chance)
    weight = (1 - chance) ** count
    number = 0
    while draw > weight and number < count:
        draw -= weight
        weight *= odds * (count - number) / (number + 1)
        number += 1
    return number
