"""The histogram of lead times of a run, by matplotlib; its mean and its 90 % are the KPIs."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from taskforce.core.scenarios.figures import counted, digits_for, figure
from taskforce.core.scenarios.kpis import KPIS, results_of
from taskforce.core.scenarios.lead_times import histogram, lead_times_of
from taskforce.core.scenarios.outcome import Replication
from taskforce.infrastructure.scenarios.svg_figure import plain_style, svg_bytes

_LINES = {"lead_time_mean": ("mean", "#12304f"), "lead_time_p90": ("90 % within", "#c8434f")}


def lead_times(replications: Sequence[Replication]) -> bytes:
    """Return the histogram of all replications' jobs as SVG; without a completed job it says so."""
    times = sorted(time for replication in replications for time in lead_times_of(replication))
    bins = histogram(times)
    with plain_style():
        drawn = Figure(figsize=(7, 3.6))
        axes = drawn.add_axes((0.1, 0.15, 0.87, 0.73))
        size = f"{counted(len(times), 'job')}, {counted(len(replications), 'replication')}"
        axes.set_title(f"Lead times ({size})")
        axes.set_xlabel("Lead time [h]")
        axes.set_ylabel("Jobs")
        if bins is None:
            axes.text(0.5, 0.5, "No job was completed.", transform=axes.transAxes, ha="center")
            return svg_bytes(drawn)
        starts = [bins.start + bins.width * number for number in range(len(bins.counts))]
        axes.bar(
            starts,
            bins.counts,
            width=bins.width,
            align="edge",
            color="#4c78a8",
            edgecolor="white",
            linewidth=0.4,
        )
        for name, value in _marks(replications).items():
            label, colour = _LINES[name]
            text = figure(value, digits_for([value], least=KPIS[name].digits))
            axes.axvline(value, color=colour, linestyle="--", linewidth=1.2, label=f"{label} {text} h")
        axes.legend(loc="upper right", frameon=False)
        return svg_bytes(drawn)


def _marks(replications: Sequence[Replication]) -> dict[str, float]:
    estimates = results_of(replications).estimates
    return {name: estimate.mean for name in _LINES if (estimate := estimates[name])}
