"""Following a job: pages of its log as it grows, and its live output between them."""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta, RecordedEvent
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.ports import Head, JobFeed, JobStore
from taskforce.core.jobs.signals import WaitKind

Told: TypeAlias = RecordedEvent | Delta

PAGE = 256
PATIENCE = timedelta(seconds=30)
"""Who watches is woken by the feed, and by the poller for other processes; this is for what both missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """News of a job: events of the log, live output, and whether the log has ended or waits for a person."""

    told: tuple[Told, ...] = ()
    """In the order in which it happened."""
    is_end: bool = False
    is_paused: bool = False

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """Return what of it is in the log."""
        return tuple(told for told in self.told if isinstance(told, RecordedEvent))


class LogFollower:
    """Reads logs for those who watch; each keeps a cursor and delays only itself."""

    def __init__(self, *, store: JobStore, feed: JobFeed) -> None:
        self._store = store
        self._feed = feed

    async def follow(self, job_id: JobId, *, after: int) -> AsyncIterator[LogPage]:
        """Yield pages from an event number on until the log has ended."""
        cursor = after
        hints: deque[Delta] = deque()
        async with self._feed.watch(job_id) as watch:
            while True:
                head = (await self._store.heads([job_id]))[job_id]
                events = await self._events(job_id, cursor, head)
                cursor = events[-1].number if events else cursor
                is_behind = cursor < head.last_event
                page = LogPage(
                    told=tuple(_in_order(events, hints, up_to=cursor)),
                    is_end=head.status.is_over and not is_behind,
                    is_paused=not is_behind and await self._waits_for_a_person(job_id, head),
                )
                if page.told or page.is_end or page.is_paused:
                    yield page
                if page.is_end:
                    return
                hints.extend(await watch.next(timeout=timedelta(0) if is_behind else PATIENCE))

    async def _events(self, job_id: JobId, cursor: int, head: Head) -> tuple[RecordedEvent, ...]:
        if cursor >= head.last_event:
            return ()
        return await self._store.events(job_id, after=cursor, limit=PAGE)

    async def _waits_for_a_person(self, job_id: JobId, head: Head) -> bool:
        if head.status is not JobStatus.WAITING:
            return False
        return any(wait.kind is WaitKind.SIGNAL for wait in await self._store.waits(job_id))


def _in_order(events: Iterable[RecordedEvent], hints: deque[Delta], *, up_to: int) -> Iterator[Told]:
    """Yield each hint after the event that it comes after; those of events not read yet stay behind."""
    for event in events:
        while hints and hints[0].after < event.number:
            yield hints.popleft()
        yield event
    while hints and hints[0].after <= up_to:
        yield hints.popleft()


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
