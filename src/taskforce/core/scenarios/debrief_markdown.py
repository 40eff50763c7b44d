"""A debrief as Markdown (CommonMark with tables, as GitHub reads it); its charts are in its table."""

import re
from collections.abc import Iterable

from taskforce.core.scenarios.debrief import Debrief, KpiRow
from taskforce.core.scenarios.kpi_table import PART

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|&~])")


def markdown(page: Debrief) -> bytes:
    """Return a debrief as Markdown in UTF-8; no word of it is taken for markup."""
    parts = [
        f"# {escaped(page.title)}",
        escaped(page.compared),
        _table(*_settings(page)),
        "## KPIs",
        _table(*_kpis(page)),
        "## Findings",
        _numbered(f"**{escaped(one.title)}.** {escaped(one.text)}" for one in page.findings),
        "## Recommendation",
        escaped(page.recommendation),
        "## Assumptions",
        "\n".join(f"- {escaped(sentence)}" for sentence in page.assumptions),
    ]
    if page.links:
        parts += [
            "## Links",
            "\n".join(f"- [{escaped(link.label)}](<{link.address}>)" for link in page.links),
        ]
    parts.append(f"*{escaped(page.source)}*")
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def escaped(text: str) -> str:
    """Return a text of which no letter is markup."""
    return _SPECIAL.sub(r"\\\1", text)


def _settings(page: Debrief) -> tuple[list[str], list[list[str]]]:
    if not page.has_baseline:
        return ["Setting", "Scenario"], [[one.label, one.scenario] for one in page.settings]
    rows = [[one.label, one.baseline, one.scenario] for one in page.settings]
    return ["Setting", "Baseline", "Scenario"], rows


def _kpis(page: Debrief) -> tuple[list[str], list[list[str]]]:
    if not page.has_baseline:
        return ["KPI", "Unit", "Scenario", "95 % interval"], [
            [_label(row), row.fact.unit, row.scenario, row.interval] for row in page.rows
        ]
    return ["KPI", "Unit", "Baseline", "Scenario", "Delta", "95 % interval of delta", "Verdict"], [
        [_label(row), row.fact.unit, row.baseline, row.scenario, row.delta, row.interval, row.verdict]
        for row in page.rows
    ]


def _label(row: KpiRow) -> str:
    return f"– {row.label}" if row.label.startswith(PART) else row.label  # noqa: RUF001 - it is a dash


def _table(header: list[str], rows: list[list[str]]) -> str:
    numbers = {"Baseline", "Scenario", "Delta"} if "KPI" in header else set[str]()
    rule = [" ---: " if title in numbers else " --- " for title in header]
    lines = [f"|{'|'.join(rule)}|"]
    lines.insert(0, f"| {' | '.join(header)} |")
    return "\n".join([*lines, *(f"| {' | '.join(map(escaped, row))} |" for row in rows)])


def _numbered(sentences: Iterable[str]) -> str:
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))
