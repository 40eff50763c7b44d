"""What is asked of deployments, and how they are shown, by the fields of the seed."""

from typing import Annotated

from pydantic import Field

from taskforce.application.jobs.schemas import (
    MOST_LEFT_OUT,
    MOST_OF_A_LIST,
    Id,
    Moment,
    PageRequest,
    Request,
    View,
)
from taskforce.application.pipelines.release_schemas import (
    ProductName,
    RepositoryName,
    ShownNumber,
    ShownPerson,
)
from taskforce.core.paging import Listing
from taskforce.core.pipelines.delivery import Deployment, DeploymentStatus, Environment
from taskforce.core.shapes import Count, Prose, ShownId, shape

GitCommit = Annotated[str, shape(pattern="^([0-9a-f]{40}|[0-9a-f]{64})$", maxLength=64)]


class CreateDeployment(Request):
    """A release to put into an environment."""

    release_id: Id
    environment: Environment
    approval_id: Id | None = Field(default=None, description="The approval; production needs one.")


class GetCurrentDeployment(Request):
    """Which place to look at."""

    environment: Environment
    repo: RepositoryName
    project: ProductName


class ListDeployments(PageRequest):
    """Which place's past to list."""

    environment: Environment
    repo: RepositoryName
    project: ProductName


class CreatedDeploymentView(View):
    """A deployment whose commit is in the GitOps repository."""

    id: ShownId
    deployment_id: ShownId
    gitops_commit_sha: GitCommit
    status: DeploymentStatus

    @classmethod
    def of(cls, deployment: Deployment, commit_sha: str) -> "CreatedDeploymentView":
        """Show a deployment as it stood when it was pushed."""
        return cls(
            id=deployment.id,
            deployment_id=deployment.id,
            gitops_commit_sha=commit_sha,
            status=DeploymentStatus.PENDING,
        )


class CurrentDeploymentView(View):
    """What is deployed at a place."""

    deployment_id: ShownId
    release_id: ShownId
    release_number: ShownNumber
    environment: Environment
    status: DeploymentStatus
    deployed_at: Moment | None
    deployed_by: ShownPerson
    gitops_commit_sha: GitCommit | None

    @classmethod
    def of(cls, deployment: Deployment) -> "CurrentDeploymentView":
        """Show a deployment."""
        return cls(
            deployment_id=deployment.id,
            release_id=deployment.release.id,
            release_number=deployment.release.release_number,
            environment=deployment.environment,
            status=deployment.status,
            deployed_at=deployment.deployed_at,
            deployed_by=deployment.deployed_by,
            gitops_commit_sha=deployment.gitops_commit_sha,
        )


class ListedDeploymentView(View):
    """A deployment of a list."""

    id: ShownId
    release_number: ShownNumber
    status: DeploymentStatus
    deployed_at: Moment | None = Field(description="Since when it was active; null when it never was.")
    deployed_by: ShownPerson
    reason: Prose = Field(description="Why it failed; empty for any other.")

    @classmethod
    def of(cls, deployment: Deployment) -> "ListedDeploymentView":
        """Show a deployment by its release."""
        return cls(
            id=deployment.id,
            release_number=deployment.release.release_number,
            status=deployment.status,
            deployed_at=deployment.deployed_at,
            deployed_by=deployment.deployed_by,
            reason=deployment.reason,
        )


class DeploymentsView(View):
    """A part of a place's deployments, newest first."""

    deployments: Annotated[tuple[ListedDeploymentView, ...], shape(maxItems=MOST_OF_A_LIST)]
    total: Count
    limit: Annotated[int, shape(minimum=1, maximum=MOST_OF_A_LIST)]
    offset: Annotated[int, shape(minimum=0, maximum=MOST_LEFT_OUT)]

    @classmethod
    def of(cls, found: Listing[ListedDeploymentView], request: PageRequest) -> "DeploymentsView":
        """Show what was found of what was asked for."""
        return cls(deployments=found.items, total=found.total, limit=request.limit, offset=request.offset)
