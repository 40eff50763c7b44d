"""What is drawn and printed, told by its SHA-256: the same in whatever process."""

import hashlib
from collections.abc import Callable

from taskforce.core.scenarios.debrief_html import html
from taskforce.core.scenarios.debrief_markdown import markdown
from taskforce.core.scenarios.exports import kpis_csv, kpis_json
from taskforce.core.scenarios.summary import summary_of
from taskforce.core.scenarios.timeline import timeline_csv
from taskforce.infrastructure.scenarios.on_demand import gantt, lead_times, pdf
from tests.unit.core.scenarios.debriefs import a_debrief
from tests.unit.core.scenarios.outcomes import a_plant, entries_of, replications

MADE: dict[str, Callable[[], bytes]] = {
    "gantt.svg": lambda: gantt(a_plant(), replications(1)[0]),
    "lead_times.svg": lambda: lead_times(replications(3)),
    "debrief.pdf": lambda: pdf(a_debrief()),
    "debrief.html": lambda: html(a_debrief()),
    "debrief.md": lambda: markdown(a_debrief()),
    "kpis.json": lambda: kpis_json(summary_of(a_plant(), replications(3))),
    "kpis.csv": lambda: kpis_csv(summary_of(a_plant(), replications(3))),
    "timeline.csv": lambda: timeline_csv(entries_of(5)),
}


def digests() -> list[str]:
    """The name and the SHA-256 of each."""
    return [f"{name} {hashlib.sha256(make()).hexdigest()}" for name, make in MADE.items()]
