"""Following a job: pages of its log as it grows, and its live output between them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta, RecordedEvent
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.ports import Head, JobFeed, JobStore
from taskforce.core.jobs.signals import WaitKind

PAGE = 256
PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """News of a job: events of the log, live output, and whether the log has ended or waits for a person."""

    events: tuple[RecordedEvent, ...] = ()
    hints: tuple[Delta, ...] = ()
    is_end: bool = False
    is_paused: bool = False


class LogFollower:
    """Reads logs for those who watch; each keeps a cursor and delays only itself."""

    def __init__(self, *, store: JobStore, feed: JobFeed) -> None:
        self._store = store
        self._feed = feed

    async def follow(self, job_id: JobId, *, after: int) -> AsyncIterator[LogPage]:
        """Yield pages from an event number on until the log has ended."""
        cursor = after
        hints: tuple[Delta, ...] = ()
        async with self._feed.watch(job_id) as watch:
            while True:
                page, head = await self._read(job_id, cursor, hints)
                cursor = page.events[-1].number if page.events else cursor
                if page.events or page.hints or page.is_end or page.is_paused:
                    yield page
                if page.is_end:
                    return
                behind = cursor < head.last_event
                hints = await watch.next(timeout=timedelta(0) if behind else PATIENCE)

    async def _read(self, job_id: JobId, cursor: int, hints: tuple[Delta, ...]) -> tuple[LogPage, Head]:
        head = (await self._store.heads([job_id]))[job_id]
        events: tuple[RecordedEvent, ...] = ()
        if cursor < head.last_event:
            events = await self._store.events(job_id, after=cursor, limit=PAGE)
        read_up_to = events[-1].number if events else cursor
        at_head = read_up_to >= head.last_event
        paused = at_head and head.status is JobStatus.WAITING and await self._waits_for_a_person(job_id)
        page = LogPage(events=events, hints=hints, is_end=at_head and head.status.is_over, is_paused=paused)
        return page, head

    async def _waits_for_a_person(self, job_id: JobId) -> bool:
        return any(wait.kind is WaitKind.SIGNAL for wait in await self._store.waits(job_id))


class LogPoller:
    """Wakes watchers of jobs that another process has moved: one read for all of them."""

    def __init__(self, *, store: JobStore, feed: JobFeed) -> None:
        self._store = store
        self._feed = feed
        self._seen: dict[JobId, Head] = {}

    async def poll(self) -> None:
        """Compare the heads of the watched logs with those of the last time."""
        watched = self._feed.watched()
        heads = dict(await self._store.heads(watched)) if watched else {}
        for job_id, head in heads.items():
            if self._seen.get(job_id) != head:
                self._feed.moved(job_id)
        self._seen = heads
