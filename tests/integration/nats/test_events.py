"""Events from the outbox on subjects by their types: each once, those of a job in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import nats
import pytest
from nats.js.api import DeliverPolicy
from nats.js.client import JetStreamContext

from taskforce.application.webhooks.relay import Relay
from taskforce.core.errors import Unavailable
from taskforce.core.jobs.ports import Probe
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.ports import EventBus
from taskforce.infrastructure.nats.link import NatsLink
from taskforce.infrastructure.nats.streams import EVENTS_STREAM
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.webhooks.memory import MemoryOutbox
from taskforce.infrastructure.webhooks.memory_ledger import Tables
from taskforce.infrastructure.webhooks.nats import NatsBus
from tests.builders import NOON
from tests.services.nats_server import NatsServer
from tests.webhook_builders import an_outgoing

JOBS = [f"0190f3a0-0000-7000-8000-00000000000{number}" for number in range(3)]


class Following(EventBus):
    """The bus after it."""

    def __init__(self) -> None:
        self.events: list[str] = []

    async def publish(self, events: Sequence[OutgoingEvent]) -> None:
        self.events += [event.id for event in events]


class DiesOnce(Probe):
    """A crash at a place, the first time."""

    def __init__(self, place: str) -> None:
        self._place: str | None = place

    def reach(self, place: str) -> None:
        if place == self._place:
            self._place = None
            raise KeyboardInterrupt


@pytest.fixture
def link(empty_nats: NatsServer) -> NatsLink:
    return NatsLink(empty_nats.url)


@pytest.fixture
async def bus(link: NatsLink) -> AsyncIterator[NatsBus]:
    yield NatsBus(Following(), link)
    await asyncio.to_thread(link.close)


@pytest.fixture
async def js(empty_nats: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(empty_nats.url)
    yield client.jetstream()
    await client.close()


async def published(js: JetStreamContext, subject: str = "taskforce.events.>") -> list[tuple[str, str]]:
    """Return subject and id of all that is there, in the stream's order."""
    count = (await js.stream_info(EVENTS_STREAM)).state.messages
    reading = await js.subscribe(subject, ordered_consumer=True, deliver_policy=DeliverPolicy.ALL)
    messages = [await reading.next_msg(timeout=20) for _ in range(count)]
    return [(message.subject, (message.headers or {})["Nats-Msg-Id"]) for message in messages]


def events(of: int = 20) -> list[OutgoingEvent]:
    """Return events of several jobs, as an outbox has them."""
    return [an_outgoing(job, number) for number in range(1, of + 1) for job in JOBS]


async def test_an_event_is_on_its_type_s_subject_with_its_id_and_request(
    bus: NatsBus, js: JetStreamContext
) -> None:
    trace = f"00-{1:032x}-{1:016x}-01"
    event = an_outgoing(type="taskforce.my kind.said.v1", request_id="r-1", traceparent=trace)
    await bus.publish([event])
    message = await js.get_msg(EVENTS_STREAM, seq=1)
    assert message.subject == "taskforce.events.my=20kind.said.v1"
    assert message.headers == {
        "Nats-Msg-Id": event.id,
        "Nats-Expected-Stream": EVENTS_STREAM,
        "Content-Type": "application/cloudevents+json",
        "X-Request-ID": "r-1",
        "traceparent": trace,
    }
    body = json.loads(message.data or b"")
    assert (body["specversion"], body["id"], body["type"]) == ("1.0", event.id, event.type)


async def test_those_of_a_job_are_in_order_and_what_comes_twice_is_there_once(
    bus: NatsBus, js: JetStreamContext
) -> None:
    told = events()
    await asyncio.gather(bus.publish(told[:30]), bus.publish(told))
    await bus.publish(told[10:])
    ids = [id for _, id in await published(js)]
    assert sorted(ids) == sorted(event.id for event in told)
    for job in JOBS:
        assert [id for id in ids if id.startswith(job)] == [f"{job}/{number}" for number in range(1, 21)]


async def test_a_crash_between_publishing_and_taking_out_publishes_nothing_twice(
    bus: NatsBus, js: JetStreamContext
) -> None:
    tables = Tables()
    tables.outbox.extend(events())
    outbox = MemoryOutbox(tables, SetClock(NOON))
    relay = Relay(outbox=outbox, bus=bus, probe=DiesOnce("outbox.published"))
    with pytest.raises(KeyboardInterrupt):
        await relay.carry()
    assert len(tables.outbox) == 60
    assert await relay.carry() == 60
    assert await relay.carry() == 0
    assert len(await published(js)) == 60


async def test_while_the_server_is_away_events_stay_where_they_are() -> None:
    tables = Tables()
    tables.outbox.extend(events())
    relay = Relay(
        outbox=MemoryOutbox(tables, SetClock(NOON)),
        bus=NatsBus(Following(), NatsLink("nats://127.0.0.1:1")),
        probe=DiesOnce(""),
    )
    with pytest.raises(Unavailable, match=r"NATS at 127\.0\.0\.1:1 cannot be used"):
        await relay.carry()
    assert len(tables.outbox) == 60


async def test_a_stream_that_somebody_removed_is_made_again(bus: NatsBus, js: JetStreamContext) -> None:
    await bus.publish(events(1))
    await js.delete_stream(EVENTS_STREAM)
    with pytest.raises(Unavailable):
        await bus.publish(events(2))
    await bus.publish(events(2))
    assert len(await published(js)) == 6
