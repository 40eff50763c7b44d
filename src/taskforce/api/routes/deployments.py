"""Deployments: asked for, and looked at by their places."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from taskforce.api.answers import JOBS, LISTED, TAGGED, accepted, created, links, single
from taskforce.api.dependencies import Deployments, DoorsGiven, Key, Outcomes, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.patience import SHORT, Patience
from taskforce.api.raw_paths import DEPLOYMENTS, RawRoute
from taskforce.api.routes.releases import DELIVERED, Paged
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.pipelines.deployment_schemas import (
    CreatedDeploymentView,
    CreateDeployment,
    CurrentDeploymentView,
    DeploymentsView,
    GetCurrentDeployment,
    ListDeployments,
)
from taskforce.application.pipelines.deployments import DeploymentService
from taskforce.application.pipelines.release_schemas import ProductName, RepositoryName
from taskforce.core.errors import NotFound
from taskforce.core.pipelines.delivery import Environment
from taskforce.core.pipelines.errors import (
    ApprovalMissing,
    ApprovalNotFound,
    ApprovalSpent,
    NothingDeployed,
    OwnApproval,
    PushRefused,
    ReleaseNotFound,
    TooManyDeployments,
)

Place = Annotated[Environment, Path(description="The environment.")]
REFUSED = (
    *KEYED,
    ReleaseNotFound,
    ApprovalMissing,
    ApprovalNotFound,
    ApprovalSpent,
    OwnApproval,
    TooManyDeployments,
    PushRefused,
)
router = APIRouter(route_class=StrictRoute, tags=["pipelines"])
placed = APIRouter(
    prefix=f"{DEPLOYMENTS}/{{environment}}/{{repo}}/{{project}}", route_class=RawRoute, tags=["pipelines"]
)


@router.post(
    DEPLOYMENTS,
    status_code=201,
    response_model=CreatedDeploymentView,
    **use_case(DeploymentService.create, *REFUSED, responses=DELIVERED),
)
async def create(
    asked: CreateDeployment,
    who: Who,
    deployments: Deployments,
    outcomes: Outcomes,
    *,
    doors: DoorsGiven,
    request: Request,
    key: Key,
) -> Response:
    """Waits for its commit up to ten seconds, or as `Prefer: wait=N` says; then 202."""
    job = await deployments.create(who, asked, key=key)
    patience = Patience.of(request, background=False).at_most(SHORT)
    made = await patience.wait(outcomes.deployment(who, job), doors.drain)
    if made is None:
        return accepted(job, applied=patience.applied)
    return created(made, f"{JOBS}/{job.id}", job, applied=patience.applied)


@placed.get(
    "",
    response_model=CurrentDeploymentView,
    **use_case(DeploymentService.current, NothingDeployed, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def current(
    environment: Place,
    repo: RepositoryName,
    project: ProductName,
    *,
    who: Who,
    deployments: Deployments,
    request: Request,
) -> Response:
    """404 while nothing of it ever arrived there."""
    asked = checked(GetCurrentDeployment, environment=environment, repo=repo, project=project)
    return single(request, await deployments.current(who, asked))


@placed.get("/history", **use_case(DeploymentService.history, responses=LISTED))
async def history(
    environment: Place,
    repo: RepositoryName,
    project: ProductName,
    page: Paged,
    *,
    who: Who,
    deployments: Deployments,
    request: Request,
    response: Response,
) -> DeploymentsView:
    """With those that are under way and those that failed. Link names the other parts."""
    words = {"environment": environment, "repo": repo, "project": project}
    asked = checked(ListDeployments, **words, limit=page.limit, offset=page.offset)
    found = await deployments.history(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return DeploymentsView.of(found, asked)


@placed.get(
    "/history/{or_repo}/{or_project}",
    include_in_schema=False,
    operation_id="deployments.history",
    response_model=DeploymentsView,
)
async def history_or_current(
    environment: Place,
    repo: str,
    project: str,
    *,
    or_repo: str,
    or_project: str,
    page: Paged,
    who: Who,
    deployments: Deployments,
    request: Request,
    response: Response,
) -> Response | DeploymentsView:
    """List what was deployed; if that is nothing, show what is deployed of a project named `history`."""
    found = await history(
        environment, repo, project, page, who=who, deployments=deployments, request=request, response=response
    )
    if not found.total:
        with suppress(NotFound):
            return await current(
                environment, or_repo, or_project, who=who, deployments=deployments, request=request
            )
    return found


router.routes.extend(placed.routes)
