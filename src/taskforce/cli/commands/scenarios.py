"""`taskforce scenarios`: plants' data, and what is simulated on it."""

from pathlib import Path
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.scenarios.schemas import (
    ONE_PAGE,
    GetScenarioRun,
    ListScenarioRuns,
    RunStatusesView,
    RunStatusView,
)
from taskforce.cli.commands import experiments
from taskforce.cli.debriefing import write_debrief
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.errors import FAILED
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.importing import looked_at, taken_in
from taskforce.cli.manner import Manner
from taskforce.cli.scenario_pages import show_report, show_run, show_runs, show_snapshot
from taskforce.cli.simulation_results import show_results

app = group("Import plants, show what was simulated on them, compare, write debriefs.")
app.add_typer(experiments.app, name="experiments")

Plant = Annotated[
    Path, typer.Argument(metavar="PLANT", help="A folder of CSV files (plant.csv, …), or a zip of one.")
]

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
Baseline = Annotated[
    str | None, typer.Option("--baseline", metavar="RUN", help="The run that it is compared with.")
]


@app.command("import", no_args_is_help=True)
def commit(
    ctx: typer.Context,
    plant: Plant,
    *,
    check: Annotated[bool, typer.Option("--check", help="Tell every problem, and import nothing.")] = False,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Import a plant's data as the project's newest snapshot; the same data is the same snapshot."""
    if check:
        validate(ctx, plant, as_json=as_json)
    made = ask(ctx, lambda door: taken_in(door, plant, key=idempotency_key, quiet=as_json))
    show_snapshot(made, flags_of(ctx), as_json=as_json)


@app.command("check", no_args_is_help=True)
def validate(ctx: typer.Context, plant: Plant, *, as_json: AsJson = False) -> None:
    """Look at a plant's data, and tell every problem at once."""
    found = ask(ctx, lambda door: looked_at(door, plant))
    show_report(found, flags_of(ctx), as_json=as_json)
    raise typer.Exit(0 if found.answer.valid else FAILED)


@app.command("runs")
def list_runs(ctx: typer.Context, *, limit: Limit = 20, offset: Offset = 0, as_json: AsJson = False) -> None:
    """List a project's runs, newest first."""
    found = ask(ctx, lambda door: _listed(door, limit=limit, offset=offset))
    show_runs(found, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, run_id: RunId, *, as_json: AsJson = False) -> None:
    """Show how a run stands."""
    found = ask(ctx, lambda door: door.scenario_runs.get(door.principal, _asked(door, run_id)))
    show_run(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def results(
    ctx: typer.Context,
    run_id: RunId,
    *,
    baseline: Baseline = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write KPIs, timeline and pictures there.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a run came to."""
    show_results(ctx, run_id, baseline=baseline, out=out, as_json=as_json)


@app.command(no_args_is_help=True)
def cancel(ctx: typer.Context, run_id: RunId, *, as_json: AsJson = False) -> None:
    """Cancel a run; one that is over stays as it is."""
    found = ask(ctx, lambda door: _cancelled(door, run_id))
    show_run(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def debrief(
    ctx: typer.Context,
    run_id: RunId,
    *,
    baseline_run_id: Baseline = None,
    template_id: Annotated[str, typer.Option("--template", metavar="NAME", help="How it looks.")] = ONE_PAGE,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there: .md, .html or .pdf.")
    ] = None,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Write a page on a run, and what it changes against another one."""
    given = {"run_id": run_id, "baseline_run_id": baseline_run_id, "template_id": template_id}
    manner = Manner(as_json=as_json, background=background)
    write_debrief(ctx, given, key=idempotency_key, out=out, manner=manner)


def _asked(door: Door, run_id: str) -> GetScenarioRun:
    return checked(GetScenarioRun, project_id=door.principal.project, run_id=run_id)


async def _listed(door: Door, *, limit: int, offset: int) -> RunStatusesView:
    asked = checked(ListScenarioRuns, project_id=door.principal.project, limit=limit, offset=offset)
    return RunStatusesView.of(await door.scenario_runs.list(door.principal, asked), asked)


async def _cancelled(door: Door, run_id: str) -> RunStatusView:
    await door.scenario_runs.cancel(door.principal, _asked(door, run_id))
    return await door.scenario_runs.get(door.principal, _asked(door, run_id))
