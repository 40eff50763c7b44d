"""News within the process: watchers are woken on their own event loops."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from threading import Lock

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.ports import JobFeed, Watch

MOST_HINTS = 1_000


class _InProcessWatch(Watch):
    """One watcher's ear: the latest hints, and whether there is any news."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = Lock()
        self._hints: deque[Delta] = deque(maxlen=MOST_HINTS)
        self._is_ringing = False
        self._news = asyncio.Event()

    def tell(self, delta: Delta | None) -> None:
        """Take note of news; the loop is rung up once until the watcher looks."""
        with self._lock:
            if delta is not None:
                self._hints.append(delta)
            if self._is_ringing:
                return
            self._is_ringing = True
        with suppress(RuntimeError):  # the loop is closed: nobody watches any more
            self._loop.call_soon_threadsafe(self._news.set)

    async def next(self, *, timeout: timedelta) -> tuple[Delta, ...]:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout.total_seconds()):
                await self._news.wait()
        with self._lock:
            hints = tuple(self._hints)
            self._hints.clear()
            if self._news.is_set():
                self._news.clear()
                self._is_ringing = False
        return hints


class InProcessFeed(JobFeed):
    """Watchers by job. A slow one loses its oldest hints and holds up nobody."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._watches: dict[JobId, tuple[_InProcessWatch, ...]] = {}

    def moved(self, job_id: JobId) -> None:
        for watch in self._watches.get(job_id, ()):
            watch.tell(None)

    def hint(self, job_id: JobId, delta: Delta) -> None:
        for watch in self._watches.get(job_id, ()):
            watch.tell(delta)

    @asynccontextmanager
    async def watch(self, job_id: JobId) -> AsyncIterator[Watch]:
        watch = _InProcessWatch(asyncio.get_running_loop())
        with self._lock:
            self._watches[job_id] = (*self._watches.get(job_id, ()), watch)
        try:
            yield watch
        finally:
            with self._lock:
                rest = tuple(one for one in self._watches[job_id] if one is not watch)
                if rest:
                    self._watches[job_id] = rest
                else:
                    del self._watches[job_id]

    def watched(self) -> frozenset[JobId]:
        with self._lock:
            return frozenset(self._watches)
