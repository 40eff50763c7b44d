"""A debrief says the same in each of its forms, and nothing of somebody else's text becomes markup."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from taskforce.core.errors import Invalid
from taskforce.core.scenarios.debrief import Debrief, DebriefedRun, KpiRow, Link
from taskforce.core.scenarios.debrief_html import html
from taskforce.core.scenarios.debrief_markdown import markdown
from taskforce.core.scenarios.debriefing import debrief_of
from taskforce.core.scenarios.drawing import svg
from taskforce.core.scenarios.kpis import CAUSES, HEADLINES
from taskforce.core.scenarios.scenario import ScenarioConfig
from tests.unit.core.scenarios.debriefs import FASTER, a_debrief, a_hostile_debrief, a_run
from tests.unit.core.scenarios.outcomes import A_JOB, a_replication, replications


class Page(HTMLParser):
    """What a browser would make of it: its elements, and its tables as texts of cells."""

    def __init__(self, source: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(source.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def markdown_rows(source: bytes) -> list[list[str]]:
    return [
        [cell.strip().replace("\\", "") for cell in line.strip("|").split("|")]
        for line in source.decode().splitlines()
        if line.startswith("|")
    ]


def shown(row: KpiRow) -> list[str]:
    return [row.label, row.fact.unit, row.baseline, row.scenario, row.delta, row.interval, row.verdict]


def words_of(drawing: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - made here


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))


def test_tables_in_markdown_and_html_hold_the_same_numbers() -> None:
    page = a_debrief()
    expected = [shown(row) for row in page.rows]
    of_html, of_markdown = Page(html(page)).rows, markdown_rows(markdown(page))
    assert of_html[-len(expected) :] == expected
    assert [[cell.removeprefix("– ") for cell in row] for row in of_markdown[-len(expected) :]] == expected  # noqa: RUF001
    assert len(expected) == len(HEADLINES) + len(CAUSES)


def test_the_table_tells_the_estimates_rounded_and_their_difference() -> None:
    baseline, scenario = a_run(replications(5, slower=6.0)), a_run(replications(5), FASTER)
    row = debrief_of(scenario, baseline, version="1").row("lead_time_mean")
    before = baseline.summary.estimates["lead_time_mean"]
    now = scenario.summary.estimates["lead_time_mean"]
    assert before is not None
    assert now is not None
    assert (number(row.baseline), number(row.scenario)) == pytest.approx((before.mean, now.mean), abs=0.05)
    assert number(row.delta) == pytest.approx(-6.0)
    assert (row.verdict, row.interval) == ("better", f"{row.delta} to {row.delta}")


def test_charts_show_the_numbers_of_the_table() -> None:
    page = a_debrief()
    tardiness, spread, groups = (words_of(svg(chart)) for chart in page.charts)
    whole = page.row("tardiness_mean")
    assert {whole.baseline, whole.scenario} <= {*tardiness}
    for fact in CAUSES:
        row = page.row(fact.name)
        assert f"{row.baseline} \N{RIGHTWARDS ARROW} {row.scenario}" in tardiness
    p90 = page.row("lead_time_p90")
    assert f"Baseline: 90 % in {p90.baseline} h" in spread
    assert f"Scenario: 90 % in {p90.scenario} h" in spread
    assert any("92.0 %" in word for word in groups)
    assert "92.0 %" in page.findings[1].text


def test_columns_of_the_chart_are_as_high_as_their_numbers() -> None:
    page = a_debrief()
    root = ET.fromstring(svg(page.charts[0]))  # noqa: S314 - made here
    heights: dict[str, float] = {}
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        # Squares of the legend are as wide as they are high.
        if box.attrib["width"] != box.attrib["height"]:
            at = box.attrib["x"]
            heights[at] = heights.get(at, 0.0) + float(box.attrib["height"])
    row = page.row("tardiness_mean")
    baseline, scenario = heights.values()
    assert baseline / scenario == pytest.approx(number(row.baseline) / number(row.scenario), rel=0.01)


def test_numbers_in_findings_and_recommendation_are_those_of_the_table() -> None:
    page = a_debrief()
    told = {number for row in page.rows for number in (row.baseline, row.scenario, row.delta)}
    told |= {bound for row in page.rows for bound in row.interval.split(" to ")}
    change, bottleneck, lateness = page.findings
    for text in (change.text, lateness.text, page.recommendation.split(" Next,")[0]):
        assert numbers_in(text)
        assert {*numbers_in(text)} <= told
    assert bottleneck.title == "Bottleneck: Milling"


def numbers_in(text: str) -> list[str]:
    """All but the level of an interval, the zero it excludes, and a share."""
    rest = re.sub(r"95 % interval|excludes 0|or \d+ % come", "", text)
    return re.findall(r"[+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?", rest)


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    for page in (a_debrief(links=[Link(label="KPIs", url="../artifacts/1?x=1&y=2")]), a_hostile_debrief()):
        elements = Page(html(page)).elements
        tags = {tag for tag, _ in elements}
        assert not tags & {"script", "img", "iframe", "object", "embed", "link", "base", "form", "b1"}
        for tag, attributes in elements:
            assert not {name for name in attributes if name.startswith("on")}
            assert not {"src", "srcset", "data", "style", "xlink:href"} & attributes.keys()
            assert "href" not in attributes or tag == "a"
        style = html(page).decode().partition("<style>")[2].partition("</style>")[0]
        assert "url(" not in style
        assert "@import" not in style


def test_text_of_somebody_else_is_text_in_html_and_in_markdown() -> None:
    page = a_hostile_debrief()
    source = markdown(page).decode()
    assert "<script>alert" not in html(page).decode()
    assert not re.search(r"(?<!\\)<(?!https)", source)
    assert "](javascript" not in source
    assert "\x00" not in source
    assert "\u202e" not in source
    assert [len(row) for row in markdown_rows(source.replace("\\|", "").encode())].count(7) == 17


def test_charts_are_pictures_that_stand_alone() -> None:
    for chart in (*a_debrief().charts, *a_hostile_debrief().charts):
        root = ET.fromstring(svg(chart))  # noqa: S314 - made here
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == chart.title
        for element in root.iter():
            assert not any("href" in name for name in element.attrib)


def test_a_run_without_a_baseline_has_its_own_intervals() -> None:
    page = debrief_of(a_run(replications(5), FASTER), version="1")
    rows = Page(html(page)).rows
    row = page.row("lead_time_mean")
    assert [row.label, "h", row.scenario, row.interval] in rows
    assert [row.label, "h", row.scenario, row.interval] in markdown_rows(markdown(page))
    assert " to " in row.interval
    assert page.findings[0].title.endswith("on time")
    assert page.recommendation.startswith("Compare it with a baseline before deciding.")


def test_a_run_that_came_to_nothing_still_has_a_page() -> None:
    page = debrief_of(a_run([a_replication(machines=())]), version="1")
    assert [one.title for one in page.findings] == [
        "No job was completed",
        "No bottleneck",
        "No job was late",
    ]
    assert Page(html(page)).rows
    assert "No job was completed" in markdown(page).decode()


def test_one_page_holds_no_more_than_it_has_room_for() -> None:
    page = a_hostile_debrief()
    assert len(page.settings) <= 5
    assert len(page.title) <= 60
    assert page.settings[-1].label.endswith("more differ")
    assert len(page.assumptions) <= 7


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_link_that_leads_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="leads to none of http, https"):
        a_debrief(links=[Link(label="x", url=url)])


def test_more_links_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(Invalid, match="room for 6 links, and 7"):
        a_debrief(links=[Link(label="x", url="/x")] * 7)


def test_assumptions_say_how_chance_was_dealt_with() -> None:
    def chance(page: Debrief) -> str:
        return page.assumptions[1]

    once = replications(1)
    same, other = ScenarioConfig(seed=7), ScenarioConfig(seed=8)
    assert "share seed 7" in chance(a_debrief())
    welch = debrief_of(a_run(replications(3), other), a_run(replications(3), same), version="1")
    assert "Welch" in chance(welch)
    single = debrief_of(a_run(once), a_run(once, checksum="cd" * 32), version="1")
    assert chance(single).startswith("One replication has no interval")
    assert "different data" in chance(single)


def test_assumptions_say_how_many_jobs_have_no_lead_time() -> None:
    def at_the_end(under_way: int) -> DebriefedRun:
        jobs = [A_JOB._replace(completed=None, due=200.0)] * under_way
        return a_run([a_replication(*[A_JOB] * (8 - under_way), *jobs)])

    page = debrief_of(at_the_end(2), at_the_end(4), version="1")
    assert page.assumptions[-1] == (
        "2 of 8 jobs (25 %) were under way at the end, 50 % in the baseline; they have no lead time."
    )
    alone = debrief_of(at_the_end(2), version="1")
    assert alone.assumptions[-1] == "2 of 8 jobs (25 %) were under way at the end; they have no lead time."
