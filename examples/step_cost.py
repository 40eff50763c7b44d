"""What a recorded step costs: a job of empty steps on SQLite, with synchronous FULL and NORMAL.

Run it: `python examples/step_cost.py [STEPS]`. It also shows a program of one's own.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from taskforce import Event, Job, JobContext, Program, Taskforce
from taskforce.core.documents import JsonObject
from taskforce.settings import Settings

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 300


class EmptySteps(Program):
    """Records steps that do nothing, one after the other, and measures how long that takes."""

    kind: ClassVar[str] = "empty_steps"

    def opening(self, job: Job) -> Event:
        """Return the first event of the log."""
        return Event(type="started", message=f"{STEPS} empty steps")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        """Play the steps, and return what one took."""
        began = time.perf_counter()
        for number in range(STEPS):
            await ctx.step(f"step/{number}", _nothing, type=int)
        return {"milliseconds": round((time.perf_counter() - began) / STEPS * 1000, 2)}


async def _nothing() -> int:
    return 0


async def measured(settings: Settings) -> JsonObject:
    """Play one job on a new store and return its result."""
    async with Taskforce.open(settings, programs=[EmptySteps()]) as tf:
        job = await tf.start(EmptySteps.kind, {})
        async for _ in tf.jobs.watch(job_id=job.id):
            pass
        return (await tf.jobs.get(job_id=job.id)).result or {}


def main() -> None:
    """Measure both, twice."""
    for _ in range(2):
        for name in ("FULL", "NORMAL"):
            with tempfile.TemporaryDirectory(dir=Path.cwd()) as home:  # on the disk that one works on
                settings = Settings.model_validate({"home": home, "synchronous": name})
                print(f"{name:<7} {asyncio.run(measured(settings))['milliseconds']} ms a step")


if __name__ == "__main__":
    main()
