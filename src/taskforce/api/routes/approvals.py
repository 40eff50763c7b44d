"""Approvals: given, shown by release and environment, revoked."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from taskforce.api.answers import MADE, TAGGED, replayed, single
from taskforce.api.dependencies import Approvals, Key, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.raw_paths import APPROVALS, RawRoute
from taskforce.api.routes.deployments import Place
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id
from taskforce.application.pipelines.approval_schemas import (
    AnyReleaseName,
    ApprovalView,
    CreateApproval,
    CreatedApprovalView,
    GetApproval,
    RevokeApproval,
)
from taskforce.application.pipelines.approvals import ApprovalService
from taskforce.core.pipelines.errors import (
    ApprovalExists,
    ApprovalNotFound,
    CommitAmbiguous,
    NotApproved,
    ReleaseNotFound,
)

router = APIRouter(prefix=APPROVALS, route_class=StrictRoute, tags=["pipelines"])
named = APIRouter(prefix=APPROVALS, route_class=RawRoute, tags=["pipelines"])


@router.post(
    "",
    status_code=201,
    **use_case(ApprovalService.create, *KEYED, ApprovalExists, ReleaseNotFound, responses=MADE),
)
async def create(
    asked: CreateApproval, who: Who, approvals: Approvals, response: Response, *, key: Key
) -> CreatedApprovalView:
    """The approver is who asks. It counts for a week, or until expires_at."""
    made = await approvals.create(who, asked, key=key)
    place = f"{APPROVALS}/{quote(asked.release_id)}/{asked.environment.value}"
    response.headers.update({"Location": place} | replayed(made))
    return made


@named.get(
    "/{release_id}/{environment}",
    response_model=ApprovalView,
    **use_case(ApprovalService.get, NotApproved, ReleaseNotFound, CommitAmbiguous, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(
    release_id: AnyReleaseName, environment: Place, who: Who, approvals: Approvals, request: Request
) -> Response:
    """The release by its id, or by repository/project and one of its names."""
    asked = checked(GetApproval, release_id=release_id, environment=environment)
    return single(request, await approvals.get(who, asked))


@router.delete("/{approval_id}", status_code=204, **use_case(ApprovalService.revoke, ApprovalNotFound))
async def revoke(approval_id: Id, who: Who, approvals: Approvals) -> None:
    """What is deployed stays; no further deployment can name it."""
    await approvals.revoke(who, checked(RevokeApproval, approval_id=approval_id))


router.routes.extend(named.routes)
