"""The telling program: says to a forge how a run, a release or a deployment stands at that moment.

Events tell it when, the stores tell it what. So what is told late, or twice, is what is so by then.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import ClassVar

import structlog

from taskforce.core.documents import JsonObject
from taskforce.core.errors import NotFound
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import OPENING, Event
from taskforce.core.jobs.model import Job, Throttle
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.paging import Page
from taskforce.core.pipelines.delivery import Deployment, DeploymentStatus
from taskforce.core.pipelines.forge import (
    DeployStatus,
    commit_status,
    deploy_status,
    forge_deployment,
    is_commit,
    is_kept_there,
    puts_another_out_of_use,
    release_tag,
)
from taskforce.core.pipelines.forge_errors import ForgeRefused
from taskforce.core.pipelines.ports import DeploymentStore, Forge, ReleaseStore, RunStore
from taskforce.core.pipelines.telling import KIND, Topic, task_of

log = structlog.get_logger()

TIMEOUT = timedelta(minutes=1)
LOOKED_THROUGH = 100
"""Newest deployments of a place, of which all but one that count may have failed."""
AGAIN = RetryPolicy(
    attempts=24,
    first=timedelta(seconds=5),
    most=timedelta(hours=2),
    jitter=0.2,
    unless=(ForgeRefused, NotFound),
)
"""For about a day, with waits of 5 s to 2 h, or as long as the forge asks for."""
ONE_BY_ONE = Throttle(key=KIND, running=1)
"""So nothing older is told after something newer, and a forge that is away takes one place of a worker."""


class TellingProgram(Program):
    """Tells a forge; whatever it answers, runs, releases and deployments are as they are."""

    kind: ClassVar[str] = KIND

    def __init__(
        self,
        *,
        forge: Forge,
        runs: RunStore,
        releases: ReleaseStore,
        deployments: DeploymentStore,
        public_url: str | None,
        tags: bool,
    ) -> None:
        self._forge = forge
        self._runs = runs
        self._releases = releases
        self._deployments = deployments
        self._public_url = public_url
        self._tags = tags
        """Whether releases get tags."""
        self._tell: dict[Topic, Callable[[JobId, ProjectId], Awaitable[str]]] = {
            Topic.RUN: self._tell_run,
            Topic.RELEASE: self._tell_release,
            Topic.DEPLOYMENT: self._tell_deployment,
        }

    def opening(self, job: Job) -> Event:
        task = task_of(job)
        return Event(type=OPENING, message=f"{task.topic.value} {task.about}")

    def throttle(self, job: Job) -> Throttle:
        return ONE_BY_ONE

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = task_of(job)
        tell = partial(self._tell[task.topic], task.about, job.project)
        try:
            told = await ctx.step("tell", tell, type=str, retry=AGAIN, timeout=TIMEOUT)
        except StepFailed as failed:
            log.warning("forge_not_told", topic=task.topic.value, about=task.about, reason=failed.message)
            raise JobFailed(failed.reason, failed.message) from failed
        return {"told": told}

    async def _tell_run(self, run_id: JobId, project: ProjectId) -> str:
        """Set the commit's status to that of its newest run, for an older one counts no more."""
        run = await self._runs.get(run_id, project=project)
        facts = run.facts
        if not (is_kept_there(facts.repository) and is_commit(facts.commit_sha)):
            return ""
        status = commit_status(await self._runs.latest(facts), public_url=self._public_url)
        await self._forge.set_commit_status(status)
        return f"{status.context} {status.state.value}"

    async def _tell_release(self, release_id: JobId, project: ProjectId) -> str:
        release = await self._releases.get(release_id, project=project)
        tag = release_tag(release) if self._tags else None
        if tag is None or not is_kept_there(tag.repository):
            return ""
        await self._forge.create_tag(tag)
        return tag.name

    async def _tell_deployment(self, deployment_id: JobId, project: ProjectId) -> str:
        deployment = await self._deployments.get(deployment_id, project=project)
        if not is_kept_there(deployment.release.product.repository):
            return ""
        status = await self._tell_how_it_stands(deployment)
        now = await self._deployments.get(deployment_id, project=project)
        if puts_another_out_of_use(now):
            for before in await self._superseded_by(now):
                await self._tell_how_it_stands(before)
        return f"{status.environment} {status.state.value}"

    async def _tell_how_it_stands(self, deployment: Deployment) -> DeployStatus:
        wanted = forge_deployment(deployment)
        made = await self._forge.create_deployment(wanted)
        project = deployment.release.product.project
        status = deploy_status(await self._deployments.get(deployment.id, project=project))
        await self._forge.set_deployment_status(wanted.repository, made, status)
        return status

    async def _superseded_by(self, active: Deployment) -> Sequence[Deployment]:
        """Return the deployment that was the active one of its place before, if there was one."""
        found = await self._deployments.history(
            active.release.product, active.environment, Page(limit=LOOKED_THROUGH, offset=0)
        )
        return [one for one in found.items if one.status is DeploymentStatus.SUPERSEDED][:1]
