"""Both worker commands play what is due, whatever pool Celery has."""

import asyncio
import json
from collections import Counter

import pytest
from structlog.contextvars import bound_contextvars

from tests.integration.celery.conftest import Cluster
from tests.integration.postgresql.test_served import MISSION, address, ask
from tests.integration.processes import taskforce, until

POOLS = {
    "prefork": ("--concurrency=2", "--pool=prefork"),
    "threads": ("--concurrency=2", "--pool=threads"),
    "solo": ("--pool=solo",),
}


@pytest.mark.parametrize("command", [*POOLS, "taskforce"])
async def test_each_step_of_each_job_is_done_once(cluster: Cluster, command: str) -> None:
    start = cluster.worker if command == "taskforce" else cluster.celery
    async with cluster.door() as door:
        with await asyncio.to_thread(start, "one", *POOLS.get(command, ())):
            jobs = [await door.start(steps=3) for _ in range(6)]
            ended = await asyncio.gather(*map(door.ended, jobs))
    assert {job.status for job in ended} == {"succeeded"}
    assert Counter(cluster.written) == {f"{job.id}/line/{number}": 1 for job in jobs for number in range(3)}


@pytest.mark.parametrize("command", ["celery", "taskforce"])
async def test_a_worker_of_some_kinds_leaves_the_others(cluster: Cluster, command: str) -> None:
    words = {
        "celery": ("--pool=threads", "--queues=taskforce.mission"),
        "taskforce": ("--kinds", "mission"),
    }
    start = cluster.worker if command == "taskforce" else cluster.celery
    async with cluster.door() as door:
        with await asyncio.to_thread(start, "one", *words[command]):
            ledger = await door.start(steps=1)
            mission = await door.tf.execute_mission("List the files")
            assert mission.status == "completed"
            assert (await door.tf.jobs.get(job_id=ledger.id)).status == "queued"
    assert cluster.written == []


async def test_the_log_of_a_play_names_the_request_that_it_comes_from(cluster: Cluster) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    async with cluster.door() as door:
        with await asyncio.to_thread(cluster.celery, "one", *POOLS["prefork"]) as celery:
            with bound_contextvars(request_id="asked", traceparent=f"00-{trace}-b7ad6b7169203331-01"):
                job = await door.start(fails=True)
            assert (await door.ended(job)).status == "failed"
            told = await asyncio.to_thread(
                until, lambda: [line for line in celery.err.splitlines() if '"job_failed"' in line]
            )
    line = json.loads(told[0])
    assert (line["request_id"], line["trace_id"], line["job_id"]) == ("asked", trace, job.id)


async def test_a_request_is_answered_by_workers_of_both_commands(cluster: Cluster) -> None:
    serve = taskforce(cluster.folder / "api", "serve", "--port", "0", **cluster.told(workers=0))
    with serve, cluster.worker("one"), await asyncio.to_thread(cluster.celery, "two", *POOLS["threads"]):
        at = await asyncio.to_thread(address, serve)
        for _ in range(4):
            status, document, _ = await asyncio.to_thread(ask, f"{at}/api/v1/execute", MISSION)
            assert (status, document["status"]) == (200, "completed")
        assert (await asyncio.to_thread(ask, f"{at}/health/ready"))[0] == 200
