"""Running a program: in a process group of its own, bounded in time and by limits, and ended for good.

Every limit is set by `launcher`, which also ends whatever the program forked, also what ran away into a
session of its own.
"""

import asyncio
import math
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from taskforce.infrastructure.processes import launcher
from taskforce.infrastructure.processes.launcher import GRACE, descendants, spelled

PROGRAM = Path(launcher.__file__)
STDOUT, STDERR = 1, 2
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

    Raises ValueError when its words or its environment hold NUL.
    """
    read_facts, write_facts = os.pipe()
    os.set_blocking(read_facts, False)
    try:
        child = await _start(order, read_facts, write_facts)
        timed_out = await _attend(child, order)
        return Ended(verdict=child.verdict(), timed_out=timed_out)
    finally:
        os.close(read_facts)


class _Child(asyncio.SubprocessProtocol):
    """The launcher as the event loop sees it."""

    transport: asyncio.SubprocessTransport

    def __init__(self, order: Order, facts: int) -> None:
        self.exited = asyncio.Event()
        self.closed = asyncio.Event()
        self.writable = asyncio.Event()
        self.writable.set()
        self._take = order.take
        self._facts = facts
        self._told = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._take(fd, data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 0:
            self.writable.set()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def process_exited(self) -> None:
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def verdict(self) -> Verdict:
        """Return what the launcher told; if it was killed before it could, so was the program."""
        _, _, told = self._read_facts().partition(b"\n")
        if not told:
            return Verdict(exit_code=None, signal=signal.SIGKILL, reason="stopped")
        return _verdict.validate_json(told)

    def kill(self) -> None:
        """Kill what the launcher did not end: itself if it still is, and the program's group."""
        group, _, told = self._read_facts().partition(b"\n")
        if not self.exited.is_set():
            launcher = self.transport.get_pid()
            for pid in (*descendants(launcher), launcher):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if group and not told:
            with suppress(ProcessLookupError):
                os.killpg(int(group), signal.SIGKILL)

    def _read_facts(self) -> bytes:
        with suppress(BlockingIOError):
            self._told += os.read(self._facts, 4096)
        return self._told


async def _start(order: Order, read_facts: int, write_facts: int) -> _Child:
    """Start the launcher; cancelled meanwhile, wait until it stands and stop it."""
    try:
        creating = asyncio.ensure_future(
            asyncio.get_running_loop().subprocess_exec(
                lambda: _Child(order, read_facts),
                *(sys.executable, "-I", "-S", str(PROGRAM), _told(order, write_facts)),
                *order.argv,
                stdin=asyncio.subprocess.PIPE if order.stdin else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT if order.merged else asyncio.subprocess.PIPE,
                env=order.environment,
                pass_fds=(write_facts, order.folder),
                start_new_session=True,
            )
        )
        try:
            _, child = await asyncio.shield(creating)
        except asyncio.CancelledError:
            _, child = await creating
            await _stop(child, grace=order.grace)
            raise
    finally:
        os.close(write_facts)
    return child


async def _attend(child: _Child, order: Order) -> bool:
    """Feed the program and wait for its end; return whether its time ran out."""
    feeding = asyncio.ensure_future(_feed(child, order.stdin)) if order.stdin else None
    timed_out = False
    try:
        async with asyncio.timeout(order.seconds):
            await child.exited.wait()
    except TimeoutError:
        timed_out = True
    finally:
        if feeding is not None:
            feeding.cancel()
        await _stop(child, grace=order.grace)
    if feeding is not None:
        with suppress(asyncio.CancelledError):
            await feeding
    return timed_out


async def _feed(child: _Child, source: AsyncGenerator[bytes, None]) -> None:
    """Write what the source gives, as fast as it is read, until there is no more or nobody reads."""
    pipe = cast("asyncio.WriteTransport", child.transport.get_pipe_transport(0))
    try:
        async with aclosing(source):
            async for data in source:
                await child.writable.wait()
                if pipe.is_closing():
                    return
                pipe.write(data)
    finally:
        pipe.close()


async def _stop(child: _Child, *, grace: float) -> None:
    """Have the launcher end everything, and see to it if it does not."""
    try:
        await _ask_to_end(child, grace=grace)
    finally:
        child.kill()
    try:
        async with asyncio.timeout(_SLACK):
            await child.closed.wait()
    except TimeoutError:
        pass  # something that got away holds the streams; what it says is not waited for
    finally:
        child.transport.close()


async def _ask_to_end(child: _Child, *, grace: float) -> None:
    if child.exited.is_set():
        return
    with suppress(ProcessLookupError):
        child.transport.send_signal(signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace + _SLACK):
            await child.exited.wait()


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment with nothing of ours in it, so with no secret of ours."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{_PATH}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _told(order: Order, facts: int) -> str:
    """Return what the launcher must know."""
    uid, gid = order.user or (None, None)
    limits = {} if order.limits is None else asdict(order.limits)
    cpu = None if order.limits is None else math.ceil(order.seconds) + 1
    return spelled(
        {
            "parent": os.getpid(),
            "facts": facts,
            "folder": order.folder,
            "uid": uid,
            "gid": gid,
            "becomes_user": order.becomes_user,
            "grace": order.grace,
            "cpu_seconds": cpu,
            **limits,
        }
    )
