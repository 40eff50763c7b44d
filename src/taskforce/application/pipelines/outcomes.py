"""What jobs of releases and deployments came to, for those who wait for it."""

from datetime import timedelta

from taskforce.application.jobs.schemas import JobView
from taskforce.application.jobs.settling import Settling
from taskforce.application.pipelines.deployment_schemas import CreatedDeploymentView
from taskforce.application.pipelines.release_schemas import CreatedReleaseView
from taskforce.core.errors import Conflict
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import CANCELLED, Failure, JobStatus
from taskforce.core.jobs.ports import JobFeed
from taskforce.core.pipelines.delivery import DeploymentStatus
from taskforce.core.pipelines.errors import PushRefused, ReleaseExists, ReleaseFailed
from taskforce.core.pipelines.ports import DeploymentStore, ReleaseStore
from taskforce.core.principals import Principal

_LOOK = timedelta(seconds=2)
"""After which a row is looked at again, should the word that it moved have been lost."""


class DeliveryOutcomes:
    """Waits for what was asked for, as long as the caller does; the job goes on without them."""

    def __init__(
        self, *, settling: Settling, feed: JobFeed, releases: ReleaseStore, deployments: DeploymentStore
    ) -> None:
        self._settling = settling
        self._feed = feed
        self._releases = releases
        self._deployments = deployments

    async def release(self, principal: Principal, job: JobView) -> CreatedReleaseView:
        """Return the release that a job makes. Raises ReleaseExists, ReleaseFailed, Conflict."""
        ended = await self._settling.of(JobId(job.id), project=principal.project)
        if ended.status is not JobStatus.SUCCEEDED:
            failure = ended.outcome.failure if ended.outcome else None
            raise _release_error(failure or Failure(code=CANCELLED, message="It was cancelled."))
        release = await self._releases.get(JobId(job.id), project=principal.project)
        return CreatedReleaseView.of(release)

    async def deployment(self, principal: Principal, job: JobView) -> CreatedDeploymentView:
        """Return a deployment once it is pushed. Raises PushRefused with the reason when it is not."""
        async with self._feed.watch(JobId(job.id)) as watch:
            while True:
                found = await self._deployments.get(JobId(job.id), project=principal.project)
                if found.gitops_commit_sha is not None:
                    return CreatedDeploymentView.of(found, found.gitops_commit_sha)
                if found.status is DeploymentStatus.FAILED:
                    raise PushRefused(found.reason)
                await watch.next(timeout=_LOOK)

    async def arrived(self, principal: Principal, job: JobView) -> CreatedDeploymentView:
        """Return a deployment once it is the active one of its place. Raises PushRefused when it is not.

        That is for who plays it, and leaves then.
        """
        await self._settling.of(JobId(job.id), project=principal.project)
        found = await self._deployments.get(JobId(job.id), project=principal.project)
        if found.gitops_commit_sha is None or found.status is DeploymentStatus.FAILED:
            raise PushRefused(found.reason)
        return CreatedDeploymentView.of(found, found.gitops_commit_sha)


def _release_error(failure: Failure) -> Exception:
    known = failure.details.get("release_id")
    if failure.code == ReleaseExists.code and isinstance(known, str):
        return ReleaseExists(known)
    if failure.code == CANCELLED:
        return Conflict("The release was cancelled before it was made. Ask for it again.")
    return ReleaseFailed(f"The release was not made: {failure.message}")
