"""Who waits for hints within the process."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import RLock
from typing import TypeAlias

from taskforce.core.jobs.ports import Hint

Again: TypeAlias = Callable[[str, Hint], object]


@dataclass(frozen=True, slots=True, eq=False)
class Sleeper:
    """Somebody who waits for work of these kinds on a loop."""

    kinds: frozenset[str]
    loop: asyncio.AbstractEventLoop
    woken: "asyncio.Future[Hint | None]"


class Sleepers:
    """One hint wakes one of them, the first who came; all under the lock of whoever has them."""

    def __init__(self, lock: RLock, *, again: Again) -> None:
        self._lock = lock
        self._again = again
        """Is given a hint back whose sleeper had gone."""
        self._there: list[Sleeper] = []

    def by_kind(self) -> Mapping[str, int]:
        """Return what anybody waits for, and how many do."""
        with self._lock:
            return Counter(kind for sleeper in self._there for kind in sleeper.kinds)

    def wake(self, kind: str, hint: Hint) -> bool:
        """Give a hint to one who waits for the kind; False when nobody does."""
        with self._lock:
            while (sleeper := self._next_for(kind)) is not None:
                self._there.remove(sleeper)
                # A loop that was closed takes no call; its sleeper is gone and the next one is asked.
                with suppress(RuntimeError):
                    sleeper.loop.call_soon_threadsafe(self._give, sleeper, kind, hint)
                    return True
        return False

    def enter(self, kinds: frozenset[str]) -> Sleeper:
        """Wait from now on, on the running loop."""
        loop = asyncio.get_running_loop()
        sleeper = Sleeper(kinds, loop, loop.create_future())
        with self._lock:
            self._there.append(sleeper)
        return sleeper

    async def rest(self, sleeper: Sleeper, *, timeout: timedelta) -> Hint | None:
        """Return the hint that it is woken by, or None after the timeout."""
        timer = sleeper.loop.call_later(timeout.total_seconds(), _sleep_out, sleeper)
        try:
            return await sleeper.woken
        finally:
            timer.cancel()
            with self._lock, suppress(ValueError):
                self._there.remove(sleeper)

    def _next_for(self, kind: str) -> Sleeper | None:
        return next((sleeper for sleeper in self._there if kind in sleeper.kinds), None)

    def _give(self, sleeper: Sleeper, kind: str, hint: Hint) -> None:
        if sleeper.woken.done():  # it went while the hint was on its way: somebody else may want it
            self._again(kind, hint)
        else:
            sleeper.woken.set_result(hint)


def _sleep_out(sleeper: Sleeper) -> None:
    if not sleeper.woken.done():
        sleeper.woken.set_result(None)
