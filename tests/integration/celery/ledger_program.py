"""A program whose steps write into a ledger outside, and may be held until a file is there."""

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import ClassVar

from taskforce import Event, Job, JobContext, Program
from taskforce.core.documents import JsonObject


class LedgerProgram(Program):
    kind: ClassVar[str] = "ledger"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="ledger")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        steps = int(str(job.input["steps"]))
        for number in range(steps):
            await ctx.step(f"line/{number}", partial(write, job, number), type=int)
        if job.input.get("fails"):
            raise LookupError("there is no such line")
        return {"lines": steps}


async def write(job: Job, number: int) -> int:
    folder = Path(str(job.input["folder"]))
    with (folder / "ledger").open("a") as ledger:
        ledger.write(f"{job.id}/line/{number} {os.getpid()}\n")
    while job.input.get("held") and not (folder / "go").exists():  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.02)
    return os.getpid()
