"""The use cases of releases, deployments and approvals as this door calls them."""

from taskforce.application.jobs.schemas import JobView
from taskforce.application.pipelines.approval_schemas import (
    ApprovalView,
    CreateApproval,
    CreatedApprovalView,
    GetApproval,
    RevokeApproval,
    RevokedView,
)
from taskforce.application.pipelines.deployment_schemas import (
    CreateDeployment,
    CurrentDeploymentView,
    DeploymentsView,
    GetCurrentDeployment,
    ListDeployments,
)
from taskforce.application.pipelines.release_schemas import (
    AliasRelease,
    CreateRelease,
    GetRelease,
    ListReleases,
    ReleasesView,
    ReleaseView,
    UnaliasedView,
    UnaliasRelease,
)
from taskforce.mcp.arguments import Approve, Deploy, MakeRelease, request_in
from taskforce.mcp.services import Services
from taskforce.mcp.waiting import Tell


class ReleaseUses:
    """The use cases of releases."""

    def __init__(self, services: Services) -> None:
        self._service = services.releases
        self._principal = services.principal

    async def create(self, asked: MakeRelease, tell: Tell) -> JobView:
        """Hand a release in."""
        request = request_in(asked, CreateRelease)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def list(self, asked: ListReleases, tell: Tell) -> ReleasesView:
        """List releases."""
        return ReleasesView.of(await self._service.list(self._principal, asked), asked)

    async def get(self, asked: GetRelease, tell: Tell) -> ReleaseView:
        """Show a release."""
        return await self._service.get(self._principal, asked)

    async def alias(self, asked: AliasRelease, tell: Tell) -> ReleaseView:
        """Name a release."""
        return await self._service.alias(self._principal, asked)

    async def unalias(self, asked: UnaliasRelease, tell: Tell) -> UnaliasedView:
        """Take a name away."""
        await self._service.unalias(self._principal, asked)
        return UnaliasedView(alias=asked.alias)


class DeploymentUses:
    """The use cases of deployments."""

    def __init__(self, services: Services) -> None:
        self._service = services.deployments
        self._principal = services.principal

    async def create(self, asked: Deploy, tell: Tell) -> JobView:
        """Hand a deployment in."""
        request = request_in(asked, CreateDeployment)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def current(self, asked: GetCurrentDeployment, tell: Tell) -> CurrentDeploymentView:
        """Show what is deployed."""
        return await self._service.current(self._principal, asked)

    async def history(self, asked: ListDeployments, tell: Tell) -> DeploymentsView:
        """List deployments."""
        return DeploymentsView.of(await self._service.history(self._principal, asked), asked)


class ApprovalUses:
    """The use cases of approvals."""

    def __init__(self, services: Services) -> None:
        self._service = services.approvals
        self._principal = services.principal

    async def create(self, asked: Approve, tell: Tell) -> CreatedApprovalView:
        """Approve."""
        request = request_in(asked, CreateApproval)
        return await self._service.create(self._principal, request, key=asked.idempotency_key)

    async def get(self, asked: GetApproval, tell: Tell) -> ApprovalView:
        """Show an approval."""
        return await self._service.get(self._principal, asked)

    async def revoke(self, asked: RevokeApproval, tell: Tell) -> RevokedView:
        """Revoke an approval."""
        await self._service.revoke(self._principal, asked)
        return RevokedView(approval_id=asked.approval_id)
