"""A log as it grows: read once for all who watch it on one event loop, with the live output between."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import timedelta

from taskforce.application.jobs.log_page import PAGE, LogPage, Told
from taskforce.application.jobs.questions import Asked, Questions
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.events import Delta, RecordedEvent, Relayed
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.ports import Head, JobFeed, JobStore, Watch

PAGES_KEPT = 16
"""Pages of the log that those who are behind share."""
NEWS_KEPT = 1_000
"""Events and hints that the slowest may be behind before it reads pages of the log."""
PATIENCE = timedelta(seconds=30)
"""Who watches is woken by the feed, and by the poller for other processes; this is for what both missed."""


@dataclass(frozen=True, slots=True)
class _News:
    """What was new at one look: the page, and the number of the log's last event before and after it."""

    before: int
    after: int
    page: LogPage


@dataclass(slots=True)
class Place:
    """Where a watcher is: which event it has seen last, and which news is the next for it."""

    event: int
    news: int
    knows_state: bool = False
    """It was told whether the job has ended or pauses, since it last came to the end in another way."""
    asked: frozenset[tuple[JobId, int]] = frozenset()
    """What jobs below it ask, as far as it was told."""

    def asked_too(self, page: LogPage) -> LogPage:
        """Return the page with what is asked and was not told yet."""
        new = tuple(relayed for relayed in page.asked if relayed.key not in self.asked)
        if not new:
            return page
        self.asked |= {relayed.key for relayed in new}
        return replace(page, told=(*page.told, *new))


