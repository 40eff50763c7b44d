"""Following a log: every watcher has each event once and in order, and all of them share what is read."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from taskforce.application.jobs.growing_log import NEWS_KEPT
from taskforce.application.jobs.log_page import PAGE, LogPage
from taskforce.application.jobs.watch import LogFollower
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobNotFound, StoreBusy
from taskforce.core.jobs.events import Delta, RecordedEvent, Relayed
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import CLAIMS, LEASE, NOON, a_job, a_lease, a_signal, a_wait, an_event, success

WATCHERS = 20


class CountingStore(MemoryJobStore):
    """A store that counts how often it is read, and breaks when it is told to."""

    reads = 0
    is_broken = False

    async def events(self, job_id: JobId, *, after: int, limit: int) -> tuple[RecordedEvent, ...]:
        self.reads += 1
        if self.is_broken:
            raise StoreBusy("locked")
        return await super().events(job_id, after=after, limit=limit)


class Scene:
    """A job that is played by hand, and those who follow it."""

    def __init__(self) -> None:
        self.store = CountingStore(SetClock(NOON), {})
        self.feed = InProcessFeed()
        self.follower = LogFollower(store=self.store, feed=self.feed)
        self._told = 0

    async def begin(self, events: int = 0) -> Job:
        await self.store.submit(a_job())
        job = await self.store.claim(CLAIMS, a_lease())
        assert job is not None
        await self.tell(job, events)
        return job

    async def tell(self, job: Job, count: int = 1) -> None:
        if count:
            await self.store.commit(job, self._commit(count), lease=LEASE)
            self.feed.moved(job.id)

    async def end(self, job: Job) -> None:
        """End it; the store tells `complete` as the last event."""
        await self.store.end(job, Commit(), success())
        self.feed.moved(job.id)

    def hint(self, job: Job, text: str, *, after: int) -> None:
        self.feed.hint(job.id, Delta(type="token", text=text, after=after))

    def follow(self, job: Job, *, after: int = 0, known: int = 0) -> AsyncIterator[LogPage]:
        return self.follower.follow(job.id, after=after, known=known)

    def _commit(self, count: int) -> Commit:
        first, self._told = self._told, self._told + count
        return Commit(events=tuple(an_event(f"said/{number}") for number in range(first, self._told)))


def numbers(pages: Sequence[LogPage]) -> list[int]:
    return [event.number for page in pages for event in page.events]


def words(page: LogPage) -> list[int | str]:
    return [
        told.text if isinstance(told, Delta) else told.number
        for told in page.told
        if not isinstance(told, Relayed)
    ]


async def all_of(pages: AsyncIterator[LogPage]) -> list[LogPage]:
    return [page async for page in pages]


async def soon(pages: AsyncIterator[LogPage]) -> LogPage:
    return await asyncio.wait_for(anext(pages), timeout=5)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_from_every_position_exactly_the_events_after_it_are_read() -> None:
    scene = Scene()
    job = await scene.begin(events=2 * PAGE + 10)
    await scene.end(job)
    last = 2 * PAGE + 11
    every = await asyncio.gather(*(all_of(scene.follow(job, after=after)) for after in range(last + 1)))
    for after, pages in enumerate(every):
        assert numbers(pages) == list(range(after + 1, last + 1))
        assert [page.is_end for page in pages] == [False] * (len(pages) - 1) + [True]


async def test_at_every_position_of_a_log_that_grows_no_event_is_missed_or_doubled() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    following = []
    for position in range(1, 120):
        after = position // 2
        following.append(asyncio.create_task(all_of(scene.follow(job, after=after, known=position))))
        await scene.tell(job)
        await asyncio.sleep(0)
    await scene.end(job)
    for position, pages in enumerate(await asyncio.gather(*following), start=1):
        assert numbers(pages) == list(range(position // 2 + 1, 122))


async def test_who_replays_at_the_same_time_is_given_the_same_pages_and_they_are_read_once() -> None:
    scene = Scene()
    job = await scene.begin(events=3 * PAGE - 1)
    await scene.end(job)
    every = await asyncio.gather(*(all_of(scene.follow(job)) for _ in range(WATCHERS)))
    assert scene.store.reads == 3
    shared = {tuple(id(page) for page in pages if page.told) for pages in every}
    assert len(shared) == 1


async def test_who_watches_live_is_given_the_same_page_and_it_is_read_once() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    watching = [scene.follow(job, after=1) for _ in range(WATCHERS)]
    waiting = [asyncio.create_task(soon(pages)) for pages in watching]
    await settle()
    await scene.tell(job, 2)
    pages = await asyncio.gather(*waiting)
    assert scene.store.reads == 1
    assert {id(page) for page in pages} == {id(pages[0])}
    assert numbers(pages[:1]) == [2, 3]


async def test_hints_come_between_the_events_that_they_were_told_between() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    pages = scene.follow(job)
    assert words(await soon(pages)) == [1]
    scene.hint(job, "a", after=1)
    scene.hint(job, "b", after=2)
    await scene.tell(job, 2)
    told: list[int | str] = []
    while len(told) < 4:
        told += words(await soon(pages))
    assert told == ["a", 2, "b", 3]


async def test_hints_told_while_a_watcher_reads_what_it_missed_are_not_lost() -> None:
    scene = Scene()
    job = await scene.begin(events=2)
    early = scene.follow(job, after=2)
    waiting = asyncio.create_task(soon(early))
    await settle()
    late = scene.follow(job, after=0)
    assert words(await soon(late)) == [1, 2]
    scene.hint(job, "live", after=2)
    assert words(await soon(late)) == ["live"]
    assert words(await waiting) == ["live"]


async def test_a_slow_watcher_holds_up_nobody_and_misses_no_event() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    slow, fast = scene.follow(job, after=1), asyncio.create_task(all_of(scene.follow(job, after=1)))
    first = asyncio.create_task(soon(slow))
    await settle()
    for _ in range(3 * NEWS_KEPT // 100):
        await scene.tell(job, 100)
        await settle()
    await scene.end(job)
    last = 3 * NEWS_KEPT + 2
    assert numbers(await fast) == list(range(2, last + 1))
    assert numbers([await first, *await all_of(slow)]) == list(range(2, last + 1))


async def test_a_pause_is_told_to_all_and_not_to_who_comes_after_the_answer() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    early = scene.follow(job, after=1)
    waiting = asyncio.create_task(soon(early))
    await settle()
    wait = a_wait(job)
    await scene.store.park(job, Commit(waits=(wait,)))
    scene.feed.moved(job.id)
    assert (await waiting).is_paused
    assert (await soon(scene.follow(job, after=1))).is_paused
    await scene.store.answer(wait.id, a_signal(), job_id=job.id, project=DEFAULT_PROJECT)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(scene.follow(job, after=1)), timeout=0.1)


async def test_a_log_that_cannot_be_read_is_an_error_to_all_and_is_tried_again_for_the_next() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    waiting = [asyncio.create_task(soon(scene.follow(job, after=1))) for _ in range(3)]
    await settle()
    scene.store.is_broken = True
    await scene.tell(job)
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in errors] == [StoreBusy] * 3
    scene.store.is_broken = False
    assert numbers([await soon(scene.follow(job))]) == [1, 2]


async def test_when_the_last_watcher_has_left_nobody_listens() -> None:
    scene = Scene()
    job = await scene.begin(events=1)
    watching = [scene.follow(job) for _ in range(3)]
    for pages in watching:
        await soon(pages)
    assert scene.feed.watched() == {job.id}
    for pages in watching:
        assert hasattr(pages, "aclose")
        await pages.aclose()
    await settle()
    assert scene.feed.watched() == frozenset()


async def test_who_reads_a_log_that_is_pruned_is_told_and_sees_no_gap() -> None:
    scene = Scene()
    job = await scene.begin(3 * PAGE)
    await scene.end(job)
    ahead, behind = scene.follower.follow(job.id, after=2 * PAGE), scene.follower.follow(job.id, after=0)
    whole = [event.number async for page in ahead for event in page.events]
    assert whole == list(range(2 * PAGE + 1, 3 * PAGE + 2))
    seen = [event.number for event in (await anext(behind)).events]
    scene.store.prune([job.id], at=NOON)
    with pytest.raises(JobNotFound):
        await _read_on(behind, seen)
    assert seen == list(range(1, len(seen) + 1))
    with pytest.raises(JobNotFound):
        await anext(scene.follower.follow(job.id, after=0))


async def _read_on(pages: AsyncIterator[LogPage], seen: list[int]) -> None:
    async for page in pages:
        seen += [event.number for event in page.events]
