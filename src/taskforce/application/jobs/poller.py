"""Looking for what other processes do to the jobs that are watched here."""

from typing import TypeAlias

from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.ports import Head, JobFeed, JobStore

_Seen: TypeAlias = tuple[Head, tuple[tuple[JobId, JobStatus, int], ...]]


class LogPoller:
    """Wakes watchers of jobs that another process has moved: one read for all of them."""

    def __init__(self, *, store: JobStore, feed: JobFeed) -> None:
        self._store = store
        self._feed = feed
        self._seen: dict[JobId, _Seen] = {}

    async def poll(self) -> None:
        """Compare the heads of the watched logs with those of the last time."""
        watched = self._feed.watched()
        heads = dict(await self._store.heads(watched)) if watched else {}
        seen = {job_id: await self._seen_of(job_id, head) for job_id, head in heads.items()}
        for job_id, state in seen.items():
            if self._seen.get(job_id) != state:
                self._feed.moved(job_id)
        self._seen = seen

    async def _seen_of(self, job_id: JobId, head: Head) -> _Seen:
        """Return what there is to be seen of a job; of one that waits also where those below it stand."""
        below = await self._store.below(job_id) if head.status is JobStatus.WAITING else ()
        return head, tuple((job.id, job.status, job.last_event) for job in below)
