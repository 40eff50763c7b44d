"""What is wrong with a server, a stream or an installation is said, with what would be right."""

import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.client import JetStreamContext
from pydantic import SecretStr

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.feeds.feeds import feed_over
from taskforce.infrastructure.nats.links import NatsLinks
from taskforce.infrastructure.nats.streams import (
    JOBS_STREAM,
    StreamUnfit,
    ensure_consumer,
    ensure_stream,
    hints_stream,
)
from taskforce.infrastructure.nats.subjects import HintSubjects
from taskforce.infrastructure.queues.nats import NatsQueue
from taskforce.infrastructure.queues.queues import queue_over
from taskforce.settings import SettingsInvalid
from tests.integration.nats.two_processes import MISSION, a_queue, taken
from tests.services.nats_server import NatsServer

SUBJECTS = HintSubjects({})
URL = SecretStr("nats://127.0.0.1:1")
LEASE = timedelta(seconds=30)


@pytest.fixture
async def js(empty_nats: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(empty_nats.url)
    yield client.jetstream()
    await client.close()


async def test_a_stream_of_another_retention_is_not_taken(js: JetStreamContext) -> None:
    await js.add_stream(name=JOBS_STREAM, subjects=["taskforce.jobs.*"])
    with pytest.raises(StreamUnfit, match=r"is kept by limits\. Delete it\."):
        await ensure_stream(js, hints_stream(SUBJECTS.all))


async def test_an_operators_own_stream_keeps_its_settings_and_gets_the_subjects(
    empty_nats: NatsServer, js: JetStreamContext
) -> None:
    await js.add_stream(hints_stream(("taskforce.jobs.*",)).evolve(max_age=60.0))
    async with a_queue(empty_nats.url) as queue:
        await queue.check()
    config = (await js.stream_info(JOBS_STREAM)).config
    assert config.max_age == 60.0
    assert set(config.subjects or ()) == {"taskforce.jobs.*", "pipeline.discovery.*", "pipeline.releases.*"}


async def test_a_consumer_that_is_there_is_made_as_it_is_wanted_now(js: JetStreamContext) -> None:
    await ensure_stream(js, hints_stream(SUBJECTS.all))
    (channel,) = SUBJECTS.channels("mission")
    for seconds in (5, 60):
        info = await ensure_consumer(js, channel, ack_wait=timedelta(seconds=seconds))
        assert info.config.ack_wait == seconds


async def test_a_consumer_that_lies_in_the_way_is_told(empty_nats: NatsServer, js: JetStreamContext) -> None:
    await ensure_stream(js, hints_stream(SUBJECTS.all))
    foreign = ConsumerConfig(durable_name="foreign", ack_policy=AckPolicy.EXPLICIT)
    await js.add_consumer(JOBS_STREAM, foreign)
    (channel,) = SUBJECTS.channels("mission")
    with pytest.raises(StreamUnfit, match="The consumer jobs_mission cannot be made"):
        await ensure_consumer(js, channel, ack_wait=LEASE)
    async with a_queue(empty_nats.url) as queue:
        assert await queue.wait(MISSION, timeout=timedelta(milliseconds=100)) is None
        await js.delete_consumer(JOBS_STREAM, "foreign")
        queue.notify("scan")
        (await taken(queue, frozenset({"scan"}))).settle()


def test_without_the_client_each_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nats", None)
    links, words = NatsLinks(), r"pip install 'taskforce\[nats\]'"
    with pytest.raises(SettingsInvalid, match=f"queue_url is set.*{words}"):
        queue_over(URL, None, links, of_runs={}, lease=LEASE, foreground=False)
    with pytest.raises(SettingsInvalid, match=f"feed_url is set.*{words}"):
        feed_over(URL, None, links)


async def test_what_is_closed_says_so_and_takes_nothing_any_more() -> None:
    links = NatsLinks()
    queue = queue_over(URL, None, links, of_runs={}, lease=LEASE, foreground=False)
    assert isinstance(queue, NatsQueue)
    links.close()
    queue.notify("mission")
    with pytest.raises(Unavailable, match="it is closed"):
        await queue.check()
