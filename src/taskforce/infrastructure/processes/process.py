"""Running a program: in a process group of its own, bounded in time and by limits, and ended for good.

Every limit is set by `launcher`, which also ends whatever the program forked, also what ran away into a
session of its own.
"""

import asyncio
import math
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from taskforce.infrastructure.processes import forker
from taskforce.infrastructure.processes.launcher import GRACE, spelled
from taskforce.infrastructure.processes.launching import FORKERS, Launcher
from taskforce.infrastructure.processes.streams import Streams, opened

_SLACK = 3.0
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What a program may use. Memory, file size and open files count for each of its processes."""

    memory: int = 4 * 1024**3
    file_size: int = 1024**3
    open_files: int = 1024
    processes: int = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A program to run."""

    argv: tuple[str, ...]
    folder: int
    """The open folder that it works in; whoever opened it closes it, when `run` has returned."""
    environment: Mapping[str, str]
    """All of it: nothing is taken over from ours."""
    seconds: float
    take: Callable[[int, bytes], object]
    """Is given what it writes, as it comes, and from which stream; with `merged` all is stdout's."""
    merged: bool = False
    grace: float = GRACE
    """Seconds between being asked to end and being killed."""
    stdin: AsyncGenerator[bytes, None] | None = None
    limits: ProcessLimits | None = None
    """None: it is the operator's own program, from which nothing is taken."""
    user: tuple[int, int] | None = None
    """The user and group that its processes count for."""
    becomes_user: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a program ended."""

    exit_code: int | None
    signal: int | None
    reason: str
    """Empty if it ended by itself; "processes" if it forked too many; "stopped" if it was ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A program that is over, and everything it forked with it."""

    verdict: Verdict
    timed_out: bool


_verdict = TypeAdapter(Verdict)


async def run(order: Order) -> Ended:
    """Run a program to its end, its time limit or the cancellation of the awaiting task.

    Raises ValueError when its words or its environment hold NUL, OSError when nothing can be started.
    """
    packed = forker.packed(_told(order), order.argv, order.environment)
    launcher = await FORKERS.launcher()
    try:
        async with opened(order.take, merged=order.merged, is_fed=order.stdin is not None) as streams:
            await launcher.order(packed, (order.folder, *streams.theirs))
            streams.handed_over()
            timed_out = await _attend(launcher, streams, order)
    finally:
        launcher.close()
    return Ended(verdict=_verdict_of(launcher), timed_out=timed_out)


async def _attend(launcher: Launcher, streams: Streams, order: Order) -> bool:
    """Feed the program and wait for its end; return whether its time ran out."""
    feeding = asyncio.ensure_future(streams.feed(order.stdin)) if order.stdin else None
    timed_out = False
    try:
        async with asyncio.timeout(order.seconds):
            await launcher.exited.wait()
    except TimeoutError:
        timed_out = True
    finally:
        if feeding is not None:
            feeding.cancel()
        await _stop(launcher, streams, grace=order.grace)
    if feeding is not None:
        with suppress(asyncio.CancelledError):
            await feeding
    return timed_out


async def _stop(launcher: Launcher, streams: Streams, *, grace: float) -> None:
    """Have the launcher end everything, and see to it if it does not."""
    try:
        await _ask_to_end(launcher, grace=grace)
    finally:
        launcher.kill()
    with suppress(TimeoutError):  # something that got away holds the streams: what it says is not waited for
        async with asyncio.timeout(_SLACK):
            await streams.ended()


async def _ask_to_end(launcher: Launcher, *, grace: float) -> None:
    if launcher.exited.is_set():
        return
    launcher.ask_to_end()
    with suppress(TimeoutError):
        async with asyncio.timeout(grace + _SLACK):
            await launcher.exited.wait()


def _verdict_of(launcher: Launcher) -> Verdict:
    """Return what the launcher told; if it was killed before it could, so was the program."""
    _, _, verdict = launcher.facts
    if not verdict:
        return Verdict(exit_code=None, signal=signal.SIGKILL, reason="stopped")
    return _verdict.validate_json(verdict)


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment with nothing of ours in it, so with no secret of ours."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{_PATH}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _told(order: Order) -> str:
    """Return what the launcher must know beside the command."""
    uid, gid = order.user or (None, None)
    limits = {} if order.limits is None else asdict(order.limits)
    cpu = None if order.limits is None else math.ceil(order.seconds) + 1
    return spelled(
        {
            "uid": uid,
            "gid": gid,
            "becomes_user": order.becomes_user,
            "grace": order.grace,
            "cpu_seconds": cpu,
            **limits,
        }
    )
