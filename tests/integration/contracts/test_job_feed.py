"""The feed wakes who watches, from any thread, and holds up nobody."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Thread

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.ports import JobFeed, Watch

JOB, OTHER = JobId("job"), JobId("other")
SOON, NOW = timedelta(seconds=5), timedelta()


def a_delta(text: str = "x") -> Delta:
    return Delta(type="token", text=text)


async def heard_by(watch: Watch) -> tuple[Delta, ...]:
    """Return the next hints: a watcher may be woken without any, to look at the log."""
    async with asyncio.timeout(SOON.total_seconds()):
        while not (hints := await watch.next(timeout=SOON)):
            pass
    return hints


async def test_a_move_wakes_the_watcher_without_hints(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as watch:
        asyncio.get_running_loop().call_later(0.01, job_feed.moved, JOB)
        assert await asyncio.wait_for(watch.next(timeout=SOON), 2) == ()


async def test_hints_come_in_order_and_once(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as watch:
        job_feed.hint(JOB, a_delta("a"))
        job_feed.hint(JOB, a_delta("b"))
        assert await heard_by(watch) == (a_delta("a"), a_delta("b"))
        job_feed.hint(JOB, a_delta("c"))
        assert await heard_by(watch) == (a_delta("c"),)


async def test_without_news_time_runs_out(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as watch:
        job_feed.moved(OTHER)
        job_feed.hint(OTHER, a_delta())
        assert await asyncio.wait_for(watch.next(timeout=timedelta(milliseconds=20)), 2) == ()


async def test_news_between_two_looks_are_not_lost(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as watch:
        for _ in range(3):
            job_feed.moved(JOB)
            started = asyncio.get_running_loop().time()
            await watch.next(timeout=SOON)
            assert asyncio.get_running_loop().time() - started < 1


async def test_every_watcher_hears_it(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as first, job_feed.watch(JOB) as second:
        job_feed.hint(JOB, a_delta())
        assert await heard_by(first) == await heard_by(second) == (a_delta(),)


async def test_what_came_before_the_watch_is_not_heard(job_feed: JobFeed) -> None:
    job_feed.hint(JOB, a_delta("early"))
    async with job_feed.watch(JOB) as watch:
        job_feed.hint(JOB, a_delta("late"))
        assert await heard_by(watch) == (a_delta("late"),)


async def test_a_slow_watcher_loses_the_oldest_hints(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as watch:
        for number in range(1_500):
            job_feed.hint(JOB, a_delta(f"{number}"))
        hints = await heard_by(watch)
    assert [hint.text for hint in hints] == [f"{number}" for number in range(500, 1_500)]


async def test_hints_of_other_threads_arrive(job_feed: JobFeed) -> None:
    def shout() -> None:
        for _ in range(100):
            job_feed.hint(JOB, a_delta())

    heard = 0
    async with job_feed.watch(JOB) as watch:
        threads = [Thread(target=shout) for _ in range(4)]
        for thread in threads:
            thread.start()
        while heard < 400:
            heard += len(await heard_by(watch))
        for thread in threads:
            thread.join()
    assert heard == 400


async def test_watchers_on_other_event_loops_are_woken(job_feed: JobFeed) -> None:
    async def listen() -> tuple[Delta, ...]:
        async with job_feed.watch(JOB) as watch:
            return await heard_by(watch)

    with ThreadPoolExecutor(1) as thread:
        heard = asyncio.get_running_loop().run_in_executor(thread, lambda: asyncio.run(listen()))
        while JOB not in job_feed.watched():  # noqa: ASYNC110 - the feed tells only when it is asked
            await asyncio.sleep(0.001)
        job_feed.hint(JOB, a_delta())
        assert await heard == (a_delta(),)


async def test_a_watch_left_open_on_a_closed_loop_harms_nobody(job_feed: JobFeed) -> None:
    loop = asyncio.new_event_loop()
    left = job_feed.watch(JOB)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(loop.run_until_complete, left.__aenter__()).result()
    loop.close()
    async with job_feed.watch(JOB) as watch:
        job_feed.moved(JOB)
        job_feed.hint(JOB, a_delta())
        assert await heard_by(watch) == (a_delta(),)
    await left.__aexit__(None, None, None)


async def test_only_what_is_listened_to_is_watched(job_feed: JobFeed) -> None:
    assert job_feed.watched() == frozenset()
    async with job_feed.watch(JOB):
        async with job_feed.watch(JOB), job_feed.watch(OTHER):
            assert job_feed.watched() == {JOB, OTHER}
        assert job_feed.watched() == {JOB}
    assert job_feed.watched() == frozenset()


async def test_a_look_without_patience_returns_what_there_is(job_feed: JobFeed) -> None:
    async with job_feed.watch(JOB) as watch:
        job_feed.hint(JOB, a_delta())
        await asyncio.sleep(0)
        assert await watch.next(timeout=NOW) == (a_delta(),)
        assert await watch.next(timeout=NOW) == ()
