"""The use cases of deployments."""

from dataclasses import replace
from functools import partial

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.schemas import JobView
from taskforce.application.pipelines.deployment_schemas import (
    CreateDeployment,
    CurrentDeploymentView,
    GetCurrentDeployment,
    ListDeployments,
    ListedDeploymentView,
)
from taskforce.core.clock import Clock
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines import changes
from taskforce.core.pipelines.delivery import Deployment, DeploymentStatus, Product, Release
from taskforce.core.pipelines.deploying import check_approval
from taskforce.core.pipelines.deployment_task import KIND, DeploymentTask, one_at_a_time
from taskforce.core.pipelines.identity import ApprovalId
from taskforce.core.pipelines.ports import ApprovalStore, DeploymentStore, ReleaseStore
from taskforce.core.principals import Principal

MOST = 50
"""Deployments that are under way, in all environments together."""


class DeploymentService:
    """Puts releases into environments, and shows what is where."""

    def __init__(
        self,
        *,
        desk: JobDesk,
        releases: ReleaseStore,
        deployments: DeploymentStore,
        approvals: ApprovalStore,
        once: Once,
        clock: Clock,
        own_counts: bool,
    ) -> None:
        self._desk = desk
        self._releases = releases
        self._deployments = deployments
        self._approvals = approvals
        self._once = once
        self._clock = clock
        self._own_counts = own_counts
        """Whether who deploys may be the one who approved."""

    async def create(
        self, principal: Principal, request: CreateDeployment, *, key: str | None = None
    ) -> JobView:
        """Put a release into an environment."""

        async def make(note: Note) -> JobView:
            release = await self._releases.get(JobId(request.release_id), project=principal.project)
            await self._check(principal, request)
            task = DeploymentTask(release=release.id, environment=request.environment)
            job = self._desk.new(KIND, principal, task.model_dump(mode="json"), subject=None, alone=False)
            job = replace(job, concurrency=one_at_a_time(release.product, request.environment))
            place = changes.CreateDeployment(deployment=_deployment(job, request, release), most=MOST)
            return JobView.of(await self._desk.accept(job, changes=[*note(job.id), place]))

        keyed = Keyed.of("deployments.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._desk.handed_in, principal=principal))

    async def current(self, principal: Principal, request: GetCurrentDeployment) -> CurrentDeploymentView:
        """Show what is deployed of a project in an environment."""
        product = Product(project=principal.project, repository=request.repo, name=request.project)
        return CurrentDeploymentView.of(await self._deployments.current(product, request.environment))

    async def history(self, principal: Principal, request: ListDeployments) -> Listing[ListedDeploymentView]:
        """List a project's deployments to an environment, newest first."""
        product = Product(project=principal.project, repository=request.repo, name=request.project)
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._deployments.history(product, request.environment, page)
        return Listing(items=tuple(map(ListedDeploymentView.of, found.items)), total=found.total)

    async def _check(self, principal: Principal, request: CreateDeployment) -> None:
        """Return when the approval counts, or none is needed.

        Raises ApprovalMissing, ApprovalNotFound, ApprovalSpent, OwnApproval.
        """
        named = ApprovalId(request.approval_id) if request.approval_id else None
        check_approval(
            await self._approvals.get(named, project=principal.project) if named else None,
            release=JobId(request.release_id),
            environment=request.environment,
            asked_by=principal.name,
            now=self._clock.now(),
            own_counts=self._own_counts,
        )


def _deployment(job: Job, request: CreateDeployment, release: Release) -> Deployment:
    return Deployment(
        id=job.id,
        release=release,
        environment=request.environment,
        status=DeploymentStatus.PENDING,
        created_at=job.created_at,
        deployed_by=job.created_by,
        approval=ApprovalId(request.approval_id) if request.approval_id else None,
    )
