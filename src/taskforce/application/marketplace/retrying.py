"""Trying a scan again: for those who may scan its source."""

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.retrying import RetryRule
from taskforce.core.marketplace.access import check_mends
from taskforce.core.marketplace.ports import SourceStore
from taskforce.core.marketplace.task import ScanTask
from taskforce.core.principals import Principal


class ScanRetries(RetryRule):
    """Looks at the source of a scan; a scan that stands alone is its project's."""

    def __init__(self, sources: SourceStore) -> None:
        self._sources = sources

    async def input(self, principal: Principal, job: Job) -> JsonObject:
        task = ScanTask.model_validate(job.input)
        if task.source is not None:
            check_mends(principal, await self._sources.get(task.source))
        return job.input
