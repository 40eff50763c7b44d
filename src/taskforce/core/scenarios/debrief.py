"""A debrief: what a page says of a run and its baseline, before it is Markdown, HTML or PDF."""

from dataclasses import dataclass
from urllib.parse import quote

from taskforce.core.scenarios.comparison import Delta
from taskforce.core.scenarios.drawing import Drawing
from taskforce.core.scenarios.kpis import KpiFact
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class DebriefedRun:
    """A run as a debrief takes it."""

    run_id: str
    scenario: ScenarioConfig
    checksum: str
    """Of the snapshot it was simulated on."""
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where more is to be found: an address of http or https, or one relative to the page."""

    label: str
    url: str

    @property
    def address(self) -> str:
        """Return the address with every letter quoted that has no place in one (RFC 3986)."""
        return quote(self.url, safe="/:?#[]@!$&'()*+,;=%", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting of both runs; the baseline's is empty where there is none."""

    label: str
    baseline: str
    scenario: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiRow:
    """A row of the KPI table: its numbers as they are shown, in the unit of the KPI."""

    fact: KpiFact
    label: str
    baseline: str
    scenario: str
    delta: str
    interval: str
    """Of the delta, or of the scenario's mean where there is no baseline."""
    verdict: str
    change: Delta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fact worth telling, in a few words, and the sentence with its numbers."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Debrief:
    """One page."""

    title: str
    compared: str
    """What was compared, in a sentence."""
    has_baseline: bool
    settings: tuple[Setting, ...]
    rows: tuple[KpiRow, ...]
    findings: tuple[Finding, ...]
    recommendation: str
    assumptions: tuple[str, ...]
    charts: tuple[Drawing, ...]
    links: tuple[Link, ...]
    source: str
    """Run ids, snapshot and version: what makes the page again."""

    def row(self, name: str) -> KpiRow:
        """Return the row of a KPI."""
        return next(row for row in self.rows if row.fact.name == name)
