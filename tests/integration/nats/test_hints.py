"""Hints from one process to another: given out once, kept, passed on, given up; on which subjects."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import nats
import pytest
from nats.js.client import JetStreamContext
from structlog.contextvars import bound_contextvars
from structlog.testing import capture_logs

from taskforce.core.identity import JobId
from taskforce.core.pipelines.release_task import KIND as RELEASE
from taskforce.core.pipelines.task import KIND as PIPELINE
from taskforce.infrastructure.nats.streams import JOBS_STREAM
from taskforce.infrastructure.queues.nats import NatsQueue
from tests.integration.nats.two_processes import BRIEFLY, JOB, MISSION, OTHER, a_queue, taken
from tests.services.nats_server import NatsServer

SHORT = timedelta(seconds=1)


@pytest.fixture
async def door(empty_nats: NatsServer) -> AsyncIterator[NatsQueue]:
    async with a_queue(empty_nats.url) as queue:
        await queue.check()
        yield queue


@pytest.fixture
async def worker(empty_nats: NatsServer) -> AsyncIterator[NatsQueue]:
    async with a_queue(empty_nats.url) as queue:
        yield queue


@pytest.fixture
async def js(empty_nats: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(empty_nats.url)
    yield client.jetstream()
    await client.close()


async def lying(js: JetStreamContext, count: int) -> None:
    """Wait until so many hints lie in the stream."""
    async with asyncio.timeout(20):
        while (await js.stream_info(JOBS_STREAM)).state.messages != count:  # noqa: ASYNC110 - the server's
            await asyncio.sleep(0.01)


async def test_a_hint_is_there_until_it_is_settled_and_not_longer(
    door: NatsQueue, worker: NatsQueue, js: JetStreamContext
) -> None:
    door.notify("mission", JOB)
    hint = await taken(worker)
    assert (await js.stream_info(JOBS_STREAM)).state.messages == 1
    hint.settle()
    await lying(js, 0)
    assert await worker.wait(MISSION, timeout=BRIEFLY) is None


async def test_the_request_and_its_trace_go_along(door: NatsQueue, js: JetStreamContext) -> None:
    with bound_contextvars(request_id="r-1", traceparent=f"00-{1:032x}-{1:016x}-01"):
        door.notify("mission", JOB)
    await lying(js, 1)
    headers = (await js.get_msg(JOBS_STREAM, seq=1)).headers or {}
    assert {name: headers[name] for name in headers if name != "Nats-Msg-Id"} == {
        "Taskforce-Job-Id": JOB,
        "X-Request-ID": "r-1",
        "traceparent": f"00-{1:032x}-{1:016x}-01",
    }


@pytest.mark.parametrize(
    ("due", "subject"),
    [
        (("mission", JOB), "taskforce.jobs.mission"),
        ((PIPELINE, JOB), f"pipeline.discovery.{JOB}"),
        ((PIPELINE, None), "taskforce.jobs.pipeline"),
        ((RELEASE, JOB), f"pipeline.releases.{JOB}"),
        (("my kind.of *", None), "taskforce.jobs.my=20kind=2Eof=20=2A"),
    ],
)
async def test_each_kind_has_its_subject_and_is_heard_on_it(
    door: NatsQueue, worker: NatsQueue, js: JetStreamContext, due: tuple[str, JobId | None], subject: str
) -> None:
    door.notify(*due)
    await lying(js, 1)
    assert (await js.get_msg(JOBS_STREAM, seq=1)).subject == subject
    (await taken(worker, frozenset({due[0]}))).settle()
    await lying(js, 0)


async def test_one_that_is_passed_on_goes_to_another(
    door: NatsQueue, worker: NatsQueue, empty_nats: NatsServer
) -> None:
    door.notify("mission", JOB)
    (await taken(worker)).pass_on()
    async with a_queue(empty_nats.url) as another:
        (await taken(another)).settle()


async def test_one_that_nobody_keeps_is_given_out_again_and_one_that_is_kept_is_not(
    empty_nats: NatsServer, js: JetStreamContext
) -> None:
    url = empty_nats.url
    async with a_queue(url, ack_wait=SHORT) as door, a_queue(url, ack_wait=SHORT) as worker:
        door.notify("mission", JOB)
        hint = await taken(worker)
        for _ in range(8):
            assert await worker.wait(MISSION, timeout=SHORT / 4) is None
            hint.keep()
        again = await taken(worker)  # it is kept no more
        again.settle()
        await lying(js, 0)


async def test_a_job_that_is_due_again_is_another_hint(door: NatsQueue, worker: NatsQueue) -> None:
    for _ in range(3):
        door.notify("mission", JOB)
        (await taken(worker)).settle()


async def test_hints_of_several_jobs_are_several_and_those_that_name_none_are_one(
    door: NatsQueue, worker: NatsQueue, js: JetStreamContext
) -> None:
    door.notify("mission", JOB)
    door.notify("mission", OTHER)
    await lying(js, 2)
    for _ in range(2):
        (await taken(worker)).settle()
    await lying(js, 0)
    door.notify("mission")
    await lying(js, 1)
    for _ in range(20):
        door.notify("mission")
    await asyncio.sleep(0.5)
    await lying(js, 1)


async def test_a_hint_says_whether_it_was_given_for_a_job(
    door: NatsQueue, worker: NatsQueue, js: JetStreamContext
) -> None:
    for job_id in (JOB, None):
        door.notify("mission", job_id)
        hint = await taken(worker)
        assert hint.is_of_a_job == (job_id is not None)
        hint.settle()
        await lying(js, 0)


async def test_hints_go_to_all_who_wait_and_what_is_pulled_for_more_is_given_back(
    door: NatsQueue, worker: NatsQueue, empty_nats: NatsServer, js: JetStreamContext
) -> None:
    jobs = [JobId(f"0190f3a0-0000-7000-8000-{number:012}") for number in range(12)]
    for job_id in jobs:
        door.notify("mission", job_id)
    async with asyncio.timeout(20):
        hints = [await taken(worker)]
        hints += await asyncio.gather(*(taken(worker) for _ in range(4)))
    await asyncio.sleep(0.2)  # nobody waits here any more
    async with a_queue(empty_nats.url) as another, asyncio.timeout(20):
        hints += [await taken(another) for _ in range(len(jobs) - len(hints))]
        for hint in hints:
            hint.settle()
        await lying(js, 0)


async def test_who_has_no_place_pulls_nothing(
    door: NatsQueue, worker: NatsQueue, empty_nats: NatsServer, js: JetStreamContext
) -> None:
    assert await worker.wait(MISSION, timeout=BRIEFLY) is None
    door.notify("mission", JOB)
    await lying(js, 1)
    async with a_queue(empty_nats.url) as another:
        (await taken(another)).settle()
    await lying(js, 0)


async def test_one_of_the_foreground_leaves_hints_to_others(
    door: NatsQueue, empty_nats: NatsServer, js: JetStreamContext
) -> None:
    async with a_queue(empty_nats.url, pulls=False) as command:
        door.notify("mission", JOB)
        await lying(js, 1)
        assert await command.wait(MISSION, timeout=BRIEFLY) is None
        (await taken(door)).settle()
        await lying(js, 0)
        command.notify("mission", OTHER)
        (await taken(door)).settle()


async def test_a_hint_that_was_given_out_three_times_is_given_up_with_a_line_in_the_log(
    door: NatsQueue, worker: NatsQueue, js: JetStreamContext
) -> None:
    with capture_logs() as lines:
        door.notify("mission", JOB)
        for _ in range(3):
            (await taken(worker)).pass_on()
        assert await worker.wait(MISSION, timeout=BRIEFLY) is None
        await lying(js, 0)
        async with asyncio.timeout(20):
            while not lines:  # noqa: ASYNC110 - the log is another thread's
                await asyncio.sleep(0.01)
    assert [(line["event"], line["job_id"], line["deliveries"]) for line in lines] == [
        ("hint_given_up", JOB, 3)
    ]
    door.notify("mission", JOB)  # as the store's sweep does
    (await taken(worker)).settle()


async def test_a_stream_that_somebody_removed_is_made_again(
    door: NatsQueue, worker: NatsQueue, js: JetStreamContext
) -> None:
    door.notify("mission", JOB)
    (await taken(worker)).settle()
    await js.delete_stream(JOBS_STREAM)
    waiting = asyncio.create_task(taken(worker))
    async with asyncio.timeout(20):
        while not waiting.done():
            door.notify("mission", JOB)
            await asyncio.sleep(0.1)
    (await waiting).settle()


async def test_what_lies_in_the_way_is_told(empty_nats: NatsServer, js: JetStreamContext) -> None:
    await js.add_stream(name="OTHERS", subjects=["taskforce.jobs.>"])
    try:
        async with a_queue(empty_nats.url) as queue:
            with pytest.raises(Exception, match="The stream TASKFORCE_JOBS cannot be made: subjects overlap"):
                await queue.check()
    finally:
        await js.delete_stream("OTHERS")
