"""Releases, deployments and approvals, as the library offers them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.approval_schemas import (
    CreateApproval,
    CreatedApprovalView,
    GetApproval,
    RevokeApproval,
)
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.application.pipelines.deployment_schemas import (
    CreatedDeploymentView,
    CreateDeployment,
    GetCurrentDeployment,
    ListDeployments,
)
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.outcomes import DeliveryOutcomes
from taskforce.application.pipelines.release_schemas import (
    AliasRelease,
    CreatedReleaseView,
    CreateRelease,
    GetRelease,
    ListReleases,
    UnaliasRelease,
)
from taskforce.application.pipelines.releases import ReleaseService
from taskforce.core.principals import Principal
from taskforce.rooms.asking import asked


class Releases:
    """The use cases of releases. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ReleaseService, outcomes: DeliveryOutcomes, principal: Principal) -> None:
        self._service = service
        self._outcomes = outcomes
        self._principal = principal
        self.list = asked(principal, service.list, ListReleases)
        self.get = asked(principal, service.get, GetRelease)
        self.alias = asked(principal, service.alias, AliasRelease)
        self.unalias = asked(principal, service.unalias, UnaliasRelease)

    async def create(
        self,
        *,
        repository: str,
        project: str,
        commit_sha: str,
        artifacts: Sequence[Mapping[str, str]] = (),
        pipeline_run_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedReleaseView:
        """Release what a commit built, and wait until it is.

        Raises ReleaseExists, ReleaseFailed, RunNotFound.
        """
        request = checked(
            CreateRelease,
            repository=repository,
            project=project,
            commit_sha=commit_sha,
            artifacts=tuple(artifacts),
            pipeline_run_id=pipeline_run_id,
        )
        job = await self._service.create(self._principal, request, key=idempotency_key)
        return await self._outcomes.release(self._principal, job)


class Deployments:
    """The use cases of deployments. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: DeploymentService, outcomes: DeliveryOutcomes, principal: Principal) -> None:
        self._service = service
        self._outcomes = outcomes
        self._principal = principal
        self.current = asked(principal, service.current, GetCurrentDeployment)
        self.history = asked(principal, service.history, ListDeployments)

    async def create(
        self,
        *,
        release_id: str,
        environment: str,
        approval_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedDeploymentView:
        """Put a release into an environment, and wait until its commit is there.

        Raises ReleaseNotFound, ApprovalMissing, ApprovalSpent, OwnApproval, TooManyDeployments, PushRefused.
        """
        words = {"release_id": release_id, "environment": environment, "approval_id": approval_id}
        request = checked(CreateDeployment, **words)
        job = await self._service.create(self._principal, request, key=idempotency_key)
        return await self._outcomes.arrived(self._principal, job)


class Approvals:
    """The use cases of approvals. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ApprovalService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.get = asked(principal, service.get, GetApproval)
        self.revoke = asked(principal, service.revoke, RevokeApproval)

    async def create(
        self,
        *,
        release_id: str,
        environment: str,
        justification: str,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedApprovalView:
        """Approve a release for an environment, for a week or until a moment. Raises ApprovalExists."""
        request = checked(
            CreateApproval,
            release_id=release_id,
            environment=environment,
            justification=justification,
            expires_at=expires_at,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)
