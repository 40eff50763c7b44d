"""What has happened in a session so far: the logs of its missions, oldest first."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import TypeAlias

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.schemas import JobView, ListJobs, WatchJob
from taskforce.cli.dependencies import Door
from taskforce.core.identity import SessionId
from taskforce.core.missions.task import subject_of

Log: TypeAlias = Sequence[EventView]

PART = 100


async def logs_of(door: Door, session_id: str) -> list[Log]:
    """Return the logs of a session's missions; of one that was resumed the last job's, which tells all."""
    jobs = await _jobs_of(door, session_id)
    continued = {job.continues for job in jobs}
    return [await _log_of(door, job) for job in reversed(jobs) if job.id not in continued]


async def _jobs_of(door: Door, session_id: str) -> list[JobView]:
    found: list[JobView] = []
    while True:
        wanted = ListJobs(subject=subject_of(SessionId(session_id)), limit=PART, offset=len(found))
        part = await door.jobs.list(door.principal, wanted)
        found += part.items
        if not part.items or len(found) >= part.total:
            return found


async def _log_of(door: Door, job: JobView) -> Log:
    """Return a log as far as it goes now: a job that runs is not waited for."""
    found: list[EventView] = []
    async with aclosing(await door.jobs.watch(door.principal, WatchJob(job_id=job.id))) as pages:
        async for page in pages:
            views = (EventView.of_told(told, door.clock.now()) for told in page.told)
            found += [view for view in views if view.number is not None]
            if page.is_paused or (found and (found[-1].number or 0) >= job.last_event):
                break
    return found
