"""Work that a command hands in: played here while it is shown, or left to whoever plays it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import BaseModel

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import WatchJob
from taskforce.cli.dependencies import Door
from taskforce.cli.errors import FAILED, INTERRUPTED
from taskforce.cli.render import print_json, print_text
from taskforce.cli.terminal import say
from taskforce.cli.views import View
from taskforce.core.errors import TaskforceError
from taskforce.core.identity import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Jobs that a command plays, and what a person is told of them."""

    jobs: Sequence[str]
    name: str
    """What they are called when they are given back, such as `run ID`."""
    cancel: Callable[[], Awaitable[object]]
    cancelling: str = "Cancelling."
    """What the first Ctrl-C is answered with."""


@asynccontextmanager
async def played(door: Door, view: View, work: Work) -> AsyncIterator[None]:
    """Play work here while its events are shown within, and close the view after them.

    The first Ctrl-C cancels the work, whose events are then shown to their end. SIGTERM ends the command: a
    line says that the work is given back, and who goes on with it.
    """
    cancels: list[asyncio.Task[None]] = []

    def cancel() -> None:
        view.note(f"{work.cancelling} Ctrl-C again ends at once.")
        cancels.append(asyncio.ensure_future(_cancelled(work, view)))

    door.interrupts.softly = cancel
    try:
        for job_id in work.jobs:
            door.worker.foster(JobId(job_id))
        yield
    except asyncio.CancelledError:
        go_on = door.flags.command("worker", "--until-idle")
        view.note(f"Stopped; {work.name} is given back, and any worker goes on with it: {go_on}")
        raise
    finally:
        door.interrupts.softly = None
        view.close()
    if cancels:
        await asyncio.wait(cancels)


async def events_of(door: Door, job_id: str) -> AsyncIterator[EventView]:
    """Yield a job's events and live output, from the first to its end. Raises JobNotFound."""
    async for page in await door.jobs.watch(door.principal, checked(WatchJob, job_id=job_id)):
        for told in page.told:
            yield EventView.of_told(told, door.clock.now())


def failure_code(door: Door) -> int:
    """Return the exit code of work that did not succeed: somebody interrupted it, or it failed."""
    return INTERRUPTED if door.interrupts.is_interrupted else FAILED


def told_handed_in(door: Door, job_id: str, shown: BaseModel, *, as_json: bool) -> int:
    """Print what was handed in and how to watch it; return the exit code."""
    if as_json:
        print_json(shown)
    else:
        print_text(job_id)
        say(f"Handed in. Watch it: {door.flags.command('jobs', 'watch', job_id)}")
    return 0


async def _cancelled(work: Work, view: View) -> None:
    """Cancel work; that it is over already is told."""
    try:
        await work.cancel()
    except TaskforceError as over:
        view.note(over.message)
