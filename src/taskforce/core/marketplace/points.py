"""Points and what they come to: what each signal is worth, and how a raw score becomes a confidence."""

import math
from collections.abc import Iterable
from functools import cache

from taskforce.core.marketplace.model import Signal

MOST_RAW = 160.0
"""The sum of all signals that one folder can have."""
THRESHOLD = 30
"""The lowest confidence of what is listed."""

OWN_NAME = 10.0
NAME_AROUND = 5.0
MANIFEST = 20.0
SKILL_MANIFEST = 40.0
MOST_EXTENSIONS = 5.0
PARENT = 15.0
FRONT_MATTER = 15.0
CONTAINER = 25.0
CONTAINER_ALONE = 12.0
"""When nothing but the container tells the type."""
FRONT_MATTER_TYPE = 30.0
LEVEL = 1.0
LEVEL_IN_CONTAINER = 0.5


def confidence_of(signals: Iterable[Signal]) -> int:
    """Return the sum of signals, 160 scaled to 100; halves are rounded up, and it stays in 0 to 100."""
    raw = math.fsum(signal.points for signal in signals)
    return max(0, min(100, math.floor(raw * 100 / MOST_RAW + 0.5)))


@cache
def signal(name: str, points: float) -> Signal:
    """Return a signal; there are few, and many artifacts have the same."""
    return Signal(name=name, points=points)


@cache
def fixed(
    name: str, confidence: int, *, levels: int = 0, each: int = 0, floor: int = 0
) -> tuple[Signal, ...]:
    """Return the signals of a rule that says a confidence itself, so much less a level down to a floor."""
    lost = min(levels * each, confidence - floor)
    base = signal(name, confidence * MOST_RAW / 100)
    return (base, signal("depth", -lost * MOST_RAW / 100)) if lost else (base,)
