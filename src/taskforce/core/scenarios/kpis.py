"""The KPIs of a run: what each is, its unit, and how it is counted from an outcome.

All count what happened after the warm-up. Sums are exact (`math.fsum`), so the order of jobs is no matter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from taskforce.core.scenarios.attribution import mean_split, tardiness_of
from taskforce.core.scenarios.intervals import mean_of, student
from taskforce.core.scenarios.lead_times import lead_times_of, quantile
from taskforce.core.scenarios.outcome import Estimate, Replication, Results


class Better(StrEnum):
    """Which way a KPI is better."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"
    """More is as good as less: a busy machine earns, and makes jobs wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiFact:
    """What a KPI is."""

    name: str
    label: str
    unit: str
    better: Better
    digits: int
    """Behind the point, where a value of one or more is shown."""
    count: Callable[[Replication], float | None]
    """None where there is nothing to count."""


def otd_pct(replication: Replication) -> float | None:
    """Return on-time delivery in %: jobs completed by their due date, of those whose fate is known.

    Known is a job that was completed, is scrap in full, or was due before the end and is still under way;
    the latter two are not on time. A job that is under way and due later counts neither way.
    """
    known = [
        job
        for job in replication.jobs
        if job.completed is not None or job.is_scrap or job.due < replication.ended
    ]
    on_time = sum(1 for job in known if tardiness_of(job) == 0)
    return _percent(on_time, len(known))


def lead_time_mean(replication: Replication) -> float | None:
    """Return the mean hours from arrival to completion, of jobs that were completed."""
    times = lead_times_of(replication)
    return mean_of(times) if times else None


def lead_time_p90(replication: Replication) -> float | None:
    """Return the hours within which 90 % of the completed jobs were completed; see `quantile`."""
    times = lead_times_of(replication)
    return quantile(times, 0.9) if times else None


def wip_mean(replication: Replication) -> float | None:
    """Return the time average of jobs that are released and not over (L of Little 1961)."""
    return _ratio(replication.wip_hours, replication.ended - replication.began)


def throughput_per_hour(replication: Replication) -> float | None:
    """Return the jobs completed after the warm-up, whenever they arrived, by hours of measured time."""
    return _ratio(replication.completions, replication.ended - replication.began)


def machine_utilisation_pct(replication: Replication) -> float | None:
    """Return in % the time in which machines processed or were set up, of all within their calendars.

    Failed time is within; so utilisation and failed time add up to 100 % at most.
    """
    busy = fsum(machine.processing + machine.setting_up for machine in replication.machines)
    return _percent(busy, fsum(machine.available for machine in replication.machines))


def labour_utilisation_pct(replication: Replication) -> float | None:
    """Return in % the hours operators worked, of those they were on shift; overtime makes it exceed 100."""
    return _percent(replication.labour_hours, replication.labour_available_hours)


def setup_hours(replication: Replication) -> float | None:
    """Return the hours in which places of machines were set up, all together."""
    return fsum(machine.setting_up for machine in replication.machines)


def scrap_pct(replication: Replication) -> float | None:
    """Return in % the pieces that were scrapped, of all pieces of jobs that are over."""
    over = [job for job in replication.jobs if job.completed is not None or job.is_scrap]
    return _percent(sum(job.scrapped for job in over), sum(job.quantity for job in over))


def rework_pct(replication: Replication) -> float | None:
    """Return in % the attempts that were repetitions, of all attempts, piece by piece and step by step.

    With the rework probability p at every step it tends to p, for the mean visits of a piece are 1/(1 - p).
    """
    return _percent(
        sum(job.reworked for job in replication.jobs), sum(job.attempts for job in replication.jobs)
    )


def tardiness_mean(replication: Replication) -> float | None:
    """Return the mean of max(0, completed - due) in hours, of all jobs that were completed, late or not."""
    late = [tardiness for job in replication.jobs if (tardiness := tardiness_of(job)) is not None]
    return mean_of(late) if late else None


def _tardiness_from(cause: str) -> Callable[[Replication], float | None]:
    def count(replication: Replication) -> float | None:
        split = mean_split(replication.jobs)
        return None if split is None else float(getattr(split, cause))

    count.__doc__ = f"Return the part of the mean tardiness that is {cause}, in hours; see `attribution`."
    return count


def _fact(
    count: Callable[[Replication], float | None], label: str, unit: str, better: Better, digits: int = 1
) -> KpiFact:
    return KpiFact(name=count.__name__, label=label, unit=unit, better=better, digits=digits, count=count)


def _cause(cause: str, label: str) -> KpiFact:
    return KpiFact(
        name=f"tardiness_{cause}",
        label=label,
        unit="h",
        better=Better.DOWN,
        digits=1,
        count=_tardiness_from(cause),
    )


CAUSES: tuple[KpiFact, ...] = (
    _cause("queue", "Tardiness from queues"),
    _cause("setup", "Tardiness from setups"),
    _cause("failure", "Tardiness from failures"),
    _cause("process", "Tardiness from processing"),
)
"""The mean tardiness, split; they add up to it."""

HEADLINES: tuple[KpiFact, ...] = (
    _fact(otd_pct, "On-time delivery", "%", Better.UP),
    _fact(lead_time_mean, "Mean lead time", "h", Better.DOWN),
    _fact(lead_time_p90, "90 % of lead times within", "h", Better.DOWN),
    _fact(wip_mean, "Mean work in process", "jobs", Better.DOWN),
    _fact(throughput_per_hour, "Throughput", "jobs/h", Better.UP, 2),
    _fact(machine_utilisation_pct, "Machine utilisation", "%", Better.NEITHER),
    _fact(labour_utilisation_pct, "Labour utilisation", "%", Better.NEITHER),
    _fact(setup_hours, "Setup time", "h", Better.DOWN),
    _fact(scrap_pct, "Scrap", "%", Better.DOWN),
    _fact(rework_pct, "Rework", "%", Better.DOWN),
    _fact(tardiness_mean, "Mean tardiness", "h", Better.DOWN),
)
"""The rows of a KPI table, in their order."""

KPIS: Mapping[str, KpiFact] = {fact.name: fact for fact in (*HEADLINES, *CAUSES)}


def results_of(replications: Sequence[Replication]) -> Results:
    """Return all KPIs of each replication, and of all together with 95 % intervals.

    A replication in which a KPI had nothing to count is left out of its estimate.
    """
    counted = tuple(
        {name: fact.count(replication) for name, fact in KPIS.items()} for replication in replications
    )
    return Results(
        replications=counted,
        estimates={name: _estimate(one[name] for one in counted) for name in KPIS},
    )


def _estimate(values: Iterable[float | None]) -> Estimate | None:
    sample = [value for value in values if value is not None]
    return student(sample) if sample else None


def _percent(part: float, whole: float) -> float | None:
    share = _ratio(part, whole)
    return None if share is None else 100 * share


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
