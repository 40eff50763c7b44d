"""Who watches a job that nobody plays is told so, and who begins another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import GetJob
from taskforce.cli.dependencies import Door
from taskforce.cli.manner import Manner
from taskforce.cli.terminal import say
from taskforce.cli.views import View
from taskforce.core.errors import TaskforceError

LOOK_EVERY = 1.0
LOOKS = 2
"""How often in a row it is seen alone before that is told: between two workers it is so for a moment."""


async def told_interrupted(door: Door, manner: Manner) -> None:
    """Say before new work is played what older work waits, where a person reads it."""
    if not manner.is_new or manner.background or manner.as_json:
        return
    waiting = await door.worker.unattended()
    if waiting:
        jobs = "1 interrupted job waits" if waiting == 1 else f"{waiting} interrupted jobs wait"
        say(f"{jobs}: {door.flags.command('worker', '--until-idle')}")


@asynccontextmanager
async def minded(door: Door, job_id: str, view: View) -> AsyncIterator[None]:
    """Tell once, on stderr, when no worker holds the job."""
    minding = asyncio.create_task(_mind(door, job_id, view))
    try:
        yield
    finally:
        minding.cancel()


async def _mind(door: Door, job_id: str, view: View) -> None:
    alone = 0
    with suppress(TaskforceError):  # the watch itself meets the same and tells it
        while alone < LOOKS:
            await asyncio.sleep(LOOK_EVERY)
            job = await door.jobs.get(door.principal, checked(GetJob, job_id=job_id))
            alone = alone + 1 if job.is_unattended else 0
        view.note(f"No worker holds this job. Play it: {door.flags.command('worker', '--until-idle')}")
