"""Work that somebody on an event loop asked a thread for, and how the answer gets back."""

import math
from asyncio import AbstractEventLoop, Future
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Asked:
    """A function to be run in a transaction; the future belongs to the loop."""

    work: Callable[[Connection], Any]
    loop: AbstractEventLoop
    future: "Future[Any]"
    patience: float = math.inf
    """Seconds for which others may yet write before whoever asked is told that it is busy."""


class Waiting(Protocol):
    """Whoever waits for an answer, on a loop."""

    @property
    def loop(self) -> AbstractEventLoop:
        """Return the loop that the future belongs to."""

    @property
    def future(self) -> "Future[Any]":
        """Return what is waited for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it: what the function returned, or why nothing of it is written."""

    asked: Waiting
    value: Any = None
    error: BaseException | None = None


def deliver(answers: Iterable[Answer]) -> None:
    """Hand the answers to those who wait: one wake-up a loop. A loop that is gone waits for nothing."""
    by_loop: dict[AbstractEventLoop, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_loop[answer.asked.loop].append(answer)
    for loop, mine in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(_settle, mine)


def _settle(answers: list[Answer]) -> None:
    for answer in answers:
        future = answer.asked.future
        if future.done():  # the waiter was cancelled; what it asked for is done all the same
            continue
        if answer.error is None:
            future.set_result(answer.value)
        else:
            future.set_exception(answer.error)
