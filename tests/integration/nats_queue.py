"""One NATS server for all tests of a process: emptied for each that asks for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import nats
import pytest
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from taskforce.infrastructure.nats.streams import EVENTS_STREAM, JOBS_STREAM
from tests.integration.postgres import T, elsewhere
from tests.services.nats_server import NatsServer, nats_server


@pytest.fixture(scope="session")
def running_nats() -> Iterator[NatsServer]:
    with nats_server() as server:
        yield server


@pytest.fixture
def empty_nats(running_nats: NatsServer) -> NatsServer:
    """Give the server without streams."""
    asked(running_nats, _empty)
    return running_nats


def asked(server: NatsServer, work: Callable[[Client], Awaitable[T]]) -> T:
    """Return what comes of work with a connection of its own, on a loop of its own."""

    async def ask() -> T:
        client = await nats.connect(server.url)
        try:
            return await work(client)
        finally:
            await client.close()

    return elsewhere(ask())


async def _empty(client: Client) -> None:
    js = client.jetstream()
    for stream in (JOBS_STREAM, EVENTS_STREAM):
        try:
            await js.delete_stream(stream)
        except NotFoundError:
            await asyncio.sleep(0)
