"""The three findings of a debrief, each computed and with its number."""

from collections.abc import Mapping, Sequence

from taskforce.core.scenarios.debrief import DebriefedRun, Finding, KpiRow
from taskforce.core.scenarios.figures import counted, figure, percent, shortened
from taskforce.core.scenarios.kpis import CAUSES
from taskforce.core.scenarios.outcome import Estimate
from taskforce.core.scenarios.summary import GroupLoad

OUTCOMES = ("otd_pct", "tardiness_mean", "lead_time_mean", "lead_time_p90", "throughput_per_hour", "wip_mean")
"""The KPIs that a customer or a purse feels; of those the biggest change is told."""
LONGEST_NAME = 40


def findings_of(
    run: DebriefedRun, baseline: DebriefedRun | None, rows: Sequence[KpiRow]
) -> tuple[Finding, ...]:
    """Return what changed most, or how it stands; then the bottleneck; then what jobs were late from."""
    by_name = {row.fact.name: row for row in rows}
    first = _change(run, baseline, by_name) if baseline else _standing(run, by_name)
    return first, _bottleneck(run, baseline), _lateness(run, baseline, by_name)


def biggest(
    run: DebriefedRun,
    baseline: DebriefedRun,
    by_name: Mapping[str, KpiRow],
    *,
    names: Sequence[str] = OUTCOMES,
) -> KpiRow | None:
    """Return the row that changed most, one that changed beyond chance before all others.

    A change is measured by the greater of both means, so that one from nothing or to nothing is whole.
    """
    rows = [by_name[name] for name in names if by_name[name].change is not None]

    def size(row: KpiRow) -> tuple[bool, float]:
        greatest = max(abs(_mean(one.summary.estimates.get(row.fact.name)) or 0.0) for one in (run, baseline))
        change = row.change
        if change is None or not greatest:
            return False, 0.0
        return change.is_significant, abs(change.mean) / greatest

    return max(rows, key=size, default=None)


def with_unit(number: str, row: KpiRow) -> str:
    """Return a number of a row with its unit; a difference of percentages is one of points."""
    unit = "points" if row.fact.unit == "%" and number == row.delta else row.fact.unit
    return f"{number} {unit}"


def _change(run: DebriefedRun, baseline: DebriefedRun, by_name: Mapping[str, KpiRow]) -> Finding:
    row = biggest(run, baseline, by_name)
    if row is None or row.change is None:
        return Finding(
            title="Nothing to compare",
            text="In one of both runs no job was completed: the horizon is too short for a lead time.",
        )
    text = (
        f"{row.label} went from {with_unit(row.baseline, row)} to {with_unit(row.scenario, row)}: "
        f"{with_unit(row.delta, row)}"
    )
    if not row.interval:
        return Finding(title=f"Largest change: {row.label.lower()}", text=f"{text}, of one replication.")
    if not row.change.mean and not row.change.is_significant:
        return Finding(title="No KPI changed", text=f"{text}.")
    sure = "excludes 0" if row.change.is_significant else "includes 0, so it may be chance"
    title = (
        "Largest change beyond chance"
        if row.change.is_significant
        else "No change beyond chance; the largest"
    )
    return Finding(
        title=f"{title}: {row.label.lower()}", text=f"{text}; its 95 % interval, {row.interval}, {sure}."
    )


def _standing(run: DebriefedRun, by_name: Mapping[str, KpiRow]) -> Finding:
    row, lead = by_name["otd_pct"], by_name["lead_time_p90"]
    jobs = run.summary.jobs
    if not jobs.completed:
        return Finding(
            title="No job was completed",
            text=f"Of {counted(jobs.arrived, 'job')} none was completed. Simulate a longer horizon.",
        )
    return Finding(
        title=f"{with_unit(row.scenario, row)} on time",
        text=f"{jobs.completed:,} of {counted(jobs.arrived, 'job')} were completed, "
        f"90 % of these within {with_unit(lead.scenario, lead)}.",
    )


def _bottleneck(run: DebriefedRun, baseline: DebriefedRun | None) -> Finding:
    loads = run.summary.groups
    if not loads or not loads[0].utilisation_pct:
        return Finding(title="No bottleneck", text="No machine worked in the measured time: 0 % utilisation.")
    first = loads[0]
    name = group_name(first)
    machines = "machine was" if first.machines == 1 else f"{first.machines:,} machines were"
    text = (
        f"Its {machines} busy {utilisation(first)} of the time (setups {figure(first.setup_pct, 1)} %) "
        f"and down {figure(first.failed_pct, 1)} %"
    )
    before = load_of(baseline, first.machine_group_id) if baseline else None
    if before:
        text += f"; in the baseline busy {utilisation(before)}"
    if len(loads) > 1:
        text += f". Next is {group_name(loads[1])} with {utilisation(loads[1])}"
    return Finding(title=f"Bottleneck: {name}", text=f"{text}.")


def _lateness(run: DebriefedRun, baseline: DebriefedRun | None, by_name: Mapping[str, KpiRow]) -> Finding:
    whole = by_name["tardiness_mean"]
    total = _mean(run.summary.estimates.get("tardiness_mean"))
    if not total:
        return Finding(
            title="No job was late",
            text=f"{counted(run.summary.jobs.completed, 'job')} completed, 0 of them late.",
        )
    parts = {fact.name: _mean(run.summary.estimates.get(fact.name)) or 0.0 for fact in CAUSES}
    name = max(parts, key=lambda name: parts[name])
    row = by_name[name]
    cause = row.fact.label.removeprefix("Tardiness from ")
    text = (
        f"Of the mean tardiness of {with_unit(whole.scenario, whole)}, "
        f"{with_unit(row.scenario, row)} or {percent(parts[name], total)} come from {cause}"
    )
    if baseline:
        text += f"; in the baseline {row.baseline} of {with_unit(whole.baseline, whole)}"
    return Finding(title=f"Jobs are late mostly from {cause}", text=f"{text}.")


def group_name(load: GroupLoad) -> str:
    """Return a group's name as it fits on a page."""
    return shortened(load.machine_group_id, LONGEST_NAME)


def utilisation(load: GroupLoad) -> str:
    """Return how busy a group is, as it is shown."""
    return f"{figure(load.utilisation_pct, 1)} %"


def load_of(run: DebriefedRun, group: str) -> GroupLoad | None:
    """Return how busy a group was in another run, if it is there."""
    return next((load for load in run.summary.groups if load.machine_group_id == group), None)


def _mean(estimate: Estimate | None) -> float | None:
    return estimate.mean if estimate else None
