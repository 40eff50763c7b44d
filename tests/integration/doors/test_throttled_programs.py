"""What a program says of how many of its like run and wait is kept at every door."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from fastapi.testclient import TestClient

from taskforce import Event, Job, JobContext, Program, Taskforce, Throttle
from taskforce.api.server import create_app
from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import TooManyJobs
from taskforce.core.principals import local_principal
from taskforce.settings import Settings


class Deploys(Program):
    """Deploys to a place; one at once to each, and one more waits."""

    kind: ClassVar[str] = "deploy"

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.at_once = 0
        self.most = 0

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="deploy")

    def throttle(self, job: Job) -> Throttle:
        return Throttle(key=f"deploy/{job.project}/{job.input['to']}", running=1, waiting=1)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        async def deploy() -> None:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            if job.input["to"] == "busy":
                await asyncio.to_thread(self.may_end.wait)
            await asyncio.sleep(0.02)
            self.at_once -= 1

        await ctx.step("deploy", deploy, type=type(None))
        return {}


class Fleet(Program):
    """Deploys to one place four times, by children side by side."""

    kind: ClassVar[str] = "fleet"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="fleet")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        places = {
            str(number): (lambda number=number: ctx.child(f"deploy/{number}", Deploys.kind, {"to": "a"}))
            for number in range(4)
        }
        await ctx.gather(places)
        return {}


async def test_one_runs_one_waits_and_a_third_is_refused(tmp_path: Path) -> None:
    deploys = Deploys()
    async with Taskforce.open(Settings(home=tmp_path), programs=[deploys]) as tf:
        jobs = [await tf.start("deploy", {"to": "busy"}) for _ in range(2)]
        with pytest.raises(TooManyJobs) as full:
            await tf.start("deploy", {"to": "busy"})
        assert full.value.details == {"key": "deploy/default/busy", "running": 1, "waiting": 1}
        await tf.start("deploy", {"to": "elsewhere"})
        deploys.may_end.set()
        for job in jobs:
            async for _ in tf.jobs.watch(job_id=job.id):
                pass
        assert (await tf.start("deploy", {"to": "busy"})).status.value in {"queued", "running"}
        assert (await tf.jobs.list()).total == 4


async def test_children_wait_and_are_not_refused(tmp_path: Path) -> None:
    deploys = Deploys()
    async with Taskforce.open(Settings(home=tmp_path), programs=[deploys, Fleet()]) as tf:
        job = await tf.start("fleet", {})
        async for _ in tf.jobs.watch(job_id=job.id):
            pass
        assert (await tf.jobs.get(job_id=job.id)).status.value == "succeeded"
    assert deploys.most == 1


@pytest.fixture
def deploys() -> Deploys:
    return Deploys()


@pytest.fixture
def container(tmp_path: Path, deploys: Deploys) -> Iterator[Container]:
    opened = open_container(Settings(home=tmp_path), programs=[deploys])
    yield opened
    close_container(opened)


def started(container: Container, to: str) -> str:
    desk = container.desk()
    job = desk.new(Deploys.kind, local_principal(), {"to": to}, subject=None, alone=False)
    return asyncio.run(desk.accept(job)).id


def test_over_http_it_is_429_and_the_key_stays_free(container: Container, deploys: Deploys) -> None:
    client = TestClient(create_app(container))
    over = started(container, "busy")
    client.post(f"/api/v1/jobs/{over}/cancel")
    while client.get(f"/api/v1/jobs/{over}").json()["status"] != "cancelled":
        time.sleep(0.01)
    for _ in range(2):
        started(container, "busy")
    retry = f"/api/v1/jobs/{over}/retry"
    refused = client.post(retry, headers={"idempotency-key": "k"})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert refused.json()["error"]["code"] == "too_many_jobs"
    deploys.may_end.set()
    while (again := client.post(retry, headers={"idempotency-key": "k"})).status_code == 429:
        time.sleep(0.02)
    assert (again.status_code, again.headers.get("idempotent-replayed")) == (202, None)


@pytest.mark.parametrize(("running", "waiting"), [(0, None), (-1, 0), (1, -1)])
def test_a_throttle_that_lets_nothing_run_is_none(running: int, waiting: int | None) -> None:
    with pytest.raises(ValueError, match="at least one job"):
        Throttle(key="k", running=running, waiting=waiting)
