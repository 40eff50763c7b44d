"""A job that says, by system calls that can be traced, when an effect happened and when it was reported.

Arguments: the home, how many steps, and what of SQLite's `synchronous`.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import ClassVar

from dependency_injector import providers

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import WatchJob
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.principals import local_principal
from taskforce.infrastructure.database.sqlite import Synchronous
from taskforce.settings import Settings


class Marked(Program):
    """Marks each effect, and each report of it to the program."""

    kind: ClassVar[str] = "marked"

    def __init__(self, marks: int) -> None:
        self._marks = marks

    def opening(self, job: Job) -> Event:
        return Event(type="started")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        for number in range(int(str(job.input["steps"]))):

            async def effect(number: int = number) -> int:
                mark(self._marks, "effect", number)
                return number

            await ctx.emit(f"told/{number}", Event(type="told", message=str(number)))
            await ctx.step(f"step/{number}", effect, type=int)
            mark(self._marks, "reported", number)
            await asyncio.sleep(0.1)  # so that whoever watches has seen it before the next
        return {}


def mark(marks: int, what: str, number: int) -> None:
    os.write(marks, f"MARK {what} {number}\n".encode())


async def play(container: Container, steps: int, marks: int) -> None:
    """Hand the job in and watch it to its end."""
    desk, principal = container.desk(), local_principal()
    job = await desk.accept(desk.new(Marked.kind, principal, {"steps": steps}, subject="marked", alone=False))
    mark(marks, "accepted", 0)
    async for page in await container.jobs().watch(principal, WatchJob(job_id=job.id)):
        for told in page.events:
            if told.event.type == "told":
                mark(marks, "seen", int(told.event.message))


def main(home: Path, steps: int, synchronous: Synchronous) -> None:
    """Play, and close."""
    home.mkdir(parents=True, exist_ok=True)
    marks = os.open(home / "marks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    container = open_container(Settings(home=home, workers=1, synchronous=synchronous))
    container.programs.override(providers.Dict({Marked.kind: providers.Object(Marked(marks))}))
    try:
        asyncio.run(play(container, steps, marks))
    finally:
        close_container(container)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), "FULL" if sys.argv[3] == "FULL" else "NORMAL")
