"""Worker processes whose jobs write into a ledger outside, line by line: what it says was really done.

They are forked from a server that has everything loaded; each has a container and a lock file of its own.
"""

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import ClassVar

from dependency_injector import providers

from taskforce.application.factory import open_container
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.settings import Settings

KIND = "ledger"
HOUR = 3_600.0
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How a worker process is to be."""

    home: Path
    ledger: Path | None = None
    """Where the ledger is, if it is not at home."""
    log: Path | None = None
    """Where stderr goes, if not home."""
    lease: float = 1.0
    slots: int = 4
    busy_timeout: float = 15.0
    jumps: int | None = None
    """The seed of a clock that jumps an hour forth and back."""


class LedgerProgram(Program):
    """Writes a line in each step, and tells of it."""

    kind: ClassVar[str] = KIND

    def __init__(self, ledger: Path) -> None:
        self._ledger = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def opening(self, job: Job) -> Event:
        return Event(type="started")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        count, seconds = int(str(job.input["steps"])), float(str(job.input["seconds"]))
        total = 0
        for number in range(count):

            async def note(number: int = number) -> int:
                await asyncio.sleep(seconds)
                os.write(self._ledger, f"{job.input['name']}/{number}\n".encode())
                return number

            total += await ctx.step(f"step/{number}", note, type=int)
            await ctx.emit(f"told/{number}", Event(type="told", message=str(number)))
        return {"total": total}


class JumpingClock(SystemClock):
    """A wall clock that somebody sets an hour forth or back now and then, and right again."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - it is to be the same each time
        self._off = 0.0
        self._next = 0.0

    def now(self) -> datetime:
        if time.monotonic() > self._next:
            self._off = self._chance.choice([-HOUR, 0.0, HOUR])
            self._next = time.monotonic() + self._chance.uniform(0.2, 1.0)
        return super().now() + timedelta(seconds=self._off)


def work(how: Work) -> None:
    """Play whatever is due until somebody ends the process."""
    error = os.open(how.log or how.home / "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(error, 2)
    container = open_container(Settings(home=how.home, lease=how.lease, workers=how.slots))
    database = SqliteDatabase(how.home / "taskforce.db", busy_timeout=how.busy_timeout)
    container.database.override(providers.Object(database))
    container.programs.override(
        providers.Dict({KIND: providers.Object(LedgerProgram(how.ledger or how.home / "ledger"))})
    )
    if how.jumps is not None:
        container.clock.override(providers.Object(JumpingClock(how.jumps)))
    container.desk().open()
    while True:
        signal.pause()


def started(how: Work) -> BaseProcess:
    """Start a worker process, which the caller ends."""
    process = _forks.Process(target=work, args=(how,))
    process.start()
    return process


@contextmanager
def workers(*hows: Work) -> Iterator[list[BaseProcess]]:
    """Have worker processes until the context is left; the list may be changed meanwhile."""
    with closing(_Started([started(how) for how in hows])) as processes:
        yield processes


class _Started(list[BaseProcess]):
    def close(self) -> None:
        for process in self:
            process.kill()
            process.join(10)
