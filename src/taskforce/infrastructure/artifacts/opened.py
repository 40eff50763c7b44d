"""A file that is opened in a thread, and closed also when its task is cancelled meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Lock
from typing import IO

Ending = Callable[[IO[bytes]], object]
"""What is done with a file at the end."""


def close(file: IO[bytes]) -> None:
    """Close a file, and no more."""
    file.close()


@asynccontextmanager
async def opened(opening: Callable[[], IO[bytes]], ending: Ending = close) -> AsyncIterator[IO[bytes]]:
    """Lend the file that `opening` returns in a thread, and hand it to `ending` afterwards.

    A thread cannot be cancelled. One that opens its file only after whoever waited for it was cancelled
    ends it by itself, for nobody else knows of it.
    """
    loan = _Loan(opening, ending)
    try:
        yield await asyncio.to_thread(loan.begin)
    finally:
        loan.end()


class _Loan:
    def __init__(self, opening: Callable[[], IO[bytes]], ending: Ending) -> None:
        self._opening = opening
        self._ending = ending
        self._lock = Lock()
        self._file: IO[bytes] | None = None
        self._is_over = False

    def begin(self) -> IO[bytes]:
        file = self._opening()
        with self._lock:
            self._file = file
            is_late = self._is_over
        if is_late:
            self._ending(file)
        return file

    def end(self) -> None:
        with self._lock:
            self._is_over = True
            file = self._file
        if file is not None:
            self._ending(file)
