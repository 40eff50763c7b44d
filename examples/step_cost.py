"""What a recorded step costs: a job of empty steps on SQLite, with synchronous FULL and NORMAL.

Run it: `python examples/step_cost.py [STEPS]`. It also shows a program on the kernel alone. `Taskforce.open`
does not take programs yet, so it stands on the container, which is no public API.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import ClassVar

from dependency_injector import providers

from taskforce import JobContext, Program
from taskforce.application.factory import close_container, open_container
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.principals import local_principal
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
    container = open_container(settings)
    container.programs.override(providers.Dict({EmptySteps.kind: providers.Singleton(EmptySteps)}))
    try:
        desk, store, who = container.desk(), container.store(), local_principal()
        job = await desk.accept(desk.new(EmptySteps.kind, who, {}, subject="cost", alone=False))
        while not job.status.is_over:
            await asyncio.sleep(0.05)
            job = await store.get(job.id, project=who.project)
        return (job.outcome.result if job.outcome else None) or {}
    finally:
        close_container(container)


def main() -> None:
    """Measure both, twice."""
    for _ in range(2):
        for name in ("FULL", "NORMAL"):
            with tempfile.TemporaryDirectory(dir=Path.cwd()) as home:  # on the disk that one works on
                settings = Settings.model_validate({"home": home, "synchronous": name})
                print(f"{name:<7} {asyncio.run(measured(settings))['milliseconds']} ms a step")


if __name__ == "__main__":
    main()
