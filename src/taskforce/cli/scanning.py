"""Playing scans here and following them: Ctrl-C to a cancel, their end to what they found and a code."""

from collections.abc import Mapping

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import CancelJob, GetJob, JobView
from taskforce.application.marketplace.schemas import GetSource, RescanSource, StartScan
from taskforce.cli.dependencies import Door, call
from taskforce.cli.manner import Manner
from taskforce.cli.marketplace_names import source_of
from taskforce.cli.marketplace_pages import show_scan, show_scanned_source
from taskforce.cli.playing import Work, events_of, failure_code, played, told_handed_in
from taskforce.cli.progress_views import progresses_of
from taskforce.cli.terminal import say


def play_scan(ctx: typer.Context, given: Mapping[str, object], *, key: str | None, manner: Manner) -> None:
    """Hand in a scan that stands alone, play it here and print what it found."""

    async def run(door: Door) -> int:
        made = await door.scans.create(door.principal, checked(StartScan, **given), key=key)
        if manner.background:
            return told_handed_in(door, made.id, made, as_json=manner.as_json)
        job = await _played(door, made.id, manner)
        if not (manner.as_json and manner.stream):
            show_scan(job, door.flags, as_json=manner.as_json)
        return _code(door, job)

    raise typer.Exit(call(ctx, run, manner.opening))


def play_rescan(ctx: typer.Context, word: str, *, force: bool, key: str | None, manner: Manner) -> None:
    """Hand in a scan of a source, play it here and print how the source stands then."""

    async def run(door: Door) -> int:
        source_id = await source_of(door, word)
        asked = checked(RescanSource, source_id=source_id, force=force)
        made = await door.sources.rescan(door.principal, asked, key=key)
        if manner.background:
            return told_handed_in(door, made.job_id, made, as_json=manner.as_json)
        job = await _played(door, made.job_id, manner)
        if not (manner.as_json and manner.stream):
            source = await door.sources.get(door.principal, GetSource(source_id=source_id))
            show_scanned_source(source, door.flags, as_json=manner.as_json)
        return _code(door, job)

    raise typer.Exit(call(ctx, run, manner.opening))


async def _played(door: Door, job_id: str, manner: Manner) -> JobView:
    """Play a scan here, show how far it is until it is over, and return it."""
    view = progresses_of(door, manner)
    show = view.about("scan")
    work = Work(
        jobs=[job_id],
        name=f"scan {job_id}",
        cancel=lambda: door.jobs.cancel(door.principal, CancelJob(job_id=job_id)),
    )
    async with played(door, view, work):
        async for event in events_of(door, job_id):
            show(event)
    return await door.jobs.get(door.principal, GetJob(job_id=job_id))


def _code(door: Door, job: JobView) -> int:
    """Return the exit code, and say why a scan failed."""
    if job.status.value == "succeeded":
        return 0
    say(f"The scan failed: {job.error.message}" if job.error else f"The scan is {job.status.value}.")
    return failure_code(door)
