"""Durable steps, ours: many jobs at once, one alone, and the replay of a long one."""

import asyncio
import time
from pathlib import Path
from statistics import median

from benchmarks.child import tell, told
from benchmarks.ours.programs import Steps, step_key
from benchmarks.ours.stage import accept, ended, opened
from benchmarks.payload import JOBS, STEPS, step_output
from taskforce.application.factory import Container
from taskforce.core.documents import JsonObject, written
from taskforce.core.jobs.ports import Claims, Commit, LeaseRequest
from taskforce.core.jobs.steps import StepRecord, StepStatus

PAGE = 1_000


async def many(container: Container, batches: int) -> None:
    """Play batches of jobs side by side."""
    seconds = []
    for _ in range(batches + 1):  # the first one warms up
        begun = time.perf_counter()
        jobs = await asyncio.gather(*(accept(container, Steps.kind, {"steps": STEPS}) for _ in range(JOBS)))
        await asyncio.gather(*(ended(container, job) for job in jobs))
        seconds.append(time.perf_counter() - begun)
    tell(steps_per_s=JOBS * STEPS / median(seconds[1:]))


async def alone(container: Container, batches: int, *, events: bool) -> None:
    """Play one job after the other, with an event a step or without."""
    seconds = []
    input: JsonObject = {"steps": STEPS, "events": events}
    for _ in range(batches + 1):
        job = await ended(container, await accept(container, Steps.kind, input))
        assert job.outcome is not None  # noqa: S101 - for the type checker
        assert job.outcome.result is not None  # noqa: S101 - for the type checker
        seconds.append(float(str(job.outcome.result["seconds"])))
    tell(ms_per_step=1_000 * median(seconds[1:]) / STEPS)


async def prepare(container: Container, steps: int) -> None:
    """Record the steps of a job that is not over, as its worker would have."""
    store = container.store()
    await accept(container, Steps.kind, {"steps": steps})  # no worker here: it is only queued
    lease = _lease(container)
    job = await store.claim(Claims(kinds=frozenset({Steps.kind})), lease)
    assert job is not None  # noqa: S101 - for the type checker
    for begin in range(0, steps, PAGE):
        records = tuple(_record(number) for number in range(begin, min(begin + PAGE, steps)))
        await store.commit(job, Commit(steps=records), lease=lease.duration)
    await store.release(job)
    tell(steps=steps)


async def replay(container: Container) -> None:
    """Claim the job, load its record, play through it and end it."""
    await container.store().check()
    begun = time.perf_counter()
    lease = _lease(container)
    job = await container.store().claim(Claims(kinds=frozenset({Steps.kind})), lease)
    assert job is not None  # noqa: S101 - for the type checker
    play = await container.player().prepare(job)
    loaded = time.perf_counter()
    over = await container.player().play(play)
    assert over is not None  # noqa: S101 - for the type checker
    tell(seconds=time.perf_counter() - begun, load_seconds=loaded - begun)


def _lease(container: Container) -> LeaseRequest:
    """Ask as the container's worker does, which plays nothing here."""
    return LeaseRequest(worker=container.worker().name, duration=container.settings().lease_duration)


def _record(number: int) -> StepRecord:
    return StepRecord(
        key=step_key(number), status=StepStatus.DONE, attempts=1, output=written(step_output(number))
    )


def main() -> None:
    """Do what is told."""
    asked = told()
    home = Path(asked["folder"])
    case = asked["case"]
    workers = 0 if case in {"prepare", "replay"} else JOBS
    with opened(home, Steps(), workers=workers, database_url=asked.get("url")) as container:
        if case == "many":
            asyncio.run(many(container, asked["batches"]))
        elif case == "alone":
            asyncio.run(alone(container, asked["batches"], events=asked.get("events", False)))
        elif case == "prepare":
            asyncio.run(prepare(container, asked["steps"]))
        else:
            asyncio.run(replay(container))


if __name__ == "__main__":
    main()
