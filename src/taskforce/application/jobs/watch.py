"""Following a job: page by page of its log as it grows, until it has ended."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from taskforce.application.jobs.growing_log import GrowingLog
from taskforce.application.jobs.log_page import LogPage
from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import JobFeed, JobStore


class LogFollower:
    """Follows logs for those who watch; each keeps a cursor and delays only itself."""

    def __init__(self, *, store: JobStore, feed: JobFeed) -> None:
        self._store = store
        self._feed = feed
        self._logs: dict[tuple[asyncio.AbstractEventLoop, JobId], GrowingLog] = {}

    async def follow(self, job_id: JobId, *, after: int, known: int = 0) -> AsyncGenerator[LogPage, None]:
        """Yield pages from an event number on until the log has ended; it goes to the known one at least."""
        with self._shared(job_id) as log:
            place = log.place(after, known=known)
            while True:
                page = await log.next(place)
                yield page
                if page.is_end:
                    return

    @contextmanager
    def _shared(self, job_id: JobId) -> Iterator[GrowingLog]:
        """Give the log that all on this event loop share; the last who leaves closes it."""
        key = (asyncio.get_running_loop(), job_id)
        log = self._logs.get(key)
        if log is None or log.is_broken:
            log = self._logs[key] = GrowingLog(job_id, store=self._store, feed=self._feed)
        log.watchers += 1
        try:
            yield log
        finally:
            log.watchers -= 1
            if not log.watchers:
                log.close()
                if self._logs.get(key) is log:
                    del self._logs[key]
