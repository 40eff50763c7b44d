"""The KPI table of a debrief: baseline, scenario, delta, and whether the delta can be chance."""

from collections.abc import Sequence

from taskforce.core.scenarios.comparison import Delta, compare
from taskforce.core.scenarios.debrief import DebriefedRun, KpiRow
from taskforce.core.scenarios.figures import digits_for, figure, signed
from taskforce.core.scenarios.kpis import CAUSES, HEADLINES, Better, KpiFact
from taskforce.core.scenarios.outcome import Estimate

PART = "of it from "
"""What the label of a cause of tardiness begins with."""
BETTER, WORSE, DIFFERENT, CHANCE, SAME = "better", "worse", "different", "within chance", "the same"


def share_draws(run: DebriefedRun, baseline: DebriefedRun) -> bool:
    """Tell whether two runs share their random numbers: those of one snapshot and one seed do."""
    return run.checksum == baseline.checksum and run.scenario.seed == baseline.scenario.seed


def rows_of(run: DebriefedRun, baseline: DebriefedRun | None) -> tuple[KpiRow, ...]:
    """Return the rows of all KPIs, the causes of tardiness below it."""
    changes = (
        compare(run.summary.results, baseline.summary.results, same_draws=share_draws(run, baseline))
        if baseline
        else {}
    )
    return tuple(
        _row(
            fact,
            run.summary.estimates.get(fact.name),
            before=baseline.summary.estimates.get(fact.name) if baseline else None,
            change=changes.get(fact.name),
            digits=_digits(fact, [run, *([baseline] if baseline else [])]),
        )
        for fact in (*HEADLINES, *CAUSES)
    )


def _digits(fact: KpiFact, runs: Sequence[DebriefedRun]) -> int:
    """Return the digits of a row; causes of tardiness have those of the whole, so that they add up."""
    whole = "tardiness_mean" if fact in CAUSES else fact.name
    estimates = [run.summary.estimates.get(whole) for run in runs]
    means = [estimate.mean for estimate in estimates if estimate]
    # Three figures of a percentage are promised by its unit, not by its size.
    return fact.digits if fact.unit == "%" else digits_for(means, least=fact.digits)


def _row(
    fact: KpiFact, now: Estimate | None, *, before: Estimate | None, change: Delta | None, digits: int
) -> KpiRow:
    bounds: Delta | Estimate | None = change or (None if before else now)
    show = signed if change else figure
    interval = ""
    if bounds is not None and bounds.low is not None:
        interval = f"{show(bounds.low, digits)} to {show(bounds.high, digits)}"
    return KpiRow(
        fact=fact,
        label=f"{PART}{_cause(fact)}" if fact in CAUSES else fact.label,
        baseline=figure(before.mean if before else None, digits),
        scenario=figure(now.mean if now else None, digits),
        delta=signed(change.mean, digits) if change else figure(None, digits),
        interval=interval,
        verdict=_verdict(fact, change),
        change=change,
    )


def _cause(fact: KpiFact) -> str:
    return fact.label.removeprefix("Tardiness from ")


def _verdict(fact: KpiFact, change: Delta | None) -> str:
    if change is None or change.low is None:
        return ""
    if change.low == change.high == 0:
        return SAME
    if not change.is_significant:
        return CHANCE
    if fact.better is Better.NEITHER:
        return DIFFERENT
    return BETTER if change.is_better else WORSE
