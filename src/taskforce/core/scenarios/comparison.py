"""How a scenario differs from a baseline, and whether that can be chance.

Two runs of one snapshot and one seed share their random numbers, replication by replication: then their
replications are pairs, and the interval is that of the differences (common random numbers; Law 2015,
Simulation Modeling and Analysis, 11.2). In any other case the samples are independent, and the interval is
Welch's. With one replication there is a difference and no interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from taskforce.core.scenarios.intervals import paired, welch
from taskforce.core.scenarios.kpis import KPIS, Better
from taskforce.core.scenarios.outcome import Results


class Method(StrEnum):
    """How an interval was come to."""

    PAIRED = "paired"
    WELCH = "welch"
    NONE = "none"
    """Too few replications."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The difference scenario less baseline of a KPI: its mean and its 95 % interval."""

    name: str
    mean: float
    low: float | None
    high: float | None
    method: Method

    @property
    def is_significant(self) -> bool:
        """Tell whether the interval excludes 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def is_better(self) -> bool:
        """Tell whether the KPI went the way that is better, by chance or not."""
        better = KPIS[self.name].better
        return (better is Better.UP and self.mean > 0) or (better is Better.DOWN and self.mean < 0)

    @property
    def is_worse(self) -> bool:
        """Tell whether the KPI went the way that is worse, by chance or not."""
        return KPIS[self.name].better is not Better.NEITHER and self.mean != 0 and not self.is_better


def compare(scenario: Results, baseline: Results, *, same_draws: bool) -> Mapping[str, Delta | None]:
    """Return the difference of each KPI; None where one of both has nothing.

    Pass `same_draws` for two runs of one snapshot and one seed. They are still no pairs for a KPI which not
    the same replications have counted: so the difference is always that of both means.
    """
    return {name: _delta(name, scenario, baseline, same_draws=same_draws) for name in KPIS}


def _delta(name: str, scenario: Results, baseline: Results, *, same_draws: bool) -> Delta | None:
    of_scenario, of_baseline = _counted(scenario, name), _counted(baseline, name)
    if not of_scenario or not of_baseline:
        return None
    pairs = same_draws and of_scenario.keys() == of_baseline.keys()
    of_two = paired if pairs else welch
    interval = of_two(tuple(of_scenario.values()), tuple(of_baseline.values()))
    method = Method.PAIRED if pairs else Method.WELCH
    return Delta(
        name=name,
        mean=interval.mean,
        low=interval.low,
        high=interval.high,
        method=Method.NONE if interval.low is None else method,
    )


def _counted(results: Results, name: str) -> dict[int, float]:
    return {
        number: value
        for number, one in enumerate(results.replications)
        if (value := one.get(name)) is not None
    }
