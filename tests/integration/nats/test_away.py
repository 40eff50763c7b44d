"""What becomes of hints and news while the broker is away, cut off, or has lost what it kept."""

import asyncio
import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest

from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.infrastructure.feeds.nats import NatsFeed
from taskforce.infrastructure.nats.link import NatsLink
from taskforce.infrastructure.queues.nats import NatsQueue
from tests.integration.nats.two_processes import BRIEFLY, JOB, MISSION, a_queue, taken
from tests.services.nats_server import NatsServer, nats_server
from tests.services.relay import relay


@pytest.fixture(scope="module")
def server() -> Iterator[NatsServer]:
    """Give a server of the module's own, for it is stopped, wiped and frozen."""
    with nats_server() as server:
        yield server


async def back(queue: NatsQueue) -> None:
    """Wait until it is connected again."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await queue.check()
            except Unavailable:
                await asyncio.sleep(0)


async def heard(door: NatsQueue, worker: NatsQueue) -> None:
    """Hint until the worker hears it, as the sweep of the store does."""
    waiting = asyncio.create_task(taken(worker))
    async with asyncio.timeout(30):
        while not waiting.done():
            door.notify("mission", JOB)
            await asyncio.wait((waiting,), timeout=0.2)
    (await waiting).settle()


@pytest.mark.parametrize("is_wiped", [False, True])
async def test_after_a_restart_of_the_broker_hints_flow_again(server: NatsServer, is_wiped: bool) -> None:
    async with a_queue(server.url) as door, a_queue(server.url) as worker:
        await heard(door, worker)
        await asyncio.to_thread(server.stop)
        if is_wiped:
            server.wipe()
        await asyncio.to_thread(server.start)
        await heard(door, worker)


async def test_what_the_broker_had_stored_before_a_restart_is_heard_after_it(server: NatsServer) -> None:
    async with a_queue(server.url) as door:
        await door.check()
        door.notify("mission", JOB)  # closing says what waits
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    async with a_queue(server.url) as worker:
        (await taken(worker)).settle()


async def test_while_it_is_away_nothing_blocks_and_hints_reach_this_process_alone(server: NatsServer) -> None:
    async with a_queue(server.url.replace("//", "//me:secret@")) as queue:
        await queue.check()
        await asyncio.to_thread(server.stop)
        for _ in range(20_000):
            queue.notify("mission", JOB)
        with pytest.raises(Unavailable, match=r"NATS at 127\.0\.0\.1:\d+ cannot be used: .") as away:
            await queue.check()
        assert "secret" not in away.value.message
        waiting = asyncio.create_task(taken(queue))
        await asyncio.sleep(0)
        queue.notify("mission")
        hint = await waiting
        for end in (hint.keep, hint.settle, hint.pass_on):
            end()
        await asyncio.to_thread(server.start)
        await back(queue)
        assert await queue.wait(frozenset({"scan"}), timeout=BRIEFLY) is None


async def test_who_is_cut_off_for_a_while_comes_back_by_itself(server: NatsServer) -> None:
    async with (
        relay(server.port) as between,
        a_queue(server.url) as door,
        a_queue(f"nats://127.0.0.1:{between.port}") as worker,
    ):
        await heard(door, worker)
        between.cut()
        with pytest.raises(Unavailable):
            await _until_down(worker)
        between.mend()
        await heard(door, worker)


async def _until_down(queue: NatsQueue) -> None:
    async with asyncio.timeout(30):
        while True:
            await queue.check()
            await asyncio.sleep(0.01)


async def test_a_hint_of_one_who_is_cut_off_is_given_to_another(server: NatsServer) -> None:
    short = timedelta(seconds=1)
    async with (
        relay(server.port) as between,
        a_queue(server.url, ack_wait=short) as door,
        a_queue(f"nats://127.0.0.1:{between.port}", ack_wait=short) as worker,
    ):
        await door.check()
        door.notify("mission", JOB)
        hint = await taken(worker)
        between.cut()
        hint.keep()
        (await taken(door)).settle()


async def test_it_closes_while_the_broker_is_frozen(server: NatsServer) -> None:
    async with a_queue(server.url) as queue:
        await queue.check()
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            queue.notify("mission", JOB)
            assert await queue.wait(MISSION, timeout=BRIEFLY) is None
        finally:
            asyncio.get_running_loop().call_later(0.5, os.kill, server.process.pid, signal.SIGCONT)


async def test_watchers_elsewhere_hear_again_after_a_restart_and_look_for_what_they_missed(
    server: NatsServer,
) -> None:
    job = JobId("job.of *")
    links = NatsLink(server.url), NatsLink(server.url)
    here, elsewhere = map(NatsFeed, links)
    async with elsewhere.watch(job) as watch:
        await _hinted(here, job, watch.next)
        await asyncio.to_thread(server.stop)
        here.hint(job, Delta(type="token", text="lost"))
        await asyncio.to_thread(server.start)
        await _hinted(here, job, watch.next)
    for link in links:
        await asyncio.to_thread(link.close)


async def _hinted(feed: NatsFeed, job: JobId, listen) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    async with asyncio.timeout(30):
        while True:
            feed.hint(job, Delta(type="token", text="heard"))
            if await listen(timeout=timedelta(milliseconds=50)):
                return
