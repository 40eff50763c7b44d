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
from typing import Self

import taskforce
from taskforce.infrastructure.processes.closing import closed_if_it_fails
from taskforce.infrastructure.processes.forker import SIZE
from taskforce.infrastructure.processes.launcher import descendants

PATIENCE = 10.0
"""Seconds in which a launcher says that it stands; then the forker is taken for stuck."""
_TRIES = 3
_AT_ONCE = 4_096
_PACKAGES = str(Path(taskforce.__file__).parent.parent)
_FORKER = (
    f"import sys; sys.path.append({_PACKAGES!r}); "
    "from taskforce.infrastructure.processes.forker import serve; serve(int(sys.argv[1]))"
)


class Launcher:
    """A launcher at the other end of its line. Nothing runs before it has its order.

    Its line is read as the event loop finds it readable: a transport would cost as much as the fork.
    """

    def __init__(self, line: socket.socket) -> None:
        self.stands, self.exited = asyncio.Event(), asyncio.Event()
        self._line = line
        self._told = b""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(line.fileno(), self._hear)

    @property
    def facts(self) -> tuple[bytes, bytes, bytes]:
        """Return what it has told: its process id, the program's group, and the verdict."""
        pid, _, rest = self._told.partition(b"\n")
        group, _, verdict = rest.partition(b"\n")
        return pid, group, verdict

    async def order(self, packed: bytes, descriptors: Sequence[int]) -> None:
        """Tell it what to start, and give it copies of descriptors."""
        with suppress(BrokenPipeError, ConnectionResetError):  # it has just been killed: it will be seen
            socket.send_fds(self._line, [len(packed).to_bytes(SIZE, "big")], descriptors)
            await self._loop.sock_sendall(self._line, packed)

    def ask_to_end(self) -> None:
        """Have it end all that it started, with the order's grace, and tell how."""
        with suppress(OSError):  # it has ended
            self._line.shutdown(socket.SHUT_WR)

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
        if not self.exited.is_set():
            self._ended()
        self._line.close()

    def _hear(self) -> None:
        try:
            data = self._line.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except ConnectionResetError:  # it was killed with an order in its line
            data = b""
        self._told += data
        if b"\n" in self._told:
            self.stands.set()
        if not data:
            self._ended()

    def _ended(self) -> None:
        self._loop.remove_reader(self._line.fileno())
        self.stands.set()
        self.exited.set()


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
            forker, launcher = self._asked()
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

    def _asked(self) -> tuple[Forker, Launcher]:
        """Hand the forker a line, and return both."""
        ours, theirs = socket.socketpair()
        with theirs, closed_if_it_fails(ours):
            forker = self._handed(theirs)
        ours.setblocking(False)  # noqa: FBT003 - its only signature
        with closed_if_it_fails(ours):
            return forker, Launcher(ours)

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
