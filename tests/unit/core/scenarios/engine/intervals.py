"""Confidence intervals of simulated means, for tests with fixed seeds."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

T_99 = {10: 3.250, 20: 2.861, 30: 2.756}
"""Student's t, 99.5 % quantile, by the number of replications."""


def holds(expected: float, values: Sequence[float]) -> bool:
    """Tell whether a value lies in the 99 % interval of the mean of replications."""
    half = T_99[len(values)] * stdev(values) / sqrt(len(values))
    assert half < 0.15 * abs(expected), f"the interval is too wide to tell anything: {half} around {expected}"
    return abs(fmean(values) - expected) <= half
