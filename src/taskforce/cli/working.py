"""A worker alone: plays what is due, a line on stdout for each job that it begins and that leaves it."""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import typer

from taskforce.application.jobs.schemas import GetJob, JobView
from taskforce.cli.dependencies import Door, Opening, call
from taskforce.cli.render import write
from taskforce.cli.terminal import clean, say
from taskforce.core.errors import FieldError, Invalid, NotFound, Unavailable

LOOK_EVERY = 0.1


class Journal:
    """The lines that a worker writes. While the store is away none is; a job that is gone has no more.

    `look` finds a job. Raises NotFound, Unavailable.
    """

    def __init__(self, look: Callable[[str], Awaitable[JobView]]) -> None:
        self._look = look
        self._begun: deque[str] = deque()
        self._shown: set[str] = set()

    def begin(self, job_id: str) -> None:
        """Note that a job is begun; from any thread."""
        self._begun.append(job_id)

    async def write(self, playing: Collection[str]) -> None:
        """Write what is new when these jobs are played now."""
        with suppress(Unavailable):
            while self._begun:
                job = await self._found(self._begun[0])
                self._begun.popleft()
                if job is not None:
                    self._shown.add(job.id)
                    _tell(job, "playing")
            for job_id in sorted(self._shown.difference(playing)):
                job = await self._found(job_id)
                if job is None or job.status.value != "running":
                    self._shown.discard(job_id)
                if job is not None and job_id not in self._shown:
                    _tell(job, job.status.value)

    async def _found(self, job_id: str) -> JobView | None:
        with suppress(NotFound):
            return await self._look(job_id)
        return None


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
    journal = Journal(lambda job_id: _job(door, job_id))
    door.worker.on_begin = journal.begin
    door.worker.start()
    say(f"Working on {door.settings.home}, {door.settings.workers} jobs at once. Ctrl-C or SIGTERM ends it.")
    try:
        while not (until_idle and await door.worker.is_idle()):
            await journal.write(_playing(door))
            await asyncio.sleep(LOOK_EVERY)
        await journal.write(_playing(door))
    except asyncio.CancelledError:
        await journal.write(_playing(door))
        say("Stopping: what runs is given back, and stays due.")
        if door.interrupts.is_interrupted:
            raise


def _playing(door: Door) -> set[str]:
    return {str(job_id) for job_id in door.worker.playing}


async def _job(door: Door, job_id: str) -> JobView:
    return await door.jobs.get(door.principal, GetJob(job_id=job_id))


def _tell(job: JobView, word: str) -> None:
    code = f"  {job.error.code}" if job.error else ""
    write(clean(f"{job.id}  {job.kind}  {word}{code}"))
    sys.stdout.flush()
