"""Work for the processes of the tests: they import it by name."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def count(to: int) -> Iterator[int]:
    """Count."""
    yield from range(to)


def who() -> Iterator[int]:
    """Tell which process this is."""
    yield os.getpid()


def chatty() -> Iterator[str]:
    """Print, as libraries do."""
    sys.stdout.write("this is no answer")
    sys.stdout.flush()
    yield "answer"


def broken() -> Iterator[int]:
    """Raise on the way."""
    yield 1
    raise ValueError("the gears are stuck")


def dies() -> Iterator[int]:
    """Die on the way."""
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)
    yield 2


def busy(started: Path) -> Iterator[int]:
    """Keep a core busy for a long time without a word, once its file is there."""
    started.write_text(f"{os.getpid()}\n")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        pass
    yield 0


def big(size: int) -> Iterator[bytes]:
    """Give more than a pipe takes at once."""
    yield b"x" * size
    yield b"y" * size
