"""Running a program in a workspace: bounded in time, memory, processes, files and output, and ended for good.

What a program can see and reach is bounded by the walls of `sandbox`; without them it reads what its user may
read and has the network. As root it becomes the workspace's owner if that is somebody else; in a workspace of
root's it stays root, and then the number of processes is held by counting alone (RLIMIT_NPROC does not bind
root), and without walls a program that means harm can stop its launcher.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.jail import Jail
from taskforce.infrastructure.missions.sandbox import Walls
from taskforce.infrastructure.processes import process
from taskforce.infrastructure.processes.output import Output
from taskforce.infrastructure.processes.process import Order, ProcessLimits, Verdict
from taskforce.infrastructure.processes.streams import STDERR, STDOUT

KEEP = 64 * 1024
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
class Ended:
    """A program that is over, and everything it forked with it."""

    verdict: Verdict
    timed_out: bool
    stdout: Output
    stderr: Output


async def run(command: Command) -> Ended:
    """Run a program to its end, its time limit or the cancellation of the awaiting task."""
    if any("\0" in part for part in command.argv):
        raise ToolFailed("A command may not hold NUL. Leave it out.")
    streams = {STDOUT: Output(command.keep), STDERR: Output(command.keep)}

    def take(stream: int, data: bytes) -> None:
        head = streams[stream].take(data)
        if head:
            command.hint(head.decode("utf-8", "replace"))

    with Jail(command.workspace) as jail:
        walled = await asyncio.to_thread(_walled, command, jail)
        order = Order(
            argv=walled or command.argv,
            folder=jail.folder,
            environment={**process.clean_environment(command.workspace), **command.environment},
            seconds=command.seconds,
            take=take,
            stdin=command.stdin,
            limits=command.limits,
            user=None if command.ours else jail.owner,
            becomes_user=walled is None,
        )
        ended = await process.run(order)
    return Ended(
        verdict=ended.verdict,
        timed_out=ended.timed_out,
        stdout=streams[STDOUT],
        stderr=streams[STDERR],
    )


def _walled(command: Command, jail: Jail) -> tuple[str, ...] | None:
    """Return the command line within its walls, None if it has none."""
    if command.walls is None:
        return None
    return command.walls.around(command.argv, workspace=command.workspace, user=jail.owner)
