"""How long steps take for some pieces: from uniform draws by inversion."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import TypeAlias

from taskforce.core.scenarios.scenario import ProcessTimes

Durations: TypeAlias = Callable[[Sequence[float], float, int, Sequence[float]], list[float]]
"""Of a piece's mean hours at each step, its coefficient of variation, the pieces, a draw a step or more."""

_quantile = NormalDist().inv_cdf


def constant(means: Sequence[float], _variation: float, pieces: int, _draws: Sequence[float]) -> list[float]:
    """Return the means."""
    return [mean * pieces for mean in means]


def exponential(
    means: Sequence[float], _variation: float, pieces: int, draws: Sequence[float]
) -> list[float]:
    """Return exponential times with the means of all pieces."""
    return [-mean * pieces * log(draw) for mean, draw in zip(means, draws, strict=False)]


def lognormal(means: Sequence[float], variation: float, pieces: int, draws: Sequence[float]) -> list[float]:
    """Return lognormal times with mean and variance of the sum of independent pieces.

    With coefficient of variation c of a piece, that of n is c / sqrt(n); sigma² = ln(1 + c²/n) and
    mu = ln(mean) - sigma²/2 (Law, Simulation Modeling and Analysis, 5th ed., section 6.2.2).
    """
    if variation == 0:
        return [mean * pieces for mean in means]
    sigma, shrink = _shape(variation, pieces)
    scale = pieces * shrink
    return [mean * scale * exp(sigma * _quantile(draw)) for mean, draw in zip(means, draws, strict=False)]


@lru_cache(maxsize=4096)
def _shape(variation: float, pieces: int) -> tuple[float, float]:
    variance = log1p(variation * variation / pieces)
    return sqrt(variance), exp(-variance / 2)


BY_NAME: dict[ProcessTimes, Durations] = {
    ProcessTimes.LOGNORMAL: lognormal,
    ProcessTimes.EXPONENTIAL: exponential,
    ProcessTimes.CONSTANT: constant,
}
