"""Queues as two processes have them: one that hands jobs in, and one that plays them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint
from taskforce.core.pipelines.subjects import OF_RUNS
from taskforce.infrastructure.nats.link import NatsLink
from taskforce.infrastructure.nats.subjects import HintSubjects
from taskforce.infrastructure.queues.nats import NatsQueue

SOON, BRIEFLY = timedelta(seconds=20), timedelta(milliseconds=150)
LEASE = timedelta(seconds=60)
MISSION = frozenset({"mission"})
JOB, OTHER = JobId("0190f3a0-0000-7000-8000-000000000001"), JobId("0190f3a0-0000-7000-8000-000000000002")


@asynccontextmanager
async def a_queue(url: str, *, ack_wait: timedelta = LEASE, pulls: bool = True) -> AsyncIterator[NatsQueue]:
    """Open a queue as a process of its own has it."""
    link = NatsLink(url)
    queue = NatsQueue(link, HintSubjects(OF_RUNS), ack_wait=ack_wait, pulls=pulls)
    try:
        yield queue
    finally:
        await asyncio.to_thread(link.close)


async def taken(queue: NatsQueue, kinds: frozenset[str] = MISSION) -> Hint:
    """Return the next hint."""
    hint = await queue.wait(kinds, timeout=SOON)
    assert hint is not None
    return hint
