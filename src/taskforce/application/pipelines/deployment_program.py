"""The deployment program: pushes a pointer to the GitOps repository, and says when it is there."""

from datetime import timedelta
from functools import partial
from typing import ClassVar

import structlog

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.pipelines.changes import ActivateDeployment, FailDeployment, PushDeployment
from taskforce.core.pipelines.delivery import Deployment
from taskforce.core.pipelines.deployment_task import KIND, task_of
from taskforce.core.pipelines.errors import DeploymentNotFound, PushRefused
from taskforce.core.pipelines.events import deployment_completed, deployment_created, deployment_started
from taskforce.core.pipelines.pointer import Pointer, pointer
from taskforce.core.pipelines.ports import DeploymentStore, GitOps
from taskforce.core.pipelines.retention import DELIVERED, LogKeeping

log = structlog.get_logger()

ACTIVE = "active"
TIMEOUT = timedelta(minutes=10)
AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=1), factor=1.0, unless=(PushRefused,))
"""Short enough that the job keeps its place: a later one to the same place does not overtake it."""
LOOKS = RetryPolicy(attempts=10, first=timedelta(seconds=1), factor=1.0)


class DeploymentProgram(Program):
    """Carries deployments out; to one place, one after the other."""

    kind: ClassVar[str] = KIND

    def __init__(
        self, *, deployments: DeploymentStore, gitops: GitOps, keeping: LogKeeping | None = None
    ) -> None:
        self._deployments = deployments
        self._gitops = gitops
        self._keeping = keeping

    def opening(self, job: Job) -> Event:
        task = task_of(job)
        return deployment_started(task.release, task.environment)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        deployment = await self._own(job)
        wanted = pointer(deployment)
        commit = await self._pushed(ctx, deployment, wanted)
        await ctx.write("pushed", PushDeployment(deployment=job.id, gitops_commit_sha=commit))
        await ctx.emit("pushed", deployment_created(deployment, commit))
        await self._arrived(ctx, deployment, wanted)
        await self._kept(ctx, deployment)
        active = ctx.now(ACTIVE)
        await ctx.write(f"{ACTIVE}/row", ActivateDeployment(deployment=job.id, at=active))
        completed = deployment_completed(deployment, created=deployment.created_at, active=active)
        await ctx.emit(ACTIVE, completed)
        return {"deployment_id": job.id, "gitops_commit_sha": commit, "status": ACTIVE}

    async def _own(self, job: Job) -> Deployment:
        """Return what the job is to carry out. Raises JobFailed."""
        try:
            return await self._deployments.get(job.id, project=job.project)
        except DeploymentNotFound as missing:
            told = "Ask for a new deployment. Its job alone is not tried again: its approval comes first."
            raise JobFailed(missing.code, told) from missing

    async def _pushed(self, ctx: JobContext, deployment: Deployment, wanted: Pointer) -> str:
        """Push the pointer and return its commit; after a crash the same content is no second one."""
        push = partial(self._gitops.push, wanted.path, wanted.content, message=wanted.message)
        try:
            return await ctx.step("push", push, type=str, retry=AGAIN, timeout=TIMEOUT)
        except StepFailed as failed:
            raise await self._failed(ctx, deployment, failed) from failed

    async def _arrived(self, ctx: JobContext, deployment: Deployment, wanted: Pointer) -> None:
        """Return when the head of the remote branch holds the pointer."""

        async def look() -> bool:
            if not await self._gitops.holds(wanted.path, wanted.content):
                raise PushRefused("The GitOps repository does not hold what was pushed: somebody changed it.")
            return True

        try:
            await ctx.step("arrived", look, type=bool, retry=LOOKS)
        except StepFailed as failed:
            raise await self._failed(ctx, deployment, failed) from failed

    async def _kept(self, ctx: JobContext, deployment: Deployment) -> None:
        """Let the place of logs keep those of the release's run, if it removes any by itself.

        It is no reason to call what is deployed a failure: then they go by the days of the run's own place.
        """
        keeping, run = self._keeping, deployment.release.run
        if keeping is None or run is None:
            return

        async def keep() -> bool:
            await keeping.keep(run, DELIVERED[deployment.environment])
            return True

        try:
            await ctx.step("logs", keep, type=bool, retry=AGAIN)
        except StepFailed as failed:
            log.warning("logs_not_kept", run=run, reason=failed.message)

    async def _failed(self, ctx: JobContext, deployment: Deployment, failed: StepFailed) -> JobFailed:
        """Write why it did not come to its place, with the job's end."""
        await ctx.write("failed", FailDeployment(deployment=deployment.id, reason=failed.message))
        return JobFailed(failed.reason, failed.message)