class GrowingLog:
    """A log as it is watched on one event loop: what is new is read once, and kept until all have it.

    Who is further behind loses hints and reads pages of the log, which are shared, too.
    """

    def __init__(self, job_id: JobId, *, store: JobStore, feed: JobFeed) -> None:
        self._job_id = job_id
        self._store = store
        self._feed = feed
        self._questions = Questions(store)
        self._last: int | None = None
        self._is_end = False
        self._is_paused = False
        self._news: deque[_News] = deque()
        self._news_size = 0
        self._news_count = 0
        self._pages: OrderedDict[tuple[int, int], asyncio.Task[LogPage]] = OrderedDict()
        self._waiting: set[asyncio.Future[None]] = set()
        self._failure: Exception | None = None
        # What it logs is nobody's request.
        self._looking = asyncio.create_task(self._look(), context=Context())
        self.watchers = 0

    @property
    def is_broken(self) -> bool:
        """Return whether it can be read no more."""
        return self._failure is not None

    def place(self, after: int, *, known: int) -> Place:
        """Return where a watcher begins that has seen events up to a number."""
        if self._last is not None and self._last < known:
            self._feed.moved(self._job_id)
        return Place(event=after, news=self._news_count)

    async def next(self, place: Place) -> LogPage:
        """Return the next page for a watcher, once there is one."""
        while True:
            if (news := self._next_news(place)) is not None:
                place.event, place.news, place.knows_state = news.after, place.news + 1, True
                return place.asked_too(news.page)
            if self._failure is not None:
                raise self._failure.with_traceback(None)
            if self._last is not None and place.event < self._last:
                return await self._next_page(place, self._last)
            if self._last is not None and not place.knows_state:
                place.knows_state = True
                if self._is_end:
                    return LogPage(is_end=True)
                if self._is_paused:  # or no more; the next look tells
                    self._feed.moved(self._job_id)
            await self._wait()

    def close(self) -> None:
        """Look no more."""
        self._looking.cancel()

    def _next_news(self, place: Place) -> _News | None:
        """Return the news that goes on where a watcher is, if it is kept."""
        place.news = max(place.news, self._news_count - len(self._news))
        while place.news < self._news_count:
            news = self._news[place.news - self._news_count]
            if news.before >= place.event:
                return news if news.before == place.event else None
            place.news, place.knows_state = place.news + 1, False
        return None

    async def _next_page(self, place: Place, end: int) -> LogPage:
        """Return the events up to the next full page, or to the end of the log."""
        last = min(end, (place.event // PAGE + 1) * PAGE)
        key = (place.event, last)
        reading = self._pages.get(key)
        if reading is None:
            reading = self._pages[key] = asyncio.create_task(self._page(*key))
        self._pages.move_to_end(key)
        if len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        try:
            page = await asyncio.shield(reading)
        except Exception:
            self._pages.pop(key, None)
            raise
        place.event, place.knows_state = last, False
        return page

    async def _page(self, after: int, last: int) -> LogPage:
        told = await self._store.events(self._job_id, after=after, limit=last - after)
        if len(told) < last - after:  # pruned meanwhile
            raise JobNotFound(self._job_id)
        return LogPage(told=told)

    async def _wait(self) -> None:
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(told)
        try:
            await told
        finally:
            self._waiting.discard(told)

    async def _look(self) -> None:
        try:
            async with self._feed.watch(self._job_id) as watch:
                await self._look_on(watch)
        except Exception as error:  # noqa: BLE001 - those who watch are told
            self._failure = error
            self._wake()

    async def _look_on(self, watch: Watch) -> None:
        """Read what is new whenever there is news, until the log has ended."""
        hints: deque[Delta] = deque()
        while not self._is_end:
            head, before, events = await self._read_on()
            after = events[-1].number if events else before
            is_behind = after < head.last_event
            told = tuple(_in_order(events, hints, up_to=after))
            is_waiting = head.status is JobStatus.WAITING and not is_behind
            asked = await self._questions.of(self._job_id) if is_waiting else Asked()
            is_end = head.status.is_over and not is_behind
            page = LogPage(
                told=told, is_end=is_end, is_paused=asked.is_paused, asked=await self._relayed(asked)
            )
            self._tell(_News(before, after, page))
            if not is_end:
                hints.extend(await watch.next(timeout=timedelta(0) if is_behind else PATIENCE))

    async def _read_on(self) -> tuple[Head, int, tuple[RecordedEvent, ...]]:
        """Return how far the log goes, up to which event it was read before, and what comes after that."""
        if self._last is None:
            head = self._head_in(await self._store.heads([self._job_id]))
            return head, head.last_event, ()
        # At the same time: whichever is read later, the other one tells less, and there is another look.
        heads, events = await asyncio.gather(
            self._store.heads([self._job_id]),
            self._store.events(self._job_id, after=self._last, limit=PAGE),
        )
        return self._head_in(heads), self._last, events

    def _head_in(self, heads: Mapping[JobId, Head]) -> Head:
        if self._job_id not in heads:
            raise JobNotFound(self._job_id)
        return heads[self._job_id]

    async def _relayed(self, asked: Asked) -> tuple[Relayed, ...]:
        """Return what is asked by jobs below this one."""
        others = [question for question in asked.questions if question.job_id != self._job_id]
        events = [(question.job_id, await self._questions.event(question)) for question in others]
        return tuple(Relayed(job_id=job_id, recorded=event) for job_id, event in events if event is not None)

    def _tell(self, news: _News) -> None:
        """Take note of what is new, and let go of what all have seen."""
        page = news.page
        if len(self._waiting) == self.watchers:
            self._pages.clear()
            self._news.clear()
            self._news_size = 0
        self._last, self._is_end, self._is_paused = news.after, page.is_end, page.is_paused
        if page.told or page.is_end or page.is_paused or page.asked:
            self._news.append(news)
            self._news_count += 1
            self._news_size += len(page.told)
        while self._news_size > NEWS_KEPT and len(self._news) > 1:
            self._news_size -= len(self._news.popleft().page.told)
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for told in waiting:
            if not told.done():
                told.set_result(None)


def _in_order(events: Iterable[RecordedEvent], hints: deque[Delta], *, up_to: int) -> Iterator[Told]:
    """Yield each hint after the event that it comes after; those of events not read yet stay behind."""
    for event in events:
        while hints and hints[0].after < event.number:
            yield hints.popleft()
        yield event
    while hints and hints[0].after <= up_to:
        yield hints.popleft()
