"""Releases, deployments and approvals in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.model import Job
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.changes import (
    ActivateDeployment,
    CreateDeployment,
    CreateRelease,
    FailDeployment,
    PushDeployment,
)
from taskforce.core.pipelines.delivery import (
    Alias,
    AliasType,
    Approval,
    ApprovalStatus,
    Deployment,
    DeploymentStatus,
    Environment,
    Product,
    Release,
    in_order,
)
from taskforce.core.pipelines.deploying import check_counts, stands_with
from taskforce.core.pipelines.errors import (
    AliasTaken,
    ApprovalExists,
    ApprovalNotFound,
    ApprovalSpent,
    DeploymentNotFound,
    NotApproved,
    NothingDeployed,
    ReleaseExists,
    ReleaseNotFound,
    TooManyDeployments,
)
from taskforce.core.pipelines.identity import ApprovalId
from taskforce.core.pipelines.look_up import looked_up
from taskforce.core.pipelines.ports import ApprovalStore, DeploymentStore, ReleaseStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog

T = TypeVar("T")


class MemoryDeliveries:
    """What a job store's changes write of releases and deployments; `job_of` finds the job of one."""

    def __init__(self, job_of: Callable[[JobId], Job | None]) -> None:
        self._job_of = job_of
        self.releases: dict[JobId, Release] = {}
        self.deployments: dict[JobId, Deployment] = {}
        self.approvals: dict[ApprovalId, Approval] = {}

    @property
    def appliers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what writes each change."""
        return {
            CreateRelease: self.create_release,
            CreateDeployment: self.create_deployment,
            PushDeployment: self.push,
            ActivateDeployment: self.activate,
            FailDeployment: self.fail,
        }

    def create_release(self, change: CreateRelease) -> None:
        """Write a release; names that another one bore are now its."""
        release = change.release
        for other in self.of(release.product):
            if release.commit_sha == other.commit_sha or release.release_number == other.release_number:
                raise ReleaseExists(other.id)
        for alias in release.aliases:
            self.take(release.product, alias)
        self.releases[release.id] = release

    def create_deployment(self, change: CreateDeployment) -> None:
        """Write a deployment."""
        deployment = change.deployment
        if deployment.approval is not None:
            approval = self.approvals.get(deployment.approval)
            if approval is None:
                raise ApprovalSpent(f"Approval {deployment.approval} is gone. Ask for a new one.")
            check_counts(
                approval,
                release=deployment.release.id,
                environment=deployment.environment,
                now=deployment.created_at,
            )
        if self.unfinished(project=None) >= change.most:
            raise TooManyDeployments(change.most)
        self.deployments[deployment.id] = deployment

    def push(self, change: PushDeployment) -> None:
        """Say with which commit."""
        self._change(change.deployment, gitops_commit_sha=change.gitops_commit_sha)

    def activate(self, change: ActivateDeployment) -> None:
        """Make it the active one of its place."""
        own = self.deployments[change.deployment]
        for other in self.deployments.values():
            if other.status is DeploymentStatus.ACTIVE and _place(other) == _place(own):
                self._change(other.id, status=DeploymentStatus.SUPERSEDED)
                break
        self._change(own.id, status=DeploymentStatus.ACTIVE, deployed_at=change.at)

    def fail(self, change: FailDeployment) -> None:
        """Say why it failed."""
        self._change(change.deployment, status=DeploymentStatus.FAILED, reason=change.reason)

    def of(self, product: Product) -> Sequence[Release]:
        """Return a product's releases."""
        return [one for one in self.releases.values() if one.product == product]

    def take(self, product: Product, alias: Alias) -> None:
        """Take an alias from whichever release bears it, by itself or because somebody gave it."""
        taken = {alias, replace(alias, alias_type=AliasType.CUSTOM)}
        for one in self.of(product):
            kept = tuple(other for other in one.aliases if other not in taken)
            self.releases[one.id] = replace(one, aliases=kept)

    def shown(self, deployment: Deployment) -> Deployment:
        """Return a deployment as it stands, with its release as it is now."""
        stands = stands_with(deployment, self._job_of(deployment.id))
        return replace(stands, release=self.releases[deployment.release.id])

    def unfinished(self, *, project: ProjectId | None) -> int:
        """Return how many deployments are under way."""
        return sum(
            self.shown(one).status is DeploymentStatus.PENDING
            for one in self.deployments.values()
            if project in {None, one.release.product.project}
        )

    def _change(self, deployment: JobId, **fields: object) -> None:
        self.deployments[deployment] = replace(self.deployments[deployment], **fields)  # type: ignore[arg-type] # fields of it


