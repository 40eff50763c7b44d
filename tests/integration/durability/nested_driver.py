"""A family of jobs, each of which starts the next and waits for it: played by one worker, one job at a time.

Arguments: the home, how deep, and the place at which to die, if any. Prints the result as JSON.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import ClassVar

from dependency_injector import providers

from taskforce.application.factory import Container, close_container, open_container
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter, Probe
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT, local_principal
from taskforce.settings import Settings


class Nest(Program):
    """Does a step, waits for a child that is one less deep, does another step."""

    kind: ClassVar[str] = "nest"

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger

    def opening(self, job: Job) -> Event:
        return Event(type="started", message=f"depth {job.input['depth']}")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        depth = int(str(job.input["depth"]))

        async def noted(word: str) -> int:
            with self._ledger.open("a") as ledger:
                ledger.write(f"{word}/{depth}\n")
            return 1

        done = await ctx.step(f"before/{depth}", lambda: noted("before"), type=int)
        if depth:
            below = await ctx.child("child", self.kind, {"depth": depth - 1})
            done += int(str(below["done"]))
        done += await ctx.step(f"after/{depth}", lambda: noted("after"), type=int)
        return {"done": done}


class Trap(Probe):
    """Dies at one place, if it is given one."""

    def __init__(self, place: str) -> None:
        self._place = place

    def reach(self, place: str) -> None:
        if place == self._place:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


async def play(container: Container, depth: int) -> JsonObject:
    """Begin the family, or go on with the one that is there, and return what its top comes to."""
    container.desk().open()
    store = container.store()
    there = (await store.list(JobFilter(project=DEFAULT_PROJECT), Page(limit=100))).items
    top = min(there, key=lambda job: job.created_at) if there else await _begun(container, depth)
    while not (job := await store.get(JobId(top.id), project=None)).status.is_over:  # noqa: ASYNC110 - the store tells, no event does
        await asyncio.sleep(0.01)
    assert job.outcome is not None
    return job.outcome.result or {}


async def _begun(container: Container, depth: int) -> Job:
    job = container.desk().new(Nest.kind, local_principal(), {"depth": depth}, subject="nest", alone=False)
    return await container.desk().accept(job)


def main(home: Path, depth: int, place: str = "") -> None:
    """Play, print, close."""
    home.mkdir(parents=True, exist_ok=True)
    container = open_container(Settings(home=home, workers=1))
    container.probe.override(providers.Object(Trap(place)))
    container.programs.override(providers.Dict({Nest.kind: providers.Object(Nest(home / "ledger"))}))
    try:
        result = asyncio.run(play(container, depth))
    finally:
        close_container(container)
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
