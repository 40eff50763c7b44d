"""How lead times are spread: quantiles and a histogram."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from taskforce.core.scenarios.intervals import mean_of
from taskforce.core.scenarios.outcome import Replication

_MOST_BINS = 40


def lead_times_of(replication: Replication) -> list[float]:
    """Return the hours from arrival to completion of each job that was completed, shortest first."""
    return sorted(job.completed - job.arrived for job in replication.jobs if job.completed is not None)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of values in order, linear between them (type 7 of Hyndman & Fan 1996).

    It is what NumPy, R and spreadsheets take when they are not told otherwise.
    """
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def percentiles(replications: Sequence[Replication]) -> tuple[float, ...]:
    """Return the percentiles 0 to 100 in hours, each the mean of those of the replications.

    So the 90th is the KPI `lead_time_p90` to the letter. Empty when no job was completed.
    """
    samples = [sample for sample in map(lead_times_of, replications) if sample]
    if not samples:
        return ()
    return tuple(mean_of([quantile(sample, percent / 100) for sample in samples]) for percent in range(101))


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts of values in bins of one width; the last bin holds its upper edge too."""

    start: float
    width: float
    counts: tuple[int, ...]


def histogram(ordered: Sequence[float]) -> Histogram | None:
    """Return the histogram of values in order, None of none.

    The width is that of Freedman & Diaconis (1981), 2·IQR/n^(1/3), but for at most forty bins; values that
    are all the same have one bin.
    """
    if not ordered:
        return None
    start, end = ordered[0], ordered[-1]
    if end <= start:
        return Histogram(start=start, width=max(abs(start) * 0.01, 0.01), counts=(len(ordered),))
    spread = quantile(ordered, 0.75) - quantile(ordered, 0.25)
    width = 2 * spread / len(ordered) ** (1 / 3)
    bins = min(max(ceil((end - start) / width), 1), _MOST_BINS) if width > 0 else _MOST_BINS
    width = (end - start) / bins
    counts = [0] * bins
    for value in ordered:
        counts[min(int((value - start) / width), bins - 1)] += 1
    return Histogram(start=start, width=width, counts=tuple(counts))
