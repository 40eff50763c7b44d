"""The Gantt chart of a run, by matplotlib."""

from collections import defaultdict

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from taskforce.core.scenarios.figures import shortened
from taskforce.core.scenarios.gantt import FAILED, SETUP, Bar, Gantt, gantt_of
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Plant
from taskforce.infrastructure.scenarios.svg_figure import plain_style, svg_bytes

_FAMILIES = ("#4c78a8", "#72b7b2", "#7a9e7e", "#b279a2", "#9d755d", "#e0b33b", "#5b5ea6", "#8cb4d5")
_OTHERS = "#9aa5b1"
_FIXED = {SETUP: "#3e4c59", FAILED: "#c8434f"}
_NAMES = {SETUP: "Setup", FAILED: "Failed"}
_LONGEST_NAME = 24
_FILLED = 0.8
"""Of a row's height."""
_MANY = 500
"""Bars so many are too narrow for an edge."""


def gantt(plant: Plant, replication: Replication) -> bytes:
    """Return the chart of a replication as SVG."""
    chart = gantt_of(plant, replication)
    with plain_style():
        height = 1.7 + 0.26 * len(chart.machines)
        figure = Figure(figsize=(11, height))
        axes = figure.add_axes((0.15, 0.85 / height, 0.83, 1 - 1.3 / height))
        _draw(axes, chart)
        _write(axes, chart, plant)
        return svg_bytes(figure)


def _draw(axes: Axes, chart: Gantt) -> None:
    colours = _colours(chart)
    corners = defaultdict(list)
    for bar in chart.bars:
        corners[bar.kind].append(_corners(bar, places=chart.machines[bar.row].capacity))
    # Failures go over what waits under them.
    edge = 0.3 if len(chart.bars) < _MANY else 0.0
    for kind in sorted(corners, key=lambda kind: (kind == FAILED, kind)):
        axes.add_collection(
            PolyCollection(
                corners[kind],
                facecolors=colours[kind],
                edgecolors="white" if edge else "none",
                linewidths=edge,
            )
        )
    shown = {
        _NAMES.get(kind, shortened(kind.removeprefix("family:"), _LONGEST_NAME)): colour
        for kind, colour in colours.items()
        if colour != _OTHERS
    }
    if _OTHERS in colours.values():
        shown["Other families"] = _OTHERS
    axes.legend(
        handles=[Patch(facecolor=colour, label=name) for name, colour in shown.items()],
        loc="upper center",
        bbox_to_anchor=(0.45, -0.42 / (0.26 * len(chart.machines) + 0.4)),
        ncols=6,
        frameon=False,
        handlelength=1,
    )


def _write(axes: Axes, chart: Gantt, plant: Plant) -> None:
    axes.set_xlim(chart.start, max(chart.end, chart.start + 1e-6))
    axes.set_ylim(len(chart.machines) - 0.5, -0.5)
    names = [shortened(machine.name or machine.machine_id, _LONGEST_NAME) for machine in chart.machines]
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False, axis="y")
    epoch = f"{plant.epoch:%Y-%m-%d %H:%M}, by the plant's clock" if plant.epoch else "the plant's epoch"
    axes.set_xlabel(f"Hours since {epoch}")
    note = f" ({chart.note})" if chart.note else ""
    axes.set_title(f"What machines did, first replication{note}")
    axes.set_ylabel("Machine")
    axes.yaxis.set_label_coords(-0.15, 0.5)


def _colours(chart: Gantt) -> dict[str, str]:
    families = sorted({bar.kind for bar in chart.bars} - _FIXED.keys())
    of_families = {
        kind: _FAMILIES[number] if number < len(_FAMILIES) else _OTHERS
        for number, kind in enumerate(families)
    }
    return of_families | _FIXED


def _corners(bar: Bar, *, places: int) -> list[tuple[float, float]]:
    part = _FILLED / places
    top = bar.row - _FILLED / 2 + (0.0 if bar.kind == FAILED else part * min(bar.lane, places - 1))
    bottom = top + (_FILLED if bar.kind == FAILED else part)
    return [(bar.start, top), (bar.end, top), (bar.end, bottom), (bar.start, bottom)]
