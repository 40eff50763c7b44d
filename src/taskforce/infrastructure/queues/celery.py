"""Hints for workers of all processes on one Celery broker, Celery's own workers among them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import RLock

from celery import Celery

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint, JobQueue
from taskforce.infrastructure.queues.celery_taking import Taking
from taskforce.infrastructure.queues.celery_telling import Telling
from taskforce.infrastructure.queues.sleepers import Sleepers


class CeleryQueue(JobQueue):
    """A hint wakes a sleeper of this process; where nobody sleeps it becomes a message.

    Messages are taken while somebody sleeps here, by the same rules as Celery's worker: each is acknowledged
    when the play that it led to is on record, and given back when that was cut off.
    """

    reaches_others = True

    def __init__(self, app: Celery, *, takes: bool = True) -> None:
        self._takes = takes
        """Whether it takes messages; who plays only jobs of its own leaves them, and all hints, to others."""
        self._sleepers = Sleepers(RLock(), again=lambda _, hint: hint.pass_on())
        self._telling = Telling(app)
        self._taking = Taking(app, self._sleepers)

    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        is_heard = self._sleepers.wake(kind, _OwnHint(kind, job_id, self.notify))
        if not is_heard or not self._takes:
            self._telling.tell(kind, job_id)

    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        sleeper = self._sleepers.enter(kinds)
        if self._takes:
            self._taking.ring()
        return await self._sleepers.rest(sleeper, timeout=timeout)

    async def check(self) -> None:
        await asyncio.to_thread(self._telling.check)

    def close(self) -> None:
        """Give back what was taken, tell what waits, if the broker lets it, and end both threads."""
        self._taking.close()
        self._telling.close()


class _OwnHint(Hint):
    """A hint of this process, which never was a message."""

    def __init__(self, kind: str, job_id: JobId | None, notify: Callable[[str, JobId | None], None]) -> None:
        self.is_of_a_job = job_id is not None
        self._give_again = partial(notify, kind, job_id)

    def keep(self) -> None:
        return

    def settle(self) -> None:
        return

    def pass_on(self) -> None:
        self._give_again()
