"""The process that computes: it does one work after the other, and ends when whoever started it is gone."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, TypeAlias, cast

from taskforce.infrastructure.processes import frames

Order: TypeAlias = tuple[Callable[..., Iterator[object]], tuple[Any, ...], dict[str, Any]]
POLITENESS = 5
"""Added to its niceness: who serves requests on the same cores goes first."""


def main() -> None:
    """Do what is asked on stdin, and answer on stdout; what the work itself prints goes to stderr."""
    os.nice(POLITENESS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    orders: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()
    while True:
        sealed = orders.get()
        try:
            work, args, words = cast("Order", frames.opened(sealed))
            for value in work(*args, **words):
                frames.write(answers, (frames.VALUE, value))
            frames.write(answers, (frames.END, None))
        except BrokenPipeError:
            return
        except Exception:  # noqa: BLE001 - it is told to whoever asked
            frames.write(answers, (frames.BROKE, traceback.format_exc()))


def _listen(requests: IO[bytes], orders: SimpleQueue[bytes]) -> None:
    """Take in orders, also while one is worked at; when nobody can ask any more, end the process."""
    try:
        while True:
            orders.put(frames.read_sealed(requests))
    except EOFError:
        os._exit(0)


if __name__ == "__main__":
    main()
