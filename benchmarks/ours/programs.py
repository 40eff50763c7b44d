"""The programs that are measured."""

import asyncio
import time
from functools import partial
from typing import ClassVar

from benchmarks.payload import step_output
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program


async def _output(number: int) -> JsonObject:
    return step_output(number)


class Steps(Program):
    """Does so many steps, each after an event if that is asked for, and tells how long that took."""

    kind: ClassVar[str] = "steps"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="steps")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        count = int(str(job.input["steps"]))
        begun = time.perf_counter()
        for number in range(count):
            if job.input.get("events"):
                await ctx.emit(f"event/{number}", Event(type="said", message=f"step {number} follows"))
            await ctx.step(step_key(number), partial(_output, number), type=JsonObject)
        return {"seconds": time.perf_counter() - begun}


class Teller(Program):
    """Tells events: `burst` of them in one checkpoint, then `paced` ones at a rate, each with its moment."""

    kind: ClassVar[str] = "teller"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="teller")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        for number in range(int(str(job.input.get("burst", 0)))):
            await ctx.emit(f"burst/{number}", Event(type="said", message="", details=step_output(number)))
        rate = float(str(job.input.get("rate", 1)))
        await asyncio.sleep(float(str(job.input.get("delay", 0))))
        begun = time.monotonic()
        for number in range(int(str(job.input.get("paced", 0)))):
            await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
            moment: JsonObject = {"moment": time.monotonic()}
            await ctx.emit(f"paced/{number}", Event(type="said", message="", details=moment))
            await ctx.step(f"paced/{number}", partial(_output, number), type=JsonObject)
        await asyncio.sleep(float(str(job.input.get("hold", 0))))
        return {}


def step_key(number: int) -> str:
    """Return a step's key."""
    return f"step/{number}"
