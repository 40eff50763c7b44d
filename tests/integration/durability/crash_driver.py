"""What the processes of the crash tests do. They are forked from a server that has everything loaded.

Each is a process of its own, as far as the kernel can tell: it opens its own container, holds its own lock
file, and dies by SIGKILL where it is told to.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from dependency_injector import providers

from taskforce import Taskforce
from taskforce.__main__ import main
from taskforce.application.factory import Container
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.ports import Probe
from taskforce.infrastructure.missions.sandbox import Bubblewrap
from taskforce.settings import Settings

SECONDS = 30.0
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__, "taskforce.application.executor", "taskforce.cli.working"])


class Trap(Probe):
    """Writes down every place that is reached, and dies at one of them."""

    def __init__(self, places: Path, die_at: str | None) -> None:
        self._places = os.open(places, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._die_at = die_at

    def reach(self, place: str) -> None:
        os.write(self._places, f"{place}\n".encode())
        if place == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()


def run_mission(home: Path, script: Path, die_at: str | None = None, steps: int | None = None) -> None:
    """Run a mission as a program of a user would, through the library."""
    _prepare(home, die_at)
    limits = Limits(steps=steps) if steps else None

    async def run() -> None:
        async with Taskforce.open(Settings(home=home)) as tf:
            await tf.execute_mission("Go", model=f"script:{script}", limits=limits)

    asyncio.run(run())


def resume_mission(home: Path, die_at: str | None = None) -> None:
    """Go on with the newest session's mission without a limit, and wait for its end."""
    _prepare(home, die_at)

    async def run() -> None:
        async with Taskforce.open(Settings(home=home)) as tf:
            (session,) = (await tf.sessions.list()).items
            await tf.result(await tf.sessions.resume(session_id=session.session_id, limits=Limits()))

    asyncio.run(run())


def work(home: Path, die_at: str | None = None) -> None:
    """Be `taskforce worker --until-idle`."""
    _prepare(home, die_at)
    sys.argv = ["taskforce", "--home", str(home), "worker", "--until-idle"]
    main()


def forked(do: Callable[..., None], home: Path, *more: object, seconds: float = SECONDS) -> int:
    """Do it in a new process; return how that ended: -9 is SIGKILL."""
    process = _forks.Process(target=do, args=(home, *more))
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join(seconds)
        raise AssertionError(f"not over after {seconds} s: {said_in(home)}")
    return process.exitcode


def begun(do: Callable[..., None], home: Path, *more: object) -> "multiprocessing.process.BaseProcess":
    """Begin it in a new process, which the caller ends."""
    process = _forks.Process(target=do, args=(home, *more))
    process.start()
    return process


def places_in(home: Path) -> list[str]:
    """Return the places that were reached, by all processes together."""
    file = home / "places"
    return file.read_text().splitlines() if file.exists() else []


def said_in(home: Path) -> str:
    """Return what the processes said on stderr."""
    return (home / "stderr").read_text()


def _prepare(home: Path, die_at: str | None) -> None:
    home.mkdir(parents=True, exist_ok=True)
    for name, number in (("stdout", 1), ("stderr", 2)):
        file = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
    Container.probe.override(providers.Object(Trap(home / "places", die_at)))
    # Without walls: the calls write into a ledger that lies outside of the workspace.
    Container.bubblewrap.override(providers.Object(Bubblewrap(program=None)))
