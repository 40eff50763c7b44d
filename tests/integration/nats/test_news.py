"""News from one process to another over the core of NATS."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.ports import Watch
from taskforce.infrastructure.feeds.nats import NatsFeed
from taskforce.infrastructure.nats.link import NatsLink
from tests.services.nats_server import NatsServer

JOB = JobId("job")
SOON = timedelta(seconds=20)


@pytest.fixture
async def feeds(running_nats: NatsServer) -> AsyncIterator[tuple[NatsFeed, NatsFeed]]:
    """Give those of two processes."""
    links = NatsLink(running_nats.url), NatsLink(running_nats.url)
    yield NatsFeed(links[0]), NatsFeed(links[1])
    for link in links:
        await asyncio.to_thread(link.close)


async def listening(watch: Watch) -> None:
    """Wait until the server knows of it: then it is told to look."""
    assert await watch.next(timeout=SOON) == ()


async def test_hints_come_in_order_and_a_move_wakes(feeds: tuple[NatsFeed, NatsFeed]) -> None:
    here, elsewhere = feeds
    async with elsewhere.watch(JOB) as watch:
        await listening(watch)
        for text in "abc":
            here.hint(JOB, Delta(type="token", text=text, details={"n": 1}, after=3))
        heard: list[Delta] = []
        while len(heard) < 3:
            heard += await watch.next(timeout=SOON)
        assert heard == [Delta(type="token", text=text, details={"n": 1}, after=3) for text in "abc"]
        here.moved(JobId("another"))
        for _ in range(3):
            here.moved(JOB)
            async with asyncio.timeout(20):
                assert await watch.next(timeout=SOON * 2) == ()


async def test_a_hint_longer_than_a_message_may_be_comes_in_parts(feeds: tuple[NatsFeed, NatsFeed]) -> None:
    here, elsewhere = feeds
    long = '\N{PILE OF POO}"\\é\n' * 300_000
    async with elsewhere.watch(JOB) as watch:
        await listening(watch)
        here.hint(JOB, Delta(type="log", text=long))
        heard = ""
        while len(heard) < len(long):
            heard += "".join(delta.text for delta in await watch.next(timeout=SOON))
    assert heard == long


async def test_what_is_not_watched_any_more_is_not_heard(feeds: tuple[NatsFeed, NatsFeed]) -> None:
    here, elsewhere = feeds
    async with elsewhere.watch(JOB) as watch:
        await listening(watch)
    async with elsewhere.watch(JobId("another")) as watch:
        await listening(watch)
        here.hint(JOB, Delta(type="token", text="x"))
        here.hint(JobId("another"), Delta(type="token", text="y"))
        assert [delta.text for delta in await watch.next(timeout=SOON)] == ["y"]
