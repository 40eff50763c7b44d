"""Scans that stand alone: a repository is looked at once, and nothing is kept but the job."""

from fastapi import APIRouter, Response

from taskforce.api.answers import QUEUED, AcceptedView, accepted
from taskforce.api.dependencies import Key, Scans, Who
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.marketplace.scans import ScanService
from taskforce.application.marketplace.schemas import StartScan
from taskforce.core.marketplace.errors import FolderInvalid, RepositoryRefused

router = APIRouter(prefix="/api/v1/marketplace/scans", route_class=StrictRoute, tags=["marketplace"])


@router.post(
    "",
    status_code=202,
    response_model=AcceptedView,
    **use_case(ScanService.create, *KEYED, FolderInvalid, RepositoryRefused, responses=QUEUED),
)
async def create(asked: StartScan, who: Who, scans: Scans, *, key: Key) -> Response:
    """Location is the job; its result lists what was found once it has succeeded."""
    return accepted(await scans.create(who, asked, key=key))
