"""Ctrl-C and SIGTERM while a command runs: the first is heard, the second ends it at once."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

_SHOW_CURSOR = b"\x1b[?25h"
_WATCHED = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Hears signals from when it is entered; what they do then is told by `run` and `softly`."""

    def __init__(self) -> None:
        self.heard: int | None = None
        self.softly: Callable[[], object] | None = None
        """What the first Ctrl-C does instead of stopping the command."""
        self._before: dict[int, Any] = {}
        self._task: asyncio.Task[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def code(self) -> int:
        """Return the exit code that tells which signal was heard."""
        return 128 + (self.heard or 0)

    @property
    def is_interrupted(self) -> bool:
        """Tell whether somebody pressed Ctrl-C."""
        return self.heard == signal.SIGINT

    def stops(self) -> None:
        """Say that from now on this task is what the signals stop."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._hear) for number in _WATCHED}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.heard is not None:
            return  # the process is on its way out, and the next signal ends it at once
        for number, before in self._before.items():
            signal.signal(number, before)

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self.heard is not None or self._loop is None:
            _end_at_once(number)
        self.heard = number
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._act)

    def _act(self) -> None:
        if self.is_interrupted and self.softly is not None:
            self.softly()
        elif self._task is not None:
            self._task.cancel()


def _end_at_once(number: int) -> None:
    if os.isatty(2):
        os.write(2, _SHOW_CURSOR)
    os._exit(128 + number)
