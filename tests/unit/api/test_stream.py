"""Streams on the wire: pages, pings, clients that stall or leave, a log that breaks, a server that stops."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message

from taskforce.api.drain import Drain
from taskforce.api.stay import Stay
from taskforce.api.stream import HELLO, PING, EventStream
from taskforce.api.wire import Wire, chunks_of_views, encoded
from taskforce.application.jobs.log_page import LogPage
from taskforce.application.jobs.log_schemas import EventView
from taskforce.core.jobs.errors import StoreBusy
from taskforce.core.jobs.events import Delta, Event, RecordedEvent
from taskforce.core.principals import Principal, local_principal
from taskforce.infrastructure.system.clock import SetClock

CLOCK = SetClock()
Page = Sequence[EventView]


def told(number: int | None, message: str = "") -> EventView:
    return EventView(number=number, timestamp=CLOCK.now(), event_type="thought", message=message, details={})


@dataclass(slots=True)
class Client:
    """The other side of a connection; `stuck` reads nothing more."""

    stuck: bool = False
    left: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[Message] = field(default_factory=list)

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.stuck and len(self.messages) > 1:
            await asyncio.Event().wait()
        self.messages.append(message)

    @property
    def chunks(self) -> list[bytes]:
        return [message["body"] for message in self.messages[1:]]

    @property
    def is_ended(self) -> bool:
        return not self.messages[-1].get("more_body", True)


class Log:
    """Pages of a log that go on for ever after the last, and whether whoever read them is gone."""

    def __init__(self, *pages: Page | Exception, ends: bool = False) -> None:
        self._pages = pages
        self._ends = ends
        self.is_closed = False

    async def read(self) -> AsyncGenerator[Page, None]:
        try:
            for page in self._pages:
                if isinstance(page, Exception):
                    raise page
                yield page
            if not self._ends:
                await asyncio.Event().wait()
        finally:
            self.is_closed = True


async def always(_: Principal) -> bool:
    return True


async def streamed(log: Log, client: Client, *, drain: Drain | None = None, **more: Any) -> None:  # noqa: ANN401
    stay = Stay(local_principal(), stands=always, clock=CLOCK)
    chunks = chunks_of_views(log.read())
    stream = EventStream(chunks, drain=drain or Drain(), clock=CLOCK, stay=stay, **more)
    scope = {"type": "http", "path": "/events"}
    await asyncio.wait_for(stream(scope, client.receive, client.send), timeout=5)


async def test_each_page_is_one_chunk_after_the_first_bytes() -> None:
    client, log = Client(), Log([told(1), told(2)], [told(None), told(3)], ends=True)
    await streamed(log, client)
    assert client.chunks == [HELLO, encoded([told(1), told(2)]), encoded([told(None), told(3)]), b""]
    assert client.is_ended
    assert log.is_closed


async def test_a_page_is_encoded_once_for_all_who_are_sent_it() -> None:
    event = RecordedEvent(number=1, at=CLOCK.now(), event=Event(type="thought"))
    page, wire = LogPage(told=(event, Delta(type="token", text="x"))), Wire()

    async def pages() -> AsyncGenerator[LogPage, None]:
        yield page

    (first,) = [chunk async for chunk in wire.chunks_of(pages(), CLOCK)]
    (second,) = [chunk async for chunk in wire.chunks_of(pages(), CLOCK)]
    assert first is second
    assert first == encoded([told(1), EventView.of_hint(Delta(type="token", text="x"), CLOCK.now())])


async def test_a_quiet_stream_pings_until_the_client_leaves() -> None:
    client, log = Client(), Log([told(1)])
    asyncio.get_running_loop().call_later(0.2, client.left.set)
    await streamed(log, client, ping_every=0.05)
    assert client.chunks[:3] == [HELLO, encoded([told(1)]), PING]
    assert set(client.chunks[2:]) == {PING}
    assert not client.is_ended
    assert log.is_closed


async def test_a_client_that_reads_no_more_is_dropped() -> None:
    client, log = Client(stuck=True), Log([told(1)], [told(2)])
    await streamed(log, client, send_timeout=0.05)
    assert client.chunks == [HELLO]
    assert log.is_closed


@pytest.mark.parametrize(
    ("error", "code"), [(StoreBusy("locked"), "store_busy"), (RuntimeError("secret"), "internal_error")]
)
async def test_a_log_that_breaks_ends_the_stream_with_an_error_and_no_complete(
    error: Exception, code: str
) -> None:
    client, log = Client(), Log([told(1)], error)
    await streamed(log, client)
    last = client.chunks[-2].decode()
    assert last.startswith("event: error\ndata: ")
    assert json.loads(last.partition("data: ")[2])["details"]["code"] == code
    assert "secret" not in last
    assert client.is_ended


async def test_a_server_that_stops_says_so_on_every_stream() -> None:
    drain, clients = Drain(), [Client() for _ in range(3)]
    asyncio.get_running_loop().call_later(0.05, drain.start)
    await asyncio.gather(*(streamed(Log([told(1)]), client, drain=drain) for client in clients))
    late = Client()
    await streamed(Log(), late, drain=drain)
    for client in [*clients, late]:
        assert client.chunks[-1].startswith(b"event: draining\n")
        assert client.is_ended


async def test_the_drain_is_heard_on_other_loops() -> None:
    drain, ready = Drain(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def elsewhere() -> None:
        with drain.listen() as drained:
            loop.call_soon_threadsafe(ready.set)
            await asyncio.wait_for(drained, timeout=5)

    heard = asyncio.create_task(asyncio.to_thread(asyncio.run, elsewhere()))
    await ready.wait()
    drain.start()
    await heard
    assert drain.is_on


async def test_streams_give_way_to_each_other() -> None:
    pages = [[told(number)] for number in range(1, 200)]
    clients = [Client() for _ in range(5)]
    lengths: list[list[int]] = []

    async def watch() -> None:
        while not all(client.messages and client.is_ended for client in clients):
            lengths.append([len(client.messages) for client in clients])
            await asyncio.sleep(0)

    await asyncio.gather(*(streamed(Log(*pages, ends=True), client) for client in clients), watch())
    assert max(max(length) - min(length) for length in lengths) < 5


@pytest.mark.parametrize(
    "text", ["a\rb", "a\nb", "a\n\nb", "data: x\n\n", "a\x00b", "a\u2028b", "😀", "x" * 2**20]
)
def test_any_text_is_one_line_on_the_wire(text: str) -> None:
    wire = encoded([told(7, text)]).decode()
    assert wire.endswith("\n\n")
    head, kind, data = wire[:-2].split("\n")
    assert (head, kind) == ("id: 7", "event: thought")
    assert "\r" not in wire
    assert json.loads(data.removeprefix("data: "))["message"] == text
