"""A worker alone: plays what is due, a line on stdout for each job that it begins and that leaves it."""

import asyncio

import typer

from taskforce.application.jobs.schemas import GetJob, JobView
from taskforce.cli.dependencies import Door, Opening, call
from taskforce.cli.render import write
from taskforce.cli.terminal import one_line, say
from taskforce.core.errors import FieldError, Invalid

LOOK_EVERY = 0.1


def work(ctx: typer.Context, *, kinds: str | None, until_idle: bool, workers: int | None) -> None:
    """Play jobs until a signal comes, or with `until_idle` until nothing is due."""
    opening = Opening(settings={"workers": workers}, foreground=False)
    call(ctx, lambda door: _worked(door, kinds, until_idle=until_idle), opening)


async def _worked(door: Door, kinds: str | None, *, until_idle: bool) -> None:
    if door.settings.workers == 0:
        detail = "a worker needs at least 1"
        raise Invalid(
            f"workers: {detail}.", errors=[FieldError(pointer="/workers", code="zero", detail=detail)]
        )
    if kinds is not None:
        door.worker.restrict({kind.strip() for kind in kinds.split(",") if kind.strip()})
    door.worker.start()
    say(f"Working on {door.settings.home}, {door.settings.workers} jobs at once. Ctrl-C or SIGTERM ends it.")
    shown: dict[str, JobView] = {}
    try:
        while not (until_idle and await door.worker.is_idle()):
            await _tell_changes(door, shown)
            await asyncio.sleep(LOOK_EVERY)
        await _tell_changes(door, shown)
    except asyncio.CancelledError:
        say("Stopping: what runs is given back, and stays due.")
        raise


async def _tell_changes(door: Door, shown: dict[str, JobView]) -> None:
    playing = {str(job_id) for job_id in door.worker.playing}
    for job_id in playing - shown.keys():
        shown[job_id] = await _job(door, job_id)
        _tell(shown[job_id], "playing")
    for job_id in shown.keys() - playing:
        del shown[job_id]
        job = await _job(door, job_id)
        _tell(job, job.status.value)


async def _job(door: Door, job_id: str) -> JobView:
    return await door.jobs.get(door.principal, GetJob(job_id=job_id))


def _tell(job: JobView, word: str) -> None:
    code = f"  {job.error.code}" if job.error else ""
    write(one_line(f"{job.id}  {job.kind}  {word}{code}"))
