"""Hints within the process: a worker sleeps until there is work of one of its kinds."""

from datetime import timedelta
from threading import RLock

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint, JobQueue
from taskforce.infrastructure.queues.sleepers import Sleepers


class PassingHint(Hint):
    """A hint that nothing is kept of."""

    is_of_a_job = False

    def keep(self) -> None:
        return

    def settle(self) -> None:
        return

    def pass_on(self) -> None:
        return


HEARD = PassingHint()


class InProcessQueue(JobQueue):
    """One hint wakes one sleeper. One that comes while nobody sleeps is kept, once a kind."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._kept: set[str] = set()
        self._sleepers = Sleepers(self._lock, again=lambda kind, _: self.notify(kind))

    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        with self._lock:
            if not self._sleepers.wake(kind, HEARD):
                self._kept.add(kind)

    def call(self, kind: str) -> None:
        """Hint at any number of jobs: all who sleep are woken."""
        with self._lock:
            self.notify(kind)
            while self._sleepers.wake(kind, HEARD):
                pass

    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        with self._lock:
            known = self._kept & kinds
            if known:
                self._kept.discard(min(known))
                return HEARD
            sleeper = self._sleepers.enter(kinds)
        return await self._sleepers.rest(sleeper, timeout=timeout)

    async def check(self) -> None:
        return  # it needs nothing but this process
