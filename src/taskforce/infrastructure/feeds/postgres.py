"""News for watchers in all processes on one PostgreSQL."""

import json
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from itertools import count

from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.ports import JobFeed, Watch
from taskforce.infrastructure.database.notices import Notices
from taskforce.infrastructure.feeds.in_process import InProcessFeed

_MOVED = "moved"
_HINT = "hint"


class PostgresFeed(JobFeed):
    """Watchers of this process are woken as ever, those of the others by notices.

    A hint that is too long for a notice is shown in its own process alone.
    """

    def __init__(self, notices: Notices) -> None:
        self._here = InProcessFeed()
        self._notices = notices
        self._numbers = count()
        notices.hear(_MOVED, lambda job_id: self._here.moved(JobId(job_id)), missed=self._look)
        notices.hear(_HINT, self._show, missed=self._look)

    def moved(self, job_id: JobId) -> None:
        self._here.moved(job_id)
        self._notices.tell(_MOVED, job_id)

    def hint(self, job_id: JobId, delta: Delta) -> None:
        self._here.hint(job_id, delta)
        number = next(self._numbers)  # the same again is another hint
        self._notices.tell(_HINT, json.dumps([job_id, asdict(delta), number]))

    def watch(self, job_id: JobId) -> AbstractAsyncContextManager[Watch]:
        self._notices.open()
        return self._here.watch(job_id)

    def watched(self) -> frozenset[JobId]:
        return self._here.watched()

    def _show(self, word: str) -> None:
        job_id, delta, _ = json.loads(word)
        self._here.hint(JobId(job_id), Delta(**delta))

    def _look(self) -> None:
        for job_id in self._here.watched():
            self._here.moved(job_id)
