"""The axes of a chart: round steps from zero, and where a value lies."""

from dataclasses import dataclass
from math import ceil, floor, log10

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis from 0 at `start` to the last of its ticks at `end`, in points of a drawing."""

    ticks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value lies."""
        return self.start + (self.end - self.start) * value / self.ticks[-1]


def axis(largest: float, *, start: float, end: float, steps: int = 4) -> Axis:
    """Return an axis that reaches the largest value in about so many round steps (Heckbert 1990)."""
    if largest <= 0:
        return Axis(ticks=(0.0, 1.0), start=start, end=end)
    rough = largest / steps
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in _ROUND if factor * power >= rough * (1 - 1e-9))
    count = max(ceil(largest / step - 1e-9), 1)
    return Axis(ticks=tuple(step * number for number in range(count + 1)), start=start, end=end)


def told(tick: float) -> str:
    """Return a tick as it is written."""
    return f"{tick:,.10g}"
