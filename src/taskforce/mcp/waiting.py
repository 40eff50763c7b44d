"""Waiting for a job as long as the client likes, telling what happens meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeAlias

from taskforce.application.jobs.log_page import PAGE
from taskforce.application.jobs.log_schemas import LogView
from taskforce.application.jobs.schemas import GetJob, JobView, WatchJob
from taskforce.application.missions.schemas import MissionJobView, MissionView
from taskforce.core.jobs.events import RecordedEvent
from taskforce.mcp.arguments import Watch, request_in
from taskforce.mcp.services import Services

LINE = 200
"""Letters of an event's message that are told while it happens."""

Tell: TypeAlias = Callable[[int, str], Awaitable[None]]
"""Tells the client, if it asked for that, which event was reached and what it says."""


class Waiter:
    """Waits for jobs. Who stops waiting, or is stopped, does not stop the job."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def mission(self, job: MissionJobView, tell: Tell, *, seconds: int, after: int = 0) -> MissionView:
        """Return what a mission has come to: in the end, at a question, or when the time is over."""
        place = f"job {job.id} of session {job.session_id}"
        await tell(after, f"Accepted as {place}. It goes on without this call: jobs_watch follows it.")
        executor, principal = self._services.executor, self._services.principal
        if await self._within(seconds, self._follow(job, tell, after=after)):
            return await executor.result(principal, job)
        return await executor.standing(principal, job)

    async def log(self, asked: Watch, tell: Tell) -> LogView:
        """Return a job's events after a number: up to its end or a question, or those there are in time."""
        told: list[RecordedEvent] = []
        before = await self._job(asked.job_id)
        reading = self._read(asked, told, tell, up_to=None if asked.wait_seconds else before.last_event)
        await self._within(asked.wait_seconds or None, reading)
        return LogView.of(await self._job(asked.job_id), told)

    async def _job(self, job_id: str) -> JobView:
        return await self._services.jobs.get(self._services.principal, GetJob(job_id=job_id))

    async def _follow(self, job: JobView, tell: Tell, *, after: int) -> None:
        async for page in self._services.executor.follow(self._services.principal, job, after=after):
            for event in page:
                if event.number is not None:
                    await tell(event.number, _line(event.event_type, event.message))

    async def _read(self, asked: Watch, told: list[RecordedEvent], tell: Tell, *, up_to: int | None) -> None:
        """Collect events until the job has ended or waits, the page is full, or a known end is reached."""
        jobs, principal = self._services.jobs, self._services.principal
        async with aclosing(await jobs.watch(principal, request_in(asked, WatchJob))) as pages:
            while len(told) < PAGE and (up_to is None or self._reached(asked, told) < up_to):
                page = await anext(pages)
                told += page.events
                for recorded in page.events:
                    await tell(recorded.number, _line(recorded.event.type, recorded.event.message))
                if page.is_end or page.is_paused:
                    return

    @staticmethod
    def _reached(asked: Watch, told: list[RecordedEvent]) -> int:
        return told[-1].number if told else asked.after

    async def _within(self, seconds: int | None, work: Coroutine[Any, Any, None]) -> bool:
        """Tell whether it was done in time; it is not when the server stops meanwhile."""
        task = asyncio.create_task(work)
        try:
            with self._services.stop.listen() as stopped:
                ends: set[asyncio.Future[Any]] = {task, stopped}
                await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            return task.done()
        finally:
            task.cancel()


def _line(event_type: str, message: str) -> str:
    """Return an event as a line; the whole of it is in the log."""
    first, *_ = message.splitlines() or [""]
    return f"{event_type}: {first[:LINE]}" if first else event_type
