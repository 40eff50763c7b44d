"""Launchers as Taskforce sees them, each forked for one program by a program that stays."""

import asyncio
import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import taskforce
from taskforce.infrastructure.processes.closing import closed_if_it_fails
from taskforce.infrastructure.processes.forker import SIZE
from taskforce.infrastructure.processes.launcher import descendants

PATIENCE = 10.0
"""Seconds in which a launcher says that it stands; then the forker is taken for stuck."""
_TRIES = 3
_PACKAGES = str(Path(taskforce.__file__).parent.parent)
_FORKER = (
    f"import sys; sys.path.append({_PACKAGES!r}); "
    "from taskforce.infrastructure.processes.forker import serve; serve(int(sys.argv[1]))"
)


class Launcher(asyncio.Protocol):
    """A launcher at the other end of its line. Nothing runs before it has its order."""

    def __init__(self, line: socket.socket) -> None:
        self.stands, self.exited = asyncio.Event(), asyncio.Event()
        self._line = line
        self._told = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._told += data
        if b"\n" in self._told:
            self.stands.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stands.set()
        self.exited.set()

    @property
    def facts(self) -> tuple[bytes, bytes, bytes]:
        """Return what it has told: its process id, the program's group, and the verdict."""
        pid, _, rest = self._told.partition(b"\n")
        group, _, verdict = rest.partition(b"\n")
        return pid, group, verdict

    def order(self, packed: bytes, descriptors: Sequence[int]) -> None:
        """Tell it what to start, and give it copies of descriptors."""
        if self._transport is None:
            raise RuntimeError("the line to a launcher cannot be written")
        with suppress(BrokenPipeError, ConnectionResetError):  # it has just been killed: it will be seen
            socket.send_fds(self._line, [len(packed).to_bytes(SIZE, "big")], descriptors)
            self._transport.write(packed)

    def ask_to_end(self) -> None:
        """Have it end all that it started, with the order's grace, and tell how."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def kill(self) -> None:
        """Kill what it did not end: itself if it still is, and the program's group."""
        pid, group, verdict = self.facts
        if not self.exited.is_set():
            for each in (*descendants(int(pid)), int(pid)):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
        if group and not verdict:
            with suppress(ProcessLookupError):
                os.killpg(int(group), signal.SIGKILL)

    def close(self) -> None:
        """Let go of it; what still runs ends."""
        if self._transport is not None:
            self._transport.close()


@dataclass(frozen=True, slots=True)
class Forker:
    """A forker that was started: isolated, with nothing of our environment and none of our files."""

    program: "subprocess.Popen[bytes]"
    control: socket.socket

    @classmethod
    def started(cls) -> Self:
        """Start one. Raises OSError."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - its only signature
        with theirs, closed_if_it_fails(ours):
            program = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _FORKER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        return cls(program, ours)

    def hand(self, line: socket.socket) -> None:
        """Hand it the line of a launcher to be; if it cannot take it, the line ends."""
        with suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            socket.send_fds(self.control, [b"!"], [line.fileno()])

    def end(self) -> None:
        """End it; launchers that stand go on."""
        self.program.kill()
        self.program.wait()
        self.control.close()


class Forkers:
    """The forker of this process: started with the first program, and again when it has died or hangs."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._forker: Forker | None = None

    async def launcher(self) -> Launcher:
        """Return a launcher that waits for its order. Raises OSError when none comes up."""
        for _ in range(_TRIES):
            forker, launcher = await self._asked()
            with suppress(TimeoutError), closed_if_it_fails(launcher):
                async with asyncio.timeout(self._patience):
                    await launcher.stands.wait()
                if launcher.facts[0]:
                    return launcher
            launcher.close()  # if it comes up after all, it hears the end of its line and starts nothing
            self._give_up(forker)
        raise OSError("no launcher came up; is the machine out of processes or memory?")

    def close(self) -> None:
        """End the forker, if there is one; the next program starts another."""
        with self._lock:
            if self._forker is not None:
                self._forker.end()
            self._forker = None

    async def _asked(self) -> tuple[Forker, Launcher]:
        """Hand the forker a line, and return both."""
        ours, theirs = socket.socketpair()
        with theirs, closed_if_it_fails(ours):
            forker = self._handed(theirs)
        ours.setblocking(False)  # noqa: FBT003 - its only signature
        with closed_if_it_fails(ours):
            loop = asyncio.get_running_loop()
            _, launcher = await loop.create_unix_connection(lambda: Launcher(ours), sock=ours)
        return forker, launcher

    def _handed(self, line: socket.socket) -> Forker:
        with self._lock:
            if self._forker is not None and self._forker.program.poll() is not None:
                self._forker.end()
                self._forker = None
            self._forker = self._forker or Forker.started()
            self._forker.hand(line)
            return self._forker

    def _give_up(self, forker: Forker) -> None:
        """End a forker that gave no launcher, unless another has taken its place."""
        with self._lock:
            if self._forker is forker:
                forker.end()
                self._forker = None


FORKERS = Forkers()
"""One for all of this process: a forker has no state but the programs that it was asked to start."""
atexit.register(FORKERS.close)
