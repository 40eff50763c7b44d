"""What jobs of debriefs came to, for those who wait for it."""

from taskforce.application.jobs.schemas import JobView
from taskforce.application.jobs.settling import Settling
from taskforce.application.scenarios.keeping_files import DebriefResult
from taskforce.application.scenarios.schemas import ArtifactHandle, DebriefView
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.principals import Principal
from taskforce.core.scenarios.errors import DebriefFailed
from taskforce.core.scenarios.files import HTML


class DebriefOutcomes:
    """Waits for what was asked for, as long as the caller does; the job goes on without them."""

    def __init__(self, settling: Settling) -> None:
        self._settling = settling

    async def written(self, principal: Principal, job: JobView) -> DebriefView:
        """Return a debrief once it is written. Raises DebriefFailed."""
        ended = await self._settling.of(JobId(job.id), project=principal.project)
        if ended.status is not JobStatus.SUCCEEDED or ended.outcome is None:
            failure = ended.outcome.failure if ended.outcome else None
            raise DebriefFailed(failure.message if failure else "it was cancelled")
        result = DebriefResult.model_validate(ended.outcome.result)
        handles = tuple(map(ArtifactHandle.of, result.files))
        page = next(handle for handle in handles if handle.media_type == HTML)
        others = tuple(handle for handle in handles if handle is not page)
        return DebriefView(**dict(page), alternates=others)
