"""`taskforce pipelines`: the use cases of runs."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.schemas import (
    CancelRun,
    CreatedRunView,
    GetRun,
    ListRuns,
    RerunRun,
    RunsView,
    RunView,
)
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, Limit, Offset, Stream, Verbose
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.run_logs import Wanted, show_logs
from taskforce.cli.run_pages import show_run, show_runs
from taskforce.cli.run_playing import place_of, play_run

app = group("Show runs of pipelines and their logs, cancel them, play them again.")

RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]


@app.command("list")
def list_runs(
    ctx: typer.Context,
    repository: Annotated[
        str, typer.Argument(metavar="REPO", help="Its name, or a working folder; default: here.")
    ] = ".",
    *,
    branch: Annotated[str | None, typer.Option(metavar="NAME", help="Only runs of this branch.")] = None,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help="Only runs of this status: pending, running, success, failed, cancelled.",
        ),
    ] = None,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List a repository's runs, newest first."""
    given = {"repository": place_of(repository), "branch": branch, "status": status}
    found = ask(ctx, lambda door: _listed(door, {**given, "limit": limit, "offset": offset}))
    show_runs(found, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, run_id: RunId, *, as_json: AsJson = False) -> None:
    """Show a run with its phases, tasks and steps."""
    found = ask(ctx, lambda door: door.runs.get(door.principal, checked(GetRun, run_id=run_id)))
    show_run(found, as_json=as_json)


@app.command(no_args_is_help=True)
def logs(
    ctx: typer.Context,
    run_id: RunId,
    phase: Annotated[
        str | None,
        typer.Argument(
            metavar="PHASE", help="Its phase; left out: the logs of all steps, those that failed last."
        ),
    ] = None,
    project_name: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Its project; left out: all of the phase.")
    ] = None,
    step: Annotated[
        str | None, typer.Argument(metavar="STEP", help="Its name; left out: all of the project.")
    ] = None,
    *,
    failed: Annotated[bool, typer.Option("--failed", help="Only of steps that failed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a step has printed."""
    wanted = Wanted(run_id=run_id, phase=phase, project=project_name, step=step, failed=failed)
    show_logs(ctx, wanted, as_json=as_json)


@app.command(no_args_is_help=True)
def cancel(ctx: typer.Context, run_id: RunId, *, as_json: AsJson = False) -> None:
    """Cancel a run that is not over; one that was cancelled stays so."""
    found = ask(ctx, lambda door: _cancelled(door, run_id))
    show_run(found, as_json=as_json)


@app.command(no_args_is_help=True)
def rerun(
    ctx: typer.Context,
    run_id: RunId,
    *,
    failed: Annotated[
        bool, typer.Option("--failed", help="Keep the tasks that succeeded, play the others.")
    ] = False,
    stream: Stream = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Play an ended run's commit again, whole or without the tasks that succeeded."""
    manner = Manner(as_json=as_json, stream=stream, background=background, verbose=verbose)
    words = {"run_id": run_id, "failed": failed}
    play_run(ctx, lambda door: _again(door, words, idempotency_key), manner)


async def _listed(door: Door, given: Mapping[str, object]) -> RunsView:
    request = checked(ListRuns, **given)
    return RunsView.of(await door.runs.list(door.principal, request), request)


async def _cancelled(door: Door, run_id: str) -> RunView:
    await door.runs.cancel(door.principal, checked(CancelRun, run_id=run_id))
    return await door.runs.get(door.principal, checked(GetRun, run_id=run_id))


async def _again(door: Door, words: Mapping[str, object], key: str | None) -> CreatedRunView:
    return await door.runs.rerun(door.principal, checked(RerunRun, **words), key=key)
