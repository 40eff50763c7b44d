"""The three charts of a debrief. Their numbers are those of its table, as it writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taskforce.core.scenarios.axes import Axis, axis, told
from taskforce.core.scenarios.debrief import DebriefedRun, KpiRow
from taskforce.core.scenarios.drawing import Box, Drawing, Label, Line, Mark
from taskforce.core.scenarios.figures import shortened
from taskforce.core.scenarios.findings import load_of, utilisation
from taskforce.core.scenarios.kpis import CAUSES

WIDTH, HEIGHT = 200.0, 150.0
BASELINE, SCENARIO = "#9aa5b1", "#1f5fa8"
_CAUSES: Mapping[str, str] = {
    "tardiness_process": "#7a9e7e",
    "tardiness_failure": "#c8434f",
    "tardiness_setup": "#eda33b",
    "tardiness_queue": "#4c78a8",
}
"""Colours, from the bottom of a column to its top."""
_GRID, _INK = "#dfe3e8", "#333333"
_TOP, _BOTTOM = 24.0, 126.0
_MOST_GROUPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    name: str
    colour: str
    run: DebriefedRun
    numbers: Mapping[str, str]
    """The KPIs as the table writes them."""


def charts_of(
    run: DebriefedRun, baseline: DebriefedRun | None, rows: Sequence[KpiRow]
) -> tuple[Drawing, ...]:
    """Return tardiness by cause, how lead times are spread, and the busiest groups of machines."""
    series = [
        _Series(
            name="Scenario",
            colour=SCENARIO,
            run=run,
            numbers={row.fact.name: row.scenario for row in rows},
        )
    ]
    if baseline:
        numbers = {row.fact.name: row.baseline for row in rows}
        series.insert(0, _Series(name="Baseline", colour=BASELINE, run=baseline, numbers=numbers))
    return _tardiness(series), _lead_times(series), _groups(series)


def _tardiness(series: Sequence[_Series]) -> Drawing:
    totals = [_mean(one, "tardiness_mean") for one in series]
    hours = axis(max(totals), start=_BOTTOM, end=_TOP + 8)
    marks = [*_heading("Mean tardiness by cause [h]"), *_across(hours, start=28, end=118)]
    width = 90 / len(series)
    for number, one in enumerate(series):
        x = 28 + width * number + width * 0.2
        below = 0.0
        for name, colour in _CAUSES.items():
            value = _mean(one, name)
            top, bottom = hours.at(below + value), hours.at(below)
            marks.append(Box(x=x, y=top, width=width * 0.6, height=bottom - top, fill=colour))
            below += value
        middle = x + width * 0.3
        total = one.numbers["tardiness_mean"]
        marks.append(Label(x=middle, y=hours.at(below) - 3, text=total, anchor="middle", is_bold=True))
        marks.append(Label(x=middle, y=_BOTTOM + 10, text=one.name, anchor="middle"))
    labels = {fact.name: fact.label.removeprefix("Tardiness from ") for fact in CAUSES}
    for place, (name, colour) in enumerate(reversed(tuple(_CAUSES.items()))):
        y = _TOP + 14 + 22 * place
        numbers = " \N{RIGHTWARDS ARROW} ".join(one.numbers[name] for one in series)
        marks += [
            Box(x=126, y=y - 6, width=7, height=7, fill=colour),
            Label(x=137, y=y, text=labels[name]),
            Label(x=137, y=y + 9, text=numbers, is_bold=True),
        ]
    return _drawing("Mean tardiness by cause, in hours", marks)


def _lead_times(series: Sequence[_Series]) -> Drawing:
    spreads = [one.run.summary.lead_time_percentiles for one in series]
    # The last percent of a long tail would press all others against the left.
    hours = axis(max((spread[99] for spread in spreads if spread), default=0.0), start=30, end=192)
    shares = Axis(ticks=(0.0, 25.0, 50.0, 75.0, 100.0), start=_BOTTOM, end=_TOP)
    marks = [*_heading("Jobs completed within a lead time [%]"), *_across(shares, start=30, end=192)]
    marks += [
        Label(x=hours.at(tick), y=_BOTTOM + 10, text=told(tick), anchor="middle") for tick in hours.ticks
    ]
    marks.append(Label(x=111, y=_BOTTOM + 20, text="Lead time [h]", anchor="middle"))
    marks.append(Line(points=((30, shares.at(90)), (192, shares.at(90))), stroke=_INK, is_dashed=True))
    for place, (one, spread) in enumerate(zip(series, spreads, strict=True)):
        if spread:
            points = tuple(
                (hours.at(value), shares.at(percent))
                for percent, value in enumerate(spread)
                if value <= hours.ticks[-1]
            )
            marks.append(Line(points=points, stroke=one.colour, width=1.6))
        y = _BOTTOM - 18 + 11 * place
        text = f"{one.name}: 90 % in {one.numbers['lead_time_p90']} h"
        marks += [
            Box(x=92, y=y - 7.5, width=102, height=10, fill="#ffffff"),
            Line(points=((94, y - 2.5), (102, y - 2.5)), stroke=one.colour, width=2.2),
            Label(x=105, y=y, text=text, size=6.5),
        ]
    return _drawing("Share of jobs completed within a lead time, in percent by hours", marks)


def _groups(series: Sequence[_Series]) -> Drawing:
    percents = Axis(ticks=(0.0, 25.0, 50.0, 75.0, 100.0), start=12, end=158)
    marks = _heading("Busiest machine groups, utilisation [%]")
    for tick in percents.ticks:
        x = percents.at(tick)
        marks.append(Line(points=((x, _TOP), (x, _BOTTOM)), stroke=_GRID))
        marks.append(Label(x=x, y=_BOTTOM + 10, text=told(tick), anchor="middle"))
    pitch = (_BOTTOM - _TOP) / _MOST_GROUPS
    for place, load in enumerate(series[-1].run.summary.groups[:_MOST_GROUPS]):
        y = _TOP + pitch * place + 8
        marks.append(Label(x=12, y=y - 1, text=shortened(load.machine_group_id, 30), size=6.5))
        for number, one in enumerate(series):
            found = load_of(one.run, load.machine_group_id)
            if found is None:
                continue
            top = y + 1.5 + 7 * number
            end = percents.at(min(found.utilisation_pct, 100.0))
            marks.append(Box(x=12, y=top, width=end - 12, height=6, fill=one.colour))
            marks.append(Label(x=end + 3, y=top + 5.4, text=utilisation(found), size=6.5))
    x = 12.0
    for one in series:
        marks += [
            Box(x=x, y=_BOTTOM + 14, width=7, height=7, fill=one.colour),
            Label(x=x + 10, y=_BOTTOM + 20, text=one.name),
        ]
        x += 60
    return _drawing("Utilisation of the busiest machine groups, in percent", marks)


def _heading(text: str) -> list[Mark]:
    return [Label(x=4, y=11, text=text, size=8, is_bold=True)]


def _across(values: Axis, *, start: float, end: float) -> list[Mark]:
    """Return the grid of a vertical axis, and its ticks."""
    marks: list[Mark] = []
    for tick in values.ticks:
        y = values.at(tick)
        stroke = _INK if tick == 0 else _GRID
        marks.append(Line(points=((start, y), (end, y)), stroke=stroke))
        marks.append(Label(x=start - 3, y=y + 2.5, text=told(tick), anchor="end"))
    return marks


def _drawing(title: str, marks: Sequence[Mark]) -> Drawing:
    return Drawing(width=WIDTH, height=HEIGHT, title=title, marks=tuple(marks))


def _mean(one: _Series, name: str) -> float:
    estimate = one.run.summary.estimates.get(name)
    return estimate.mean if estimate else 0.0
