"""Confidence intervals of means: Student's t for one sample and for pairs, Welch's for two samples.

The quantile of t is found by bisection on its distribution function, which is the regularised incomplete
beta function (DLMF 8.17.22, the continued fraction, evaluated by Lentz's algorithm as Thompson & Barnett
1986 changed it). It is good to nine digits up to 100,000 degrees of freedom, whole ones or not.
"""

from collections.abc import Sequence
from math import exp, fsum, inf, isclose, lgamma, log, sqrt

from taskforce.core.scenarios.outcome import Estimate

CONFIDENCE = 0.95
_MEDIAN = 0.5
_TINY = 1e-300
_CLOSE = 1e-15
_MOST_TERMS = 10_000


def t_quantile(probability: float, degrees: float) -> float:
    """Return the value that Student's t is below with a probability from 0.5 to 1, the 1 excluded.

    Raises:
        ValueError: probability or degrees of freedom are out of range.
    """
    if not _MEDIAN <= probability < 1 or not degrees > 0:
        raise ValueError(f"t has no quantile {probability} at {degrees} degrees of freedom.")
    tail = 2 * (1 - probability)
    low, high = 0.0, 1.0
    while _two_tails(high, degrees) > tail:
        low, high = high, high * 2
    while not isclose(low, high, rel_tol=1e-14, abs_tol=1e-300):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        if _two_tails(middle, degrees) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def mean_of(values: Sequence[float]) -> float:
    """Return the mean, whose sum is exact whatever the order."""
    return fsum(values) / len(values)


def student(values: Sequence[float]) -> Estimate:
    """Return the mean of a sample and its interval: m ± t(n-1) · s/√n."""
    mean = mean_of(values)
    return _around(mean, error=sqrt(_variance(values) / len(values)), degrees=len(values) - 1)


def paired(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Return the mean of the differences `values - others`, pair by pair, and its interval."""
    return student([value - other for value, other in zip(values, others, strict=True)])


def welch(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """Return the difference of two means and its interval, whatever the variances (Welch 1947).

    Degrees of freedom are those of Welch and Satterthwaite.
    """
    mean = mean_of(values) - mean_of(others)
    if min(len(values), len(others)) <= 1:
        return Estimate(mean=mean, low=None, high=None)
    shares = [_variance(sample) / len(sample) for sample in (values, others)]
    total = fsum(shares)
    weights = fsum(
        share**2 / (len(sample) - 1) for share, sample in zip(shares, (values, others), strict=True)
    )
    return _around(mean, error=sqrt(total), degrees=total**2 / weights if weights else inf)


def _around(mean: float, *, error: float, degrees: float) -> Estimate:
    if degrees <= 0:
        return Estimate(mean=mean, low=None, high=None)
    if not error:
        return Estimate(mean=mean, low=mean, high=mean)
    half = t_quantile((1 + CONFIDENCE) / 2, degrees) * error
    return Estimate(mean=mean, low=mean - half, high=mean + half)


def _variance(values: Sequence[float]) -> float:
    """Return the unbiased variance; none of a single value."""
    if len(values) <= 1:
        return 0.0
    mean = mean_of(values)
    return fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _two_tails(value: float, degrees: float) -> float:
    """Return how likely |t| is above a value (DLMF 8.17; Abramowitz & Stegun 26.7.1)."""
    return _incomplete_beta(degrees / (degrees + value * value), degrees / 2, 0.5)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
