"""Somebody's distribution: a program and a tool that write into a ledger outside, under their keys.

It is laid out in a folder of its own as an installer does, so that `taskforce worker` finds it.
"""

import asyncio
import os
from pathlib import Path

import taskforce
from taskforce.core.documents import JsonObject

KIND = "ledger"
STEPS = 5
RECEIPT = 20_000
"""Bytes of the artifact that a job of the program leaves."""


class LedgerProgram(taskforce.Program):
    """Writes a line in each of its steps, tells of it, and leaves a receipt."""

    kind = KIND

    def opening(self, job: taskforce.Job) -> taskforce.Event:
        return taskforce.Event(type="started", message="ledger")

    async def play(self, job: taskforce.Job, ctx: taskforce.JobContext) -> JsonObject:
        file, seconds = Path(str(job.input["ledger"])), float(str(job.input["seconds"]))
        total = 0
        for number in range(STEPS):

            async def enter(number: int = number) -> int:
                await asyncio.sleep(seconds)
                append(file, f"{job.id}/step/{number}")
                return number

            total += await ctx.step(f"step/{number}", enter, type=int)
            await ctx.emit(f"told/{number}", taskforce.Event(type="told", message=str(number)))
        await ctx.save("receipt", b"." * RECEIPT, kind="receipt", media_type="text/plain")
        return {"total": total}


@taskforce.tool(risk="read", effect="idempotent")
def enter(ledger: str, context: taskforce.ToolContext) -> str:
    """Write the call's key into a ledger."""
    append(Path(ledger), context.idempotency_key)
    return "Entered."


def append(file: Path, line: str) -> None:
    """Write a line, whole, whoever else writes."""
    ledger = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(ledger, f"{line}\n".encode())
    finally:
        os.close(ledger)


def installed(site: Path) -> Path:
    """Lay it out in a folder, which is to be on the path of whoever uses it."""
    site.mkdir()
    (site / "ledger_plugin.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    facts = site / "ledger_plugin-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: ledger-plugin\nVersion: 1.0\n")
    points = "[taskforce.programs]\nledger = ledger_plugin:LedgerProgram\n"
    points += "[taskforce.tools]\nenter = ledger_plugin:enter\n"
    (facts / "entry_points.txt").write_text(points)
    return site
