"""How long a step takes for some pieces: from a uniform draw by inversion."""

from collections.abc import Callable
from functools import lru_cache
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import TypeAlias

from taskforce.core.scenarios.scenario import ProcessTimes

Duration: TypeAlias = Callable[[float, float, int, float], float]
"""Of the mean of a piece (hours), its coefficient of variation, the pieces, and a draw from (0, 1)."""

_quantile = NormalDist().inv_cdf


def constant(mean: float, _variation: float, pieces: int, _draw: float) -> float:
    """Return the mean."""
    return mean * pieces


def exponential(mean: float, _variation: float, pieces: int, draw: float) -> float:
    """Return an exponential time with the mean of all pieces."""
    return -mean * pieces * log(draw)


def lognormal(mean: float, variation: float, pieces: int, draw: float) -> float:
    """Return a lognormal time with mean and variance of the sum of independent pieces.

    With coefficient of variation c of a piece, that of n is c / sqrt(n); sigma² = ln(1 + c²/n) and
    mu = ln(mean) - sigma²/2 (Law, Simulation Modeling and Analysis, 5th ed., section 6.2.2).
    """
    if variation == 0:
        return mean * pieces
    sigma, shrink = _shape(variation, pieces)
    return mean * pieces * shrink * exp(sigma * _quantile(draw))


@lru_cache(maxsize=4096)
def _shape(variation: float, pieces: int) -> tuple[float, float]:
    variance = log1p(variation * variation / pieces)
    return sqrt(variance), exp(-variance / 2)


BY_NAME: dict[ProcessTimes, Duration] = {
    ProcessTimes.LOGNORMAL: lognormal,
    ProcessTimes.EXPONENTIAL: exponential,
    ProcessTimes.CONSTANT: constant,
}
