"""Workers die, are asked to stop, or lose their broker: what becomes of jobs is for the store to say."""

import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import replace

import pytest

from tests.integration.celery.conftest import Cluster
from tests.integration.processes import is_alive, until
from tests.integration.stalls import Stalls
from tests.services.redis_server import redis_server

PREFORK = ("--pool=prefork", "--concurrency=2")
THREADS = ("--pool=threads", "--concurrency=2")
LEASE = 2.0
ALLOWED = 2.0
"""Seconds after the end of a dead worker's lease within which another one has its job."""
PATIENT = 600.0
"""A lease that does not end in a test."""


async def test_a_job_whose_child_was_killed_is_done_by_another_child(cluster: Cluster) -> None:
    async with cluster.door() as door:
        with await asyncio.to_thread(cluster.celery, "one", *PREFORK, lease=PATIENT) as celery:
            job = await door.start(held=True)
            killed = await cluster.player()
            os.kill(killed, signal.SIGKILL)
            other = await cluster.player(after=1)
            cluster.go()
            assert (await door.ended(job)).status == "succeeded"
            assert celery.is_alive
    assert len({killed, other, celery.pid}) == 3
    assert Counter(cluster.written) == {f"{job.id}/line/0": 2, f"{job.id}/line/1": 1}


async def test_a_job_whose_worker_was_killed_is_taken_over_when_its_lease_is_over(cluster: Cluster) -> None:
    async with cluster.door() as door:
        first = await asyncio.to_thread(cluster.celery, "one", *PREFORK, lease=LEASE)
        second = await asyncio.to_thread(cluster.celery, "two", *THREADS, lease=LEASE)
        with first, second, Stalls() as stalls:
            second.send(signal.SIGSTOP)
            job = await door.start(held=True)
            killed = await cluster.player()
            first.kill()
            began = time.monotonic()
            second.send(signal.SIGCONT)
            assert await cluster.player(after=1) == second.pid
            took = time.monotonic() - began
            cluster.go()
            assert (await door.ended(job)).status == "succeeded"
    assert took <= LEASE + ALLOWED + stalls.worst  # a dead worker's message would be away for an hour
    assert not is_alive(killed)
    assert Counter(cluster.written) == {f"{job.id}/line/0": 2, f"{job.id}/line/1": 1}


@pytest.mark.parametrize("pool", [PREFORK, THREADS], ids=["prefork", "threads"])
async def test_asked_to_stop_a_worker_gives_its_jobs_to_others_at_once(
    cluster: Cluster, pool: tuple[str, str]
) -> None:
    async with cluster.door() as door:
        with await asyncio.to_thread(cluster.celery, "one", *pool, lease=PATIENT) as first:
            job = await door.start(held=True, steps=1)
            await cluster.player()
            with cluster.worker("two", lease=PATIENT) as second:
                first.send(signal.SIGTERM)
                assert await cluster.player(after=1) == second.pid
                assert (await asyncio.to_thread(first.wait)).code == 0, first.err
                cluster.go()
                assert (await door.ended(job)).status == "succeeded"
    assert Counter(cluster.written) == {f"{job.id}/line/0": 2}


async def test_a_task_longer_than_the_visibility_timeout_is_done_once(cluster: Cluster) -> None:
    app = "tests.integration.celery.short_visibility"
    async with cluster.door() as door:
        with await asyncio.to_thread(cluster.celery, "one", *THREADS, app=app) as celery:
            job = await door.start(held=True, steps=1)
            received = "Task taskforce.play["
            await asyncio.to_thread(until, lambda: celery.err.count(received) > 2, what="the message again")
            cluster.go()
            assert (await door.ended(job)).status == "succeeded"
    assert cluster.written == [f"{job.id}/line/0"]


async def test_a_cancelled_job_stops_in_the_midst_of_a_step(cluster: Cluster) -> None:
    async with cluster.door() as door:
        with await asyncio.to_thread(cluster.celery, "one", *PREFORK, lease=PATIENT):
            job = await door.start(held=True)
            await cluster.player()
            await door.tf.jobs.cancel(job_id=job.id)
            assert (await door.ended(job)).status == "cancelled"
    assert cluster.written == [f"{job.id}/line/0"]


async def test_a_broker_that_is_killed_and_forgets_all_costs_no_job(cluster: Cluster) -> None:
    with redis_server() as broker:
        beside = replace(cluster, broker=broker)
        async with beside.door() as door:
            with await asyncio.to_thread(beside.celery, "one", *THREADS):
                jobs = [await door.start() for _ in range(3)]
                await asyncio.gather(*map(door.ended, jobs))
                broker.process.kill()
                broker.process.wait()
                jobs += [await door.start() for _ in range(3)]
                with redis_server(port=broker.port):
                    ended = await asyncio.gather(*map(door.ended, jobs))
    assert {job.status for job in ended} == {"succeeded"}
    assert Counter(cluster.written) == {f"{job.id}/line/{number}": 1 for job in jobs for number in range(2)}
