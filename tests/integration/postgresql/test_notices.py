"""What one process says, the others on the same database hear, also after the server was away."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.infrastructure.database.postgres_notices import LONGEST, PostgresNotices
from taskforce.infrastructure.feeds.postgres import PostgresFeed
from taskforce.infrastructure.queues.postgres import PostgresQueue
from tests.services.postgres_server import PostgresServer, postgres_server

JOB = JobId("job")
SOON = timedelta(seconds=20)
SCAN = frozenset({"scan"})


class Process:
    """What a process has of it."""

    def __init__(self, url: str) -> None:
        self.notices = PostgresNotices(url)
        self.feed = PostgresFeed(self.notices)
        self.queue = PostgresQueue(self.notices)


@pytest.fixture
def here(postgres: PostgresServer) -> Iterator[Process]:
    process = Process(postgres.url())
    yield process
    process.notices.close()


@pytest.fixture
def there(postgres: PostgresServer) -> Iterator[Process]:
    process = Process(postgres.url())
    yield process
    process.notices.close()


async def refusal(queue: PostgresQueue) -> str:
    """Return why it carries nothing, as soon as that is noticed."""
    while True:
        try:
            await queue.check()
        except Unavailable as error:
            return error.message


async def test_a_hint_of_work_wakes_a_worker_elsewhere(here: Process, there: Process) -> None:
    await there.queue.check()
    asked = asyncio.create_task(there.queue.wait(SCAN, timeout=SOON))
    await asyncio.sleep(0)
    here.queue.notify("scan")
    assert await asyncio.wait_for(asked, 10)


async def test_a_hint_of_work_wakes_all_who_wait_elsewhere_for_it_may_stand_for_many(
    here: Process, there: Process
) -> None:
    await there.queue.check()
    asked = [asyncio.create_task(there.queue.wait(SCAN, timeout=SOON)) for _ in range(3)]
    await asyncio.sleep(0)
    here.queue.notify("scan")
    assert all(await asyncio.wait_for(asyncio.gather(*asked), 10))


async def test_live_output_is_seen_elsewhere_in_order_and_each_piece(here: Process, there: Process) -> None:
    await there.queue.check()
    said = [Delta(type="token", text=text, details={"n": 1}, after=3) for text in ("a", "b", "b", "\0ü")]
    async with there.feed.watch(JOB) as watch:
        for delta in said:
            here.feed.hint(JOB, delta)
        seen: list[Delta] = []
        while len(seen) < len(said):
            seen += await watch.next(timeout=SOON)
        assert seen == said
        here.feed.hint(JOB, Delta(type="token", text="x" * LONGEST))  # it is lost, and nothing else
        here.feed.moved(JOB)
        assert await watch.next(timeout=SOON) == ()


async def test_who_speaks_does_not_hear_itself(here: Process, there: Process) -> None:
    await here.queue.check()
    await there.queue.check()
    here.queue.notify("scan")
    assert await here.queue.wait(SCAN, timeout=SOON)  # its own hint, at once
    assert await there.queue.wait(SCAN, timeout=SOON)
    here.queue.notify("echo")
    assert await there.queue.wait(frozenset({"echo"}), timeout=SOON)
    assert not await here.queue.wait(SCAN, timeout=timedelta())


async def test_after_the_server_was_away_everybody_looks_and_hears_again() -> None:
    with postgres_server() as server:
        here, there = Process(server.url()), Process(server.url())
        await here.queue.check()
        await there.queue.check()
        async with there.feed.watch(JOB) as watch:
            await asyncio.to_thread(server.stop)
            assert "carries no notices" in await refusal(there.queue)
            here.feed.moved(JOB)
            await asyncio.to_thread(server.start)
            await watch.next(timeout=SOON)
            while (await watch.next(timeout=timedelta(seconds=1))) == ():
                here.feed.hint(JOB, Delta(type="token", text="again"))
        here.notices.close()
        there.notices.close()


async def test_what_is_closed_says_no_more(postgres: PostgresServer) -> None:
    process = Process(postgres.url())
    await process.queue.check()
    process.notices.close()
    process.queue.notify("scan")
    with pytest.raises(Unavailable):
        await process.queue.check()
    process.notices.close()
