"""Durable jobs, ours: a door that hands them in and waits for their ends, and workers in other processes."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import ClassVar

from benchmarks.child import tell, told
from benchmarks.ours.stage import accept, opened
from taskforce.application.factory import Container
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.jobs.program import JobContext, Program

AT_ONCE = 16


class Chores(Program):
    """Does so many steps, each of which waits for so long and computes for so long, in seconds."""

    kind: ClassVar[str] = "chores"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="chores")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        wait, compute = (float(str(job.input.get(name, 0))) for name in ("wait", "compute"))
        for number in range(int(str(job.input["steps"]))):
            await ctx.step(f"step/{number}", partial(_chore, wait, compute), type=int)
        return {}


async def _chore(wait: float, compute: float) -> int:
    await asyncio.sleep(wait)
    until = time.thread_time() + compute
    sums = 0
    while time.thread_time() < until:
        sums += sum(range(100))
    return sums % 10


async def rate(container: Container, jobs: int, rounds: int, input: JsonObject) -> None:
    """Hand in so many jobs, some at once, each when one before it has ended."""
    seconds = []
    for _ in range(rounds + 1):  # the first one warms up
        begun = time.perf_counter()
        left = iter(range(jobs))
        await asyncio.gather(*(_one_after_the_other(container, left, input) for _ in range(AT_ONCE)))
        seconds.append(time.perf_counter() - begun)
    tell(jobs_per_s=jobs / median(seconds[1:]))


async def _one_after_the_other(container: Container, left: Iterator[int], input: JsonObject) -> None:
    for _ in left:
        accepted = await accept(container, Chores.kind, input)
        job = await container.settling().of(accepted.id, project=accepted.project)
        assert job.status is JobStatus.SUCCEEDED, job.outcome  # noqa: S101 - what failed is no measurement


async def backlog(container: Container, jobs: int, input: JsonObject) -> None:
    """Hand in so many jobs and wait until the last one has ended."""
    begun = time.perf_counter()
    accepted = await asyncio.gather(*(accept(container, Chores.kind, input) for _ in range(jobs)))
    while await container.store().depths() or await container.store().owners():  # noqa: ASYNC110 - of others
        await asyncio.sleep(0.02)
    took = time.perf_counter() - begun
    for job in accepted:
        over = await container.store().get(job.id, project=None)
        assert over.status is JobStatus.SUCCEEDED, over.outcome  # noqa: S101 - the same
    tell(seconds=took)


async def work() -> None:
    """Work until this process is ended."""
    await asyncio.Event().wait()


def main() -> None:
    """Do what is told."""
    asked = told()
    is_worker = asked["case"] == "work"
    with opened(
        Path(asked["folder"]),
        Chores(),
        workers=asked["slots"] if is_worker else 0,
        database_url=asked["url"],
        queue_url=asked.get("queue"),
    ) as container:
        if is_worker:
            container.worker().start()
            asyncio.run(work())
        elif asked["case"] == "rate":
            asyncio.run(rate(container, asked["jobs"], asked["rounds"], asked["input"]))
        else:
            asyncio.run(backlog(container, asked["jobs"], asked["input"]))


if __name__ == "__main__":
    main()
