"""What is due is due by the clock of the database that machines share, however wrong their own is."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from dependency_injector import providers

from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.principals import local_principal
from taskforce.settings import Settings


class Sleeping(Program):
    """Sleeps for as many seconds as it is told."""

    kind: ClassVar[str] = "sleeping"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="sleeping")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        until = ctx.now("begun") + timedelta(seconds=int(str(job.input["seconds"])))
        await ctx.sleep("nap", until)
        return {}


@pytest.fixture(params=[-1, 1])
def container(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Container]:
    """Give a process whose own clock is an hour before, or behind, that of the database."""
    container = open_container(Settings(home=tmp_path, workers=1))
    container.programs.override(providers.Dict({Sleeping.kind: providers.Object(Sleeping())}))
    own = container.clock()
    told = own.now() + timedelta(hours=request.param)
    container.store_clock().learn(told, asked=own.monotonic(), answered=own.monotonic())
    yield container
    close_container(container)


async def slept(container: Container, seconds: int) -> Job:
    """Return the job of a program that sleeps, once it is over or waits."""
    desk = container.desk()
    new = desk.new(Sleeping.kind, local_principal(), {"seconds": seconds}, subject=None, alone=False)
    job = await desk.accept(new)
    while not (job.status.is_over or job.status is JobStatus.WAITING):
        await asyncio.sleep(0.01)
        job = await container.store().get(job.id, project=None)
    return job


async def test_a_sleep_lasts_as_long_as_it_says(container: Container) -> None:
    long = await slept(container, 600)
    assert long.status is JobStatus.WAITING
    assert long.due_at is not None
    assert abs(long.due_at - container.store_clock().now() - timedelta(minutes=10)) < timedelta(minutes=5)
    assert (await slept(container, 0)).status is JobStatus.SUCCEEDED
