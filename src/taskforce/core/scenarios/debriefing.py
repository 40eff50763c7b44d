"""Makes a debrief of a run, and of a baseline it is compared with."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from taskforce.core.errors import Invalid
from taskforce.core.scenarios.assuming import assumptions_of
from taskforce.core.scenarios.charts import charts_of
from taskforce.core.scenarios.debrief import Debrief, DebriefedRun, Link
from taskforce.core.scenarios.figures import counted, shortened
from taskforce.core.scenarios.findings import findings_of
from taskforce.core.scenarios.kpi_table import rows_of
from taskforce.core.scenarios.recommending import recommendation
from taskforce.core.scenarios.settings_compared import settings_of

_LONGEST_NAME = 48
_LONGEST_LINK = 32
_MOST_LINKS = 6


def debrief_of(
    run: DebriefedRun,
    baseline: DebriefedRun | None = None,
    *,
    links: Sequence[Link] = (),
    version: str,
) -> Debrief:
    """Return the page: the same input gives the same page to the letter.

    Raises:
        Invalid: a link that leads neither to http or https nor to a place beside the page, or more than
            six.
    """
    if len(links) > _MOST_LINKS:
        raise Invalid(f"A debrief has room for {_MOST_LINKS} links, and {len(links)} were given.")
    for link in links:
        if urlsplit(link.url).scheme not in {"", "http", "https"}:
            raise Invalid(f"The link {link.label} leads to none of http, https and a place beside the page.")
    rows = rows_of(run, baseline)
    return Debrief(
        title=f"Debrief: {shortened(run.summary.plant_name, _LONGEST_NAME)}",
        compared=_compared(run, baseline),
        has_baseline=baseline is not None,
        settings=settings_of(run.scenario, baseline.scenario if baseline else None),
        rows=rows,
        findings=findings_of(run, baseline, rows),
        recommendation=recommendation(run, baseline, rows),
        assumptions=assumptions_of(run, baseline, rows),
        charts=charts_of(run, baseline, rows),
        links=tuple(Link(label=shortened(link.label, _LONGEST_LINK), url=link.url) for link in links),
        source=_source(run, baseline, version=version),
    )


def _compared(run: DebriefedRun, baseline: DebriefedRun | None) -> str:
    told = f"Scenario {_name(run)} ({_size(run)})"
    return f"{told} against baseline {_name(baseline)} ({_size(baseline)})." if baseline else f"{told}."


def _name(run: DebriefedRun) -> str:
    name = shortened(run.scenario.name, _LONGEST_NAME)
    rules = f"{run.scenario.dispatch_rule} and {run.scenario.release_policy}"
    return f"“{name}”" if name else rules


def _size(run: DebriefedRun) -> str:
    jobs = counted(run.summary.jobs.arrived, "job")
    return f"{jobs} in {counted(len(run.summary.replications), 'replication')}, seed {run.scenario.seed}"


def _source(run: DebriefedRun, baseline: DebriefedRun | None, *, version: str) -> str:
    against = f", baseline {baseline.run_id}" if baseline else ""
    return f"Run {run.run_id}{against}, data {run.checksum[:12]}. Taskforce {version}."
