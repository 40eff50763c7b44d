"""When each clip begins and ends in a film, in frames of the film."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from taskforce.core.videos.model import FRAMES_PER_SECOND

FADE = FRAMES_PER_SECOND // 2
"""Frames of a cross-fade, where both clips are long enough."""


@dataclass(frozen=True, slots=True)
class Place:
    """A clip's place in the film."""

    frames: int
    """How many of the film show it, those of its fades too."""
    fade: int
    """So many of its last ones are also the first ones of the next clip."""


def timeline(seconds: Sequence[Fraction], *, fade: int) -> list[Place]:
    """Return the places of clips of these lengths, in their order.

    Lengths are rounded so that no error adds up: clips that follow each other end where their sum ends, to
    half a frame. A fade takes at most half of either clip; a clip is never shorter than a frame.
    """
    frames: list[int] = []
    total, before = Fraction(0), 0
    for each in seconds:
        total += each
        end = round(total * FRAMES_PER_SECOND)
        frames.append(max(end - before, 1))
        before += frames[-1]
    fades = [min(fade, one // 2, other // 2) for one, other in pairwise(frames)]
    return [Place(count, length) for count, length in zip(frames, [*fades, 0], strict=True)]


def length(places: Sequence[Place]) -> int:
    """Return the frames of the whole film."""
    return sum(place.frames - place.fade for place in places)
