"""Hints within the process: a worker sleeps until there is work of one of its kinds."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint, JobQueue


class PassingHint(Hint):
    """A hint that nothing is kept of."""

    def keep(self) -> None:
        return

    def settle(self) -> None:
        return

    def pass_on(self) -> None:
        return


HEARD = PassingHint()


@dataclass(frozen=True, slots=True, eq=False)
class _Sleeper:
    """Somebody who waits for work of these kinds on a loop."""

    kinds: frozenset[str]
    loop: asyncio.AbstractEventLoop
    woken: "asyncio.Future[Hint | None]"


class InProcessQueue(JobQueue):
    """One hint wakes one sleeper. One that comes while nobody sleeps is kept, once a kind."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: set[str] = set()
        self._sleepers: list[_Sleeper] = []

    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        with self._lock:
            while (sleeper := self._next_for(kind)) is not None:
                self._sleepers.remove(sleeper)
                # A loop that was closed takes no call; its sleeper is gone and the next one is asked.
                with suppress(RuntimeError):
                    sleeper.loop.call_soon_threadsafe(_wake, self, sleeper, kind)
                    return
            self._kept.add(kind)

    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        loop = asyncio.get_running_loop()
        with self._lock:
            known = self._kept & kinds
            if known:
                self._kept.discard(min(known))
                return HEARD
            sleeper = _Sleeper(kinds, loop, loop.create_future())
            self._sleepers.append(sleeper)
        timer = loop.call_later(timeout.total_seconds(), _sleep_out, sleeper)
        try:
            return await sleeper.woken
        finally:
            timer.cancel()
            with self._lock, suppress(ValueError):
                self._sleepers.remove(sleeper)

    async def check(self) -> None:
        return  # it needs nothing but this process

    def _next_for(self, kind: str) -> _Sleeper | None:
        return next((sleeper for sleeper in self._sleepers if kind in sleeper.kinds), None)


def _wake(queue: InProcessQueue, sleeper: _Sleeper, kind: str) -> None:
    if sleeper.woken.done():  # it went while the hint was on its way: somebody else may want it
        queue.notify(kind)
    else:
        sleeper.woken.set_result(HEARD)


def _sleep_out(sleeper: _Sleeper) -> None:
    if not sleeper.woken.done():
        sleeper.woken.set_result(None)
