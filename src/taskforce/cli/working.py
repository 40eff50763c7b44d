"""A worker alone: plays what is due, a line on stdout for each job that it begins and that leaves it."""

import asyncio
import sys
from queue import SimpleQueue

import typer

from taskforce.application.jobs.schemas import GetJob, JobView
from taskforce.cli.dependencies import Door, Opening, call
from taskforce.cli.render import write
from taskforce.cli.terminal import clean, say
from taskforce.core.errors import FieldError, Invalid

LOOK_EVERY = 0.1


def work(ctx: typer.Context, *, kinds: str | None, until_idle: bool, workers: int | None) -> None:
    """Play jobs until a signal comes, or with `until_idle` until nothing is due. SIGTERM is no failure."""
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
    begun: SimpleQueue[str] = SimpleQueue()
    door.worker.on_begin = begun.put
    door.worker.start()
    say(f"Working on {door.settings.home}, {door.settings.workers} jobs at once. Ctrl-C or SIGTERM ends it.")
    shown: dict[str, JobView] = {}
    try:
        while not (until_idle and await door.worker.is_idle()):
            await _tell_changes(door, begun, shown)
            await asyncio.sleep(LOOK_EVERY)
        await _tell_changes(door, begun, shown)
    except asyncio.CancelledError:
        await _tell_changes(door, begun, shown)
        say("Stopping: what runs is given back, and stays due.")
        if door.interrupts.is_interrupted:
            raise


async def _tell_changes(door: Door, begun: "SimpleQueue[str]", shown: dict[str, JobView]) -> None:
    playing = {str(job_id) for job_id in door.worker.playing}
    while not begun.empty():
        job_id = begun.get()
        shown[job_id] = await _job(door, job_id)
        _tell(shown[job_id], "playing")
    for job_id in shown.keys() - playing:
        job = await _job(door, job_id)
        if job.status.value != "running":
            del shown[job_id]
            _tell(job, job.status.value)


async def _job(door: Door, job_id: str) -> JobView:
    return await door.jobs.get(door.principal, GetJob(job_id=job_id))


def _tell(job: JobView, word: str) -> None:
    code = f"  {job.error.code}" if job.error else ""
    write(clean(f"{job.id}  {job.kind}  {word}{code}"))
    sys.stdout.flush()
