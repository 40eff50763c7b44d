"""Jobs, as the library offers them."""

from collections.abc import AsyncIterator

from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.prune_schemas import PruneJobs
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import (
    CancelJob,
    GetArtifact,
    GetJob,
    JobView,
    ListJobs,
    RetryJob,
    WatchJob,
)
from taskforce.application.jobs.service import JobService
from taskforce.core.clock import Clock
from taskforce.core.principals import Principal
from taskforce.rooms.asking import asked


class Jobs:
    """The use cases of jobs. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: JobService, principal: Principal, clock: Clock) -> None:
        self._service = service
        self._principal = principal
        self._clock = clock
        self.list = asked(principal, service.list, ListJobs)
        self.get = asked(principal, service.get, GetJob)
        self.cancel = asked(principal, service.cancel, CancelJob)
        self.artifacts = asked(principal, service.artifacts, GetJob)
        self.prune = asked(principal, service.prune, PruneJobs)
        self.artifact = asked(principal, service.artifact, GetArtifact)

    async def retry(self, *, job_id: str, idempotency_key: str | None = None) -> JobView:
        """Try an ended job again: a new job that continues it and reuses its recorded steps."""
        request = checked(RetryJob, job_id=job_id)
        return await self._service.retry(self._principal, request, key=idempotency_key)

    async def watch(self, *, job_id: str, after: int = 0) -> AsyncIterator[EventView]:
        """Watch a job's events from any number on, until it is over; live output comes between them."""
        wanted = checked(WatchJob, job_id=job_id, after=after)
        async for page in await self._service.watch(self._principal, wanted):
            for told in page.told:
                yield EventView.of_told(told, self._clock.now())
