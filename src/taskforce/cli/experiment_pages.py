"""What experiments look like: their runs, each with the KPIs that one looks for first."""

from collections.abc import Sequence

from taskforce.application.scenarios.schemas import ExperimentRunView, ExperimentView
from taskforce.cli.flags import Flags
from taskforce.cli.render import Column, print_json, print_table
from taskforce.cli.terminal import say
from taskforce.core.scenarios.figures import figure
from taskforce.core.scenarios.kpis import KPIS


def _mean(name: str, run: ExperimentRunView) -> str:
    estimate = (run.kpis or {}).get(name)
    mean = estimate.get("mean") if isinstance(estimate, dict) else None
    return figure(mean if isinstance(mean, int | float) else None, KPIS[name].digits)


RUNS: Sequence[Column[ExperimentRunView]] = (
    Column(head="SCENARIO", show=lambda run: run.name, wraps=True),
    Column(head="SEED", show=lambda run: run.seed, whole=True),
    Column(head="STATUS", show=lambda run: run.status.value, whole=True),
    Column(head="OTD %", show=lambda run: _mean("otd_pct", run), whole=True),
    Column(head="LEAD H", show=lambda run: _mean("lead_time_mean", run), whole=True),
    Column(head="WIP", show=lambda run: _mean("wip_mean", run), whole=True),
    Column(head="JOBS/H", show=lambda run: _mean("throughput_per_hour", run), whole=True),
    Column(head="TARDY H", show=lambda run: _mean("tardiness_mean", run), whole=True),
    Column(head="RUN", show=lambda run: run.run_id, whole=True),
)


def print_experiment(view: ExperimentView, flags: Flags, *, as_json: bool) -> None:
    """Print an experiment's runs, and how it stands."""
    if as_json:
        print_json(view)
        return
    print_table(view.runs, RUNS, color=flags.color, now=None)
    done = sum(run.status.value == "completed" for run in view.runs)
    why = f": {view.message}" if view.status.value == "failed" else ""
    say(f"Experiment {view.experiment_id} {view.status.value}, {done} of {view.total} runs completed{why}")
