"""What a debrief recommends: a rule on what changed beyond chance, written so that one can disagree."""

from collections.abc import Sequence
from math import ceil

from taskforce.core.scenarios.debrief import DebriefedRun, KpiRow
from taskforce.core.scenarios.figures import counted, listed
from taskforce.core.scenarios.findings import biggest, group_name, utilisation

DECIDING = ("otd_pct", "tardiness_mean", "lead_time_mean", "throughput_per_hour")
"""What decides: adopt if one of them is better beyond chance and none is worse."""
ENOUGH_REPLICATIONS = 10
MOST_REPLICATIONS = 1_000


def recommendation(run: DebriefedRun, baseline: DebriefedRun | None, rows: Sequence[KpiRow]) -> str:
    """Return what to do, and what to look at next."""
    verdict = _verdict(run, baseline, rows) if baseline else "Compare it with a baseline before deciding."
    busiest = next(iter(run.summary.groups), None)
    if busiest is None or not busiest.utilisation_pct:
        return verdict
    return f"{verdict} Next, look at {group_name(busiest)}: at {utilisation(busiest)} it sets the pace."


def _verdict(run: DebriefedRun, baseline: DebriefedRun, rows: Sequence[KpiRow]) -> str:
    by_name = {row.fact.name: row for row in rows}
    sure = [
        (row, row.change)
        for row in map(by_name.__getitem__, DECIDING)
        if row.change is not None and row.change.is_significant
    ]
    better = [_named(row) for row, change in sure if change.is_better]
    worse = [_named(row) for row, change in sure if change.is_worse]
    if better and worse:
        return f"Weigh one against the other: better in {listed(better)}, worse in {listed(worse)}."
    if better:
        return f"Adopt the scenario: better in {listed(better)}, and worse in none of the KPIs that decide."
    if worse:
        return f"Keep the baseline: worse in {listed(worse)}, and better in none of the KPIs that decide."
    return _undecided(
        biggest(run, baseline, by_name, names=DECIDING), replications=len(run.summary.replications)
    )


def _undecided(row: KpiRow | None, *, replications: int) -> str:
    if row is None or row.change is None or row.change.high is None or not row.change.mean:
        if replications > 1:
            return "Keep the baseline: nothing that decides has changed."
        return (
            f"Do not decide yet: simulate both with {ENOUGH_REPLICATIONS} replications or more and one seed."
        )
    half = row.change.high - row.change.mean
    needed = ceil(replications * (half / abs(row.change.mean)) ** 2)
    if needed > MOST_REPLICATIONS:
        return "Keep the baseline: what changed is too little to be told from chance."
    return (
        "Do not decide yet: nothing that decides changed beyond chance. About "
        f"{counted(max(needed, replications + 1), 'replication')} would tell whether {row.label.lower()} did."
    )


def _named(row: KpiRow) -> str:
    return f"{row.label.lower()} ({row.delta} {'points' if row.fact.unit == '%' else row.fact.unit})"
