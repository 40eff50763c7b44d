"""The queue carries hints of work from any thread to whoever waits for that kind."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from taskforce.core.jobs.ports import Hint, JobQueue

SOON, BRIEFLY = timedelta(seconds=5), timedelta(milliseconds=20)
SCAN, ECHO = frozenset({"scan"}), frozenset({"echo"})


async def test_a_hint_wakes_who_waits_for_the_kind(job_queue: JobQueue) -> None:
    asyncio.get_running_loop().call_later(0.01, job_queue.notify, "scan")
    assert await asyncio.wait_for(job_queue.wait(SCAN | ECHO, timeout=SOON), 2)


async def test_a_hint_at_a_kind_stands_for_all_that_are_due_of_it(job_queue: JobQueue) -> None:
    job_queue.notify("scan")
    hint = await job_queue.wait(SCAN, timeout=SOON)
    assert hint is not None
    assert not hint.is_of_a_job


async def test_without_a_hint_time_runs_out(job_queue: JobQueue) -> None:
    job_queue.notify("scan")
    assert not await job_queue.wait(ECHO, timeout=BRIEFLY)


async def test_a_hint_that_nobody_waited_for_is_kept_once_a_kind(job_queue: JobQueue) -> None:
    for kind in ("scan", "scan", "echo"):
        job_queue.notify(kind)
    assert await job_queue.wait(SCAN, timeout=SOON)
    assert not await job_queue.wait(SCAN, timeout=BRIEFLY)
    assert await job_queue.wait(ECHO, timeout=SOON)


async def test_one_hint_wakes_one_who_waits(job_queue: JobQueue) -> None:
    waiters = [
        asyncio.create_task(job_queue.wait(SCAN, timeout=timedelta(milliseconds=50))) for _ in range(3)
    ]
    await asyncio.sleep(0)
    job_queue.notify("scan")
    assert sum(hint is not None for hint in await asyncio.gather(*waiters)) == 1


async def test_as_many_hints_wake_as_many_who_wait(job_queue: JobQueue) -> None:
    waiters = [asyncio.create_task(job_queue.wait(SCAN, timeout=SOON)) for _ in range(3)]
    await asyncio.sleep(0)
    for _ in range(3):
        job_queue.notify("scan")
    assert all(await asyncio.wait_for(asyncio.gather(*waiters), 2))


async def test_a_hint_to_one_who_was_cancelled_goes_to_the_next(job_queue: JobQueue) -> None:
    gone = asyncio.create_task(job_queue.wait(SCAN, timeout=SOON))
    await asyncio.sleep(0)
    gone.cancel()
    job_queue.notify("scan")
    await asyncio.gather(gone, return_exceptions=True)
    assert await asyncio.wait_for(job_queue.wait(SCAN, timeout=SOON), 2)


async def test_hints_cross_threads_and_event_loops(job_queue: JobQueue) -> None:
    def wait() -> Hint | None:
        return asyncio.run(job_queue.wait(SCAN, timeout=SOON))

    with ThreadPoolExecutor(1) as thread:
        woken = asyncio.get_running_loop().run_in_executor(thread, wait)
        await asyncio.sleep(0.02)
        job_queue.notify("scan")
        assert await woken


async def test_one_who_waited_on_a_closed_loop_takes_no_hint(job_queue: JobQueue) -> None:
    loop = asyncio.new_event_loop()
    task = loop.create_task(job_queue.wait(SCAN, timeout=SOON))

    def begin_and_leave() -> None:
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(begin_and_leave).result()
    job_queue.notify("scan")
    assert await asyncio.wait_for(job_queue.wait(SCAN, timeout=SOON), 2)
    task.get_coro().close()  # what a loop that was closed has left behind


async def test_a_hint_is_kept_settled_and_passed_on_from_any_thread(job_queue: JobQueue) -> None:
    for end in ("settle", "pass_on"):
        job_queue.notify("scan")
        hint = await job_queue.wait(SCAN, timeout=SOON)
        assert hint is not None
        await asyncio.to_thread(hint.keep)
        await asyncio.to_thread(getattr(hint, end))
