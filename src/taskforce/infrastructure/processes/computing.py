"""Work that keeps a core busy: done in processes of our own, so that the event loop stays free.

A process is started by need, kept for the next work, and ended once nobody has asked it for a while. It is
a fresh interpreter and no fork, since a fork would share the locks of our threads.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from threading import Lock
from typing import IO, ParamSpec, TypeVar, cast

from taskforce.infrastructure.processes import frames

T = TypeVar("T")
P = ParamSpec("P")

IDLE = 30.0
"""Seconds that a process without work stays."""
PATIENCE = 5.0
"""Seconds that a process without work may take to end."""
CHILD = "taskforce.infrastructure.processes.computing_child"


def cores() -> int:
    """Return how many processes can compute at once: those cores that this one may use."""
    if hasattr(os, "sched_getaffinity"):  # not everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ComputingLost(RuntimeError):
    """A process died over its work; the work may be done again."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"A process that computed has died ({exit_code}): it was killed, or out of memory.")


class ComputingBroke(RuntimeError):
    """The work raised; the message is what it raised, and a note its traceback."""

    def __init__(self, told: str) -> None:
        super().__init__(told.rstrip().rpartition("\n")[2])
        self.add_note(told)


class Computing:
    """A pool of processes for work that can be pickled: module-level generators and plain arguments."""

    def __init__(self, *, processes: int) -> None:
        self._places = asyncio.Semaphore(processes)
        # Threads of our own: each process keeps one waiting, and all else would wait for these.
        self._threads = ThreadPoolExecutor(max_workers=2 * processes, thread_name_prefix="computing")
        self._idle: list[_Process] = []
        self._lock = Lock()
        self._closed = False

    @asynccontextmanager
    async def run(
        self, work: Callable[P, Iterator[T]], *args: P.args, **words: P.kwargs
    ) -> AsyncIterator[AsyncIterator[T]]:
        """Do the work in a process once one is free, and give what it yields, as it comes.

        Leaving before the end kills the process. Raises ComputingLost, ComputingBroke.
        """
        async with self._places:
            process = self._rested() or _Process(self._threads)
            try:
                await process.ask((work, args, words))
                yield cast("AsyncIterator[T]", process.answers())
            finally:
                if process.is_ready:
                    self._rest(process)
                else:
                    process.kill()

    def close(self) -> None:
        """End the processes without work; those that work are ended by who waits for them."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()
        self._threads.shutdown(wait=False)

    def _rested(self) -> "_Process | None":
        """Return a process without work, if one is alive."""
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.is_alive:
                    return process
                process.kill()
        return None

    def _rest(self, process: "_Process") -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(process)
                asyncio.get_running_loop().call_later(IDLE, self._dismiss, process)
                return
        process.end()

    def _dismiss(self, process: "_Process") -> None:
        """End a process if it has had no work since it was put to rest."""
        with self._lock:
            if process not in self._idle:
                return
            self._idle.remove(process)
        process.end()


class _Process:
    """One process; its pipes are read and written by threads, so it belongs to no event loop."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C at the terminal is ours to handle
        )
        self.is_ready = False
        """Whether it waits for work."""

    @property
    def is_alive(self) -> bool:
        """Tell whether it has not died by itself."""
        return self._child.poll() is None

    async def ask(self, order: object) -> None:
        """Give it work. Raises ComputingLost."""
        self.is_ready = False
        try:
            await self._in_thread(frames.write, self._stdin, order)
        except OSError as broken:
            raise ComputingLost(await self._in_thread(self._child.wait)) from broken

    async def answers(self) -> AsyncIterator[object]:
        """Give what the work yields. Raises ComputingLost, ComputingBroke."""
        while True:
            try:
                word, value = cast("tuple[str, object]", await self._in_thread(frames.read, self._stdout))
            except EOFError as ended:
                raise ComputingLost(await self._in_thread(self._child.wait)) from ended
            if word == frames.VALUE:
                yield value
                continue
            self.is_ready = True
            if word == frames.BROKE:
                raise ComputingBroke(str(value))
            return

    def end(self) -> None:
        """Let it end by itself, which it does without work, and let go of it."""
        with suppress(OSError):  # it has died, and not read all that it was told
            self._stdin.close()
        try:
            self._child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._stdout.close()

    def kill(self) -> None:
        """End it at once, whatever it does, and let go of it."""
        self._child.kill()
        self.end()

    async def _in_thread(self, do: Callable[P, T], *args: P.args, **words: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(do, *args, **words))

    @property
    def _stdin(self) -> IO[bytes]:
        return cast("IO[bytes]", self._child.stdin)

    @property
    def _stdout(self) -> IO[bytes]:
        return cast("IO[bytes]", self._child.stdout)
