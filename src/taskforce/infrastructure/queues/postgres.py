"""Hints for workers of all processes on one PostgreSQL."""

from datetime import timedelta

from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Hint, JobQueue
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.queues.in_process import InProcessQueue

_DUE = "due"


class PostgresQueue(JobQueue):
    """A word may stand for many hints: it wakes all sleepers of a process, who ask the store together."""

    reaches_others = True

    def __init__(self, notices: Notices) -> None:
        self._here = InProcessQueue()
        self._notices = notices
        self._kinds: frozenset[str] = frozenset()
        notices.hear(_DUE, self._here.call, missed=self._look)

    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        self._here.notify(kind, job_id)
        self._notices.tell(_DUE, kind)

    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        self._kinds |= kinds
        self._notices.open()
        return await self._here.wait(kinds, timeout=timeout)

    async def check(self) -> None:
        await self._notices.check()

    def _look(self) -> None:
        for kind in self._kinds:
            self._here.notify(kind)
