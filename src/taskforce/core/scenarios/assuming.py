"""What a debrief assumes: each sentence one that somebody who defends the page has to know."""

from taskforce.core.scenarios.comparison import Method
from taskforce.core.scenarios.debrief import DebriefedRun, KpiRow
from taskforce.core.scenarios.figures import counted, listed, percent
from taskforce.core.scenarios.kpi_table import share_draws
from taskforce.core.scenarios.scenario import ProcessTimes, ScenarioConfig

_SWITCHES = {
    "failures": "failures",
    "quality": "scrap and rework",
    "setups": "setups",
    "calendars": "calendars",
    "operators": "operators",
}
_SPREAD = {
    ProcessTimes.LOGNORMAL: "lognormal with the mean and sigma of the data",
    ProcessTimes.EXPONENTIAL: "exponential around the means of the data",
    ProcessTimes.CONSTANT: "constant at the means of the data",
}
_DECIDING = "On-time delivery, tardiness, mean lead time and throughput decide; the other KPIs explain."


def assumptions_of(
    run: DebriefedRun, baseline: DebriefedRun | None, rows: tuple[KpiRow, ...]
) -> tuple[str, ...]:
    """Return the assumptions, those of time and chance first."""
    return tuple(
        sentence
        for sentence in (
            _length(run.scenario),
            _chance(run, baseline, rows),
            _spread(run.scenario),
            _DECIDING if baseline else "",
            "A job is a row of demand and moves as one lot; between machines it takes no time.",
            "Tardiness is split by what the lead time of a late job was spent on.",
            _unfinished(run, baseline),
        )
        if sentence
    )


def _length(scenario: ScenarioConfig) -> str:
    span = "until all demand is done" if scenario.horizon is None else f"{scenario.horizon:,g} h"
    warm_up = f", of which the first {scenario.warm_up:,g} h are not counted" if scenario.warm_up else ""
    return f"{counted(scenario.replications, 'replication')} of the scenario, each {span}{warm_up}."


def _chance(run: DebriefedRun, baseline: DebriefedRun | None, rows: tuple[KpiRow, ...]) -> str:
    level = "Intervals are those of means at 95 % confidence, each KPI by itself"
    if baseline is None:
        return "" if len(run.summary.replications) <= 1 else f"{level} (Student's t)."
    level = f"{level}; deltas are taken before rounding"
    plants = (
        "" if run.checksum == baseline.checksum else " The two runs simulate different data of the plant."
    )
    methods = {row.change.method for row in rows if row.change}
    if Method.PAIRED in methods:
        return f"{level}. Both share seed {run.scenario.seed} and so their chance: replications are paired."
    if Method.WELCH in methods:
        why = "replications" if share_draws(run, baseline) else "chance"
        return f"{level}. The runs do not share their {why}: intervals are Welch's.{plants}"
    return f"One replication has no interval: a difference may be chance.{plants}"


def _spread(scenario: ScenarioConfig) -> str:
    times = f"Process times are {_SPREAD[scenario.process_times]}"
    off = [word for field, word in _SWITCHES.items() if not getattr(scenario, field)]
    return f"{times}; switched off: {listed(off)}." if off else f"{times}; nothing is switched off."


def _unfinished(run: DebriefedRun, baseline: DebriefedRun | None) -> str:
    jobs = run.summary.jobs
    if not jobs.under_way:
        return ""
    text = (
        f"{jobs.under_way:,} of {counted(jobs.arrived, 'job')} ({percent(jobs.under_way, jobs.arrived)}) "
        "were under way at the end"
    )
    if baseline:
        others = baseline.summary.jobs
        text += f", {percent(others.under_way, others.arrived)} in the baseline"
    return f"{text}; they have no lead time."
