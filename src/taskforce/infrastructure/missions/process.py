"""Running a program in a workspace: bounded in time, memory, processes, files and output, and ended for good.

Every limit is set by `launcher`, which also ends whatever the program forked. What a program can see and
reach is bounded by the walls of `sandbox`; without them it reads what its user may read and has the network.
As root it becomes the workspace's owner if that is somebody else; in a workspace of root's it stays root, and
then the number of processes is held by counting alone (RLIMIT_NPROC does not bind root), and without walls a
program that means harm can stop its launcher.
"""

import asyncio
import json
import math
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.jail import Jail
from taskforce.infrastructure.missions.launcher import GRACE, descendants
from taskforce.infrastructure.missions.output import Output
from taskforce.infrastructure.missions.sandbox import Walls

KEEP = 64 * 1024
_SLACK = 3.0
_LAUNCHER = Path(__file__).with_name("launcher.py")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What a program may use. Memory, file size and open files count for each of its processes."""

    memory: int = 4 * 1024**3
    file_size: int = 1024**3
    open_files: int = 1024
    processes: int = 256


LIMITS = ProcessLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to run in a workspace."""

    argv: tuple[str, ...]
    workspace: Path
    seconds: float
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the clean one; nothing is taken over from ours."""
    stdin: AsyncGenerator[bytes, None] | None = None
    ours: bool = False
    """Whether the program is our own, which need not become the workspace's owner."""
    keep: int = KEEP
    """How much of each stream is kept from either end."""
    hint: Callable[[str], None] = field(default=lambda _: None)
    limits: ProcessLimits = LIMITS
    walls: Walls | None = None
    """None: our own program, which needs none."""


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
    stdout: Output
    stderr: Output


_verdict = TypeAdapter(Verdict)


async def run(command: Command) -> Ended:
    """Run a program to its end, its time limit or the cancellation of the awaiting task."""
    if any("\0" in part for part in command.argv):
        raise ToolFailed("A command may not hold NUL. Leave it out.")
    read_facts, write_facts = os.pipe()
    os.set_blocking(read_facts, False)
    try:
        child = await _start(command, read_facts, write_facts)
        timed_out = await _attend(child, command)
        return Ended(
            verdict=child.verdict(),
            timed_out=timed_out,
            stdout=child.streams[1],
            stderr=child.streams[2],
        )
    finally:
        os.close(read_facts)


class _Child(asyncio.SubprocessProtocol):
    """The launcher as the event loop sees it."""

    transport: asyncio.SubprocessTransport

    def __init__(self, command: Command, facts: int) -> None:
        self.streams = {1: Output(command.keep), 2: Output(command.keep)}
        self.exited = asyncio.Event()
        self.closed = asyncio.Event()
        self.writable = asyncio.Event()
        self.writable.set()
        self._hint = command.hint
        self._facts = facts
        self._told = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        head = self.streams[fd].take(data)
        if head:
            self._hint(head.decode("utf-8", "replace"))

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


async def _start(command: Command, read_facts: int, write_facts: int) -> _Child:
    """Start the launcher; cancelled meanwhile, wait until it stands and stop it."""
    try:
        with Jail(command.workspace) as jail:
            walled = await asyncio.to_thread(_walled, command, jail)
            creating = asyncio.ensure_future(
                asyncio.get_running_loop().subprocess_exec(
                    lambda: _Child(command, read_facts),
                    *(sys.executable, "-I", "-S", str(_LAUNCHER)),
                    _order(command, jail, write_facts, is_walled=walled is not None),
                    *(walled or command.argv),
                    stdin=asyncio.subprocess.PIPE if command.stdin else asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    env=_environment(command),
                    pass_fds=(write_facts, jail.folder),
                    start_new_session=True,
                )
            )
            try:
                _, child = await asyncio.shield(creating)
            except asyncio.CancelledError:
                _, child = await creating
                await _stop(child)
                raise
    finally:
        os.close(write_facts)
    return child


async def _attend(child: _Child, command: Command) -> bool:
    """Feed the program and wait for its end; return whether its time ran out."""
    feeding = asyncio.ensure_future(_feed(child, command.stdin)) if command.stdin else None
    timed_out = False
    try:
        async with asyncio.timeout(command.seconds):
            await child.exited.wait()
    except TimeoutError:
        timed_out = True
    finally:
        if feeding is not None:
            feeding.cancel()
        await _stop(child)
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


async def _stop(child: _Child) -> None:
    """Have the launcher end everything, and see to it if it does not."""
    try:
        await _ask_to_end(child)
    finally:
        child.kill()
    try:
        async with asyncio.timeout(_SLACK):
            await child.closed.wait()
    except TimeoutError:
        pass  # something that got away holds the streams; what it says is not waited for
    finally:
        child.transport.close()


async def _ask_to_end(child: _Child) -> None:
    if child.exited.is_set():
        return
    with suppress(ProcessLookupError):
        child.transport.send_signal(signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE + _SLACK):
            await child.exited.wait()


def _walled(command: Command, jail: Jail) -> tuple[str, ...] | None:
    """Return the command line within its walls, None if it has none."""
    if command.walls is None:
        return None
    return command.walls.around(command.argv, workspace=command.workspace, user=jail.owner)


def _order(command: Command, jail: Jail, facts: int, *, is_walled: bool) -> str:
    """Return what the launcher must know."""
    limits = {**asdict(command.limits), "cpu_seconds": math.ceil(command.seconds) + 1}
    return json.dumps(
        {
            "parent": os.getpid(),
            "facts": facts,
            "folder": jail.folder,
            "user": None if command.ours else jail.owner,
            "becomes_user": not is_walled,
            "limits": limits,
        }
    )


def _environment(command: Command) -> dict[str, str]:
    """Return a clean environment: nothing of ours, so no secret of ours."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{_PATH}",
        "HOME": str(command.workspace),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHONDONTWRITEBYTECODE": "1",
        **command.environment,
    }
