"""What the broker holds: a message for each hint that nobody here waited for, and no more than are of use."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from kombu import Producer, Queue
from structlog.contextvars import bound_contextvars

from taskforce.core.errors import Unavailable
from taskforce.core.identity import JobId
from taskforce.infrastructure.queues.celery import CeleryQueue
from taskforce.infrastructure.queues.celery_app import TASK, celery_over
from tests.integration.processes import until
from tests.services.redis_server import RedisServer, redis_server

SOON = timedelta(seconds=20)
SCAN, ECHO = frozenset({"scan"}), frozenset({"echo"})
LEASE = timedelta(seconds=30)


@pytest.fixture
def kept(broker: RedisServer) -> Iterator[redis.Redis]:
    """Give a look at what the broker holds, which is nothing yet."""
    broker.wipe()
    with redis.Redis(port=broker.port, decode_responses=True) as client:
        yield client


@pytest.fixture
def open_queue(broker: RedisServer) -> Iterator[Callable[[], CeleryQueue]]:
    """Give what makes the queue of one process more."""
    opened: list[CeleryQueue] = []

    def opening() -> CeleryQueue:
        opened.append(CeleryQueue(celery_over(broker.url, lease=LEASE)))
        return opened[-1]

    yield opening
    for queue in opened:
        queue.close()


Opening = Callable[[], CeleryQueue]


def waiting(kept: redis.Redis, kind: str = "scan") -> int:
    return int(str(kept.llen(f"taskforce.{kind}")))


async def holds(kept: redis.Redis, count: int, *, unacknowledged: int = 0) -> None:
    def held() -> bool:
        return (waiting(kept), int(str(kept.zcard("unacked_index")))) == (count, unacknowledged)

    await asyncio.to_thread(until, held, what=f"{count} messages")


async def test_a_message_names_the_job_and_the_request_that_it_comes_from(
    kept: redis.Redis, open_queue: Opening
) -> None:
    with bound_contextvars(request_id="asked", traceparent="00-trace", principal="nobody"):
        open_queue().notify("scan", JobId("job"))
    await holds(kept, 1)
    message: dict[str, Any] = json.loads(str(kept.lindex("taskforce.scan", 0)))
    told = {name: message["headers"].get(name) for name in ("task", "argsrepr", "request_id", "traceparent")}
    assert told == {"task": TASK, "argsrepr": "['job']", "request_id": "asked", "traceparent": "00-trace"}
    assert "principal" not in message["headers"]
    assert message["headers"]["ignore_result"] is True


async def test_a_message_is_kept_until_the_play_is_on_record(kept: redis.Redis, open_queue: Opening) -> None:
    there, here = open_queue(), open_queue()
    there.notify("scan", JobId("job"))
    hint = await here.wait(SCAN, timeout=SOON)
    assert hint is not None
    hint.keep()
    await holds(kept, 0, unacknowledged=1)
    hint.settle()
    await holds(kept, 0)


async def test_what_was_cut_off_is_somebody_elses_at_once(kept: redis.Redis, open_queue: Opening) -> None:
    first, second = open_queue(), open_queue()
    first.notify("scan", JobId("job"))
    hint = await first.wait(SCAN, timeout=SOON)
    assert hint is not None
    hint.pass_on()
    first.close()
    again = await second.wait(SCAN, timeout=SOON)
    assert again is not None
    again.settle()
    await holds(kept, 0)


async def test_one_who_sleeps_here_is_woken_without_the_broker(
    kept: redis.Redis, open_queue: Opening
) -> None:
    queue = open_queue()
    asleep = asyncio.create_task(queue.wait(SCAN, timeout=SOON))
    await asyncio.sleep(0)
    queue.notify("scan", JobId("job"))
    hint = await asleep
    assert hint is not None
    assert waiting(kept) == 0
    hint.keep()
    hint.settle()
    hint.pass_on()  # as if it had been cut off instead
    await holds(kept, 1)


async def test_one_of_the_foreground_leaves_messages_and_hints_to_others(
    kept: redis.Redis, broker: RedisServer, open_queue: Opening
) -> None:
    queue = CeleryQueue(celery_over(broker.url, lease=LEASE), takes=False)
    open_queue().notify("scan", JobId("of-others"))
    await holds(kept, 1)
    assert await queue.wait(SCAN, timeout=timedelta(milliseconds=200)) is None
    asleep = asyncio.create_task(queue.wait(SCAN, timeout=SOON))
    await asyncio.sleep(0)
    queue.notify("scan", JobId("its-own"))
    assert await asleep
    await holds(kept, 2)
    queue.close()


async def test_hints_at_a_kind_do_not_pile_up_and_hints_at_jobs_do(
    kept: redis.Redis, open_queue: Opening
) -> None:
    for number in range(3):
        queue = open_queue()
        queue.notify("scan")
        queue.notify("echo", JobId(f"job-{number}"))
        await asyncio.to_thread(queue.close)
        assert (waiting(kept), waiting(kept, "echo")) == (1, number + 1)


async def test_each_kind_has_its_turn(kept: redis.Redis, open_queue: Opening) -> None:
    there, here = open_queue(), open_queue()
    for number in range(3):
        there.notify("scan", JobId(f"scan-{number}"))
        there.notify("echo", JobId(f"echo-{number}"))
    await holds(kept, 3)
    for _ in range(6):
        hint = await here.wait(SCAN | ECHO, timeout=SOON)
        assert hint is not None
        hint.settle()
    await holds(kept, 0)
    assert waiting(kept, "echo") == 0


async def test_while_the_broker_is_away_hints_cost_nothing_and_are_lost() -> None:
    with redis_server() as server:
        queue = CeleryQueue(celery_over(server.url.replace("//", "//:secret@"), lease=LEASE))
        with pytest.raises(Unavailable, match="carries no hints") as refused:
            await queue.check()  # it has no password
        assert "secret" not in refused.value.message
        queue.close()
        queue = CeleryQueue(celery_over(server.url, lease=LEASE))
        await queue.check()
        assert await queue.wait(SCAN, timeout=timedelta()) is None
        server.process.kill()
        server.process.wait()
        began = time.perf_counter()
        for number in range(1_000):
            queue.notify("scan", JobId(f"job-{number}"))
        assert time.perf_counter() - began < 1
        with pytest.raises(Unavailable, match=rf"127.0.0.1:{server.port}"):
            await queue.check()
        with redis_server(port=server.port):
            hint = None
            while hint is None:
                queue.notify("scan")
                hint = await queue.wait(SCAN, timeout=timedelta(milliseconds=100))
            await queue.check()
        queue.close()
        queue.notify("scan")
        queue.close()


def test_a_fork_speaks_with_the_broker_itself(kept: redis.Redis, open_queue: Opening) -> None:
    queue = open_queue()
    queue.notify("scan", JobId("of-the-parent"))
    until(lambda: waiting(kept) == 1)
    child = os.fork()
    if child == 0:
        queue.notify("scan", JobId("of-the-child"))
        queue.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert waiting(kept) == 2
    queue.notify("scan", JobId("of-the-parent-again"))
    until(lambda: waiting(kept) == 3)


async def test_a_hint_says_whether_it_was_given_for_a_job(kept: redis.Redis, open_queue: Opening) -> None:
    door, worker = open_queue(), open_queue()
    for job_id in (JobId("job"), None):
        door.notify("scan", job_id)
        await holds(kept, 1)
        hint = await worker.wait(SCAN, timeout=SOON)
        assert hint is not None
        assert hint.is_of_a_job == (job_id is not None)
        hint.settle()
        await holds(kept, 0)


def test_a_connection_that_broke_can_be_closed_though_a_message_was_not_acknowledged() -> None:
    with redis_server() as broker:
        connection = celery_over(broker.url, lease=LEASE).connection_for_read()
        channel = connection.default_channel
        queue = Queue("broken", channel=channel)
        queue.declare()
        Producer(channel).publish("a hint", routing_key=queue.name)
        assert queue.get() is not None
        broker.process.kill()
        broker.process.wait()
        connection.transport.client = None  # as kombu leaves it, where the first try to close it failed
        channel.close()
        connection.release()