class MemoryReleaseStore(ReleaseStore):
    def __init__(self, deliveries: MemoryDeliveries) -> None:
        self._deliveries = deliveries

    async def get(self, release_id: JobId, *, project: ProjectId) -> Release:
        found = self._deliveries.releases.get(release_id)
        if found is None or found.product.project != project:
            raise ReleaseNotFound(release_id)
        return found

    async def find(self, product: Product, name: str) -> Release:
        return looked_up(name, self._deliveries.of(product))

    async def list(self, product: Product, page: Page) -> Listing[Release]:
        found = sorted(self._deliveries.of(product), key=lambda release: release.release_number, reverse=True)
        return _part(found, page)

    async def last_number(self, product: Product) -> int:
        return max((one.release_number for one in self._deliveries.of(product)), default=0)

    async def name(self, release: Release, alias: Alias) -> Release:
        for one in self._deliveries.of(release.product):
            if any(other.alias == alias.alias and other != alias for other in one.aliases):
                raise AliasTaken(f"{alias.alias} is a name of release {one.release_number}. Choose another.")
        self._deliveries.take(release.product, alias)
        bare = self._deliveries.releases[release.id]
        named = replace(bare, aliases=in_order((*bare.aliases, alias)))
        self._deliveries.releases[release.id] = named
        return named

    async def unname(self, product: Product, alias: str) -> None:
        custom = Alias(alias=alias, alias_type=AliasType.CUSTOM)
        if not any(custom in one.aliases for one in self._deliveries.of(product)):
            raise ReleaseNotFound(alias)
        self._deliveries.take(product, custom)


class MemoryDeploymentStore(DeploymentStore):
    def __init__(self, deliveries: MemoryDeliveries) -> None:
        self._deliveries = deliveries

    async def get(self, deployment_id: JobId, *, project: ProjectId) -> Deployment:
        found = self._deliveries.deployments.get(deployment_id)
        if found is None or found.release.product.project != project:
            raise DeploymentNotFound(deployment_id)
        return self._deliveries.shown(found)

    async def current(self, product: Product, environment: Environment) -> Deployment:
        for one in self._of(product, environment):
            if one.status is DeploymentStatus.ACTIVE:
                return one
        raise NothingDeployed(product.repository, product.name, environment)

    async def history(self, product: Product, environment: Environment, page: Page) -> Listing[Deployment]:
        return _part(self._of(product, environment), page)

    async def unfinished(self, *, project: ProjectId | None) -> int:
        return self._deliveries.unfinished(project=project)

    def _of(self, product: Product, environment: Environment) -> Sequence[Deployment]:
        found = [
            one
            for one in self._deliveries.deployments.values()
            if (one.release.product, one.environment) == (product, environment)
        ]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return [self._deliveries.shown(one) for one in found]


class MemoryApprovalStore(ApprovalStore):
    def __init__(self, deliveries: MemoryDeliveries, requests: MemoryRequestLog) -> None:
        self._approvals = deliveries.approvals
        self._requests = requests

    async def add(self, approval: Approval, *, changes: Sequence[RememberRequest] = ()) -> None:
        for other in self._approvals.values():
            is_active = other.status(approval.approved_at) is ApprovalStatus.ACTIVE
            if is_active and _pair(other) == _pair(approval):
                raise ApprovalExists(other.id)
        for change in changes:
            self._requests.remember(change)
        self._approvals[approval.id] = approval

    async def get(self, approval_id: ApprovalId, *, project: ProjectId) -> Approval:
        found = self._approvals.get(approval_id)
        if found is None or found.project != project:
            raise ApprovalNotFound(approval_id)
        return found

    async def newest(self, release: JobId, environment: Environment, *, project: ProjectId) -> Approval:
        found = [
            one
            for one in self._approvals.values()
            if _pair(one) == (release, environment) and one.project == project
        ]
        if not found:
            raise NotApproved(release, environment)
        return max(found, key=lambda one: (one.approved_at, one.id))

    async def revoke(self, approval_id: ApprovalId, *, project: ProjectId, by: str, at: datetime) -> Approval:
        found = await self.get(approval_id, project=project)
        if found.revoked_at is None:
            found = replace(found, revoked_at=at, revoked_by=by)
            self._approvals[approval_id] = found
        return found


def _place(deployment: Deployment) -> tuple[Product, Environment]:
    return deployment.release.product, deployment.environment


def _pair(approval: Approval) -> tuple[JobId, Environment]:
    return approval.release, approval.environment


def _part(found: Sequence[T], page: Page) -> Listing[T]:
    return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))
