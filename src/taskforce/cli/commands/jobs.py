"""`taskforce jobs`: the use cases of jobs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import (
    ArtifactView,
    CancelJob,
    GetJob,
    ItemsView,
    JobView,
    ListJobs,
    ListView,
    RetryJob,
)
from taskforce.cli.artifacts import fetch
from taskforce.cli.commands.prune import prune
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, Background, IdempotencyKey, JobId, Limit, Offset, Stream, Verbose
from taskforce.cli.groups import group
from taskforce.cli.manner import Manner
from taskforce.cli.pages import show_artifacts, show_job, show_jobs
from taskforce.cli.stream import play
from taskforce.cli.stream import watch as follow

app = group("Show, watch, cancel, retry and prune jobs; fetch what they kept.")


@app.command("list")
def list_jobs(
    ctx: typer.Context,
    *,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help="Only jobs of this status: queued, running, waiting, succeeded, failed, cancelled.",
        ),
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only jobs of this kind.")] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only jobs about this, such as session/ID.")
    ] = None,
    dead: Annotated[
        bool,
        typer.Option("--dead", help="Only jobs that were given up: three workers in a row died on them."),
    ] = False,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List jobs, newest first."""
    part = {"limit": limit, "offset": offset}
    given = {"status": status, "kind": kind, "subject": subject, "dead": dead, **part}
    found = ask(ctx, lambda door: _listed(door, given))
    show_jobs(found, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, job_id: JobId, *, as_json: AsJson = False) -> None:
    """Show a job and what it waits for."""
    found = ask(ctx, lambda door: door.jobs.get(door.principal, checked(GetJob, job_id=job_id)))
    show_job(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def watch(
    ctx: typer.Context,
    job_id: JobId,
    *,
    after: Annotated[int, typer.Option(metavar="N", help="Only events with a number above this.")] = 0,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Watch a job's events from any number on, until it is over."""
    follow(ctx, job_id=job_id, after=after, as_json=as_json, verbose=verbose)


@app.command(no_args_is_help=True)
def cancel(ctx: typer.Context, job_id: JobId, *, as_json: AsJson = False) -> None:
    """Cancel a job that is not over, and its children before it."""
    job = ask(ctx, lambda door: door.jobs.cancel(door.principal, checked(CancelJob, job_id=job_id)))
    show_job(job, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def retry(
    ctx: typer.Context,
    job_id: JobId,
    *,
    stream: Stream = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
    background: Background = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Try an ended job again: a new job that continues it and reuses its recorded steps."""
    request = {"job_id": job_id}
    manner = Manner(as_json=as_json, stream=stream, background=background, verbose=verbose)
    play(
        ctx,
        lambda door: door.jobs.retry(door.principal, checked(RetryJob, **request), key=idempotency_key),
        manner,
    )


app.command("prune")(prune)


@app.command(no_args_is_help=True)
def artifacts(ctx: typer.Context, job_id: JobId, *, as_json: AsJson = False) -> None:
    """List the artifacts of a job."""
    found = ask(ctx, lambda door: _artifacts(door, job_id))
    show_artifacts(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def artifact(
    ctx: typer.Context,
    artifact_id: Annotated[str, typer.Argument(metavar="ARTIFACT", help="The artifact's id.")],
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write its bytes there, not to stdout.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show an artifact and open its bytes."""
    fetch(ctx, artifact_id=artifact_id, output=output, as_json=as_json)


async def _listed(door: Door, given: Mapping[str, object]) -> ListView[JobView]:
    request = checked(ListJobs, **given)
    return ListView.of(await door.jobs.list(door.principal, request), request)


async def _artifacts(door: Door, job_id: str) -> ItemsView[ArtifactView]:
    return ItemsView.all(await door.jobs.artifacts(door.principal, checked(GetJob, job_id=job_id)))
