"""Sources of artifacts: added, listed, shown, changed, deleted, scanned; and what was done with them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, MADE, QUEUED, TAGGED, enqueued, links, replayed, single
from taskforce.api.dependencies import Key, Sources, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id, ListView
from taskforce.application.marketplace.schemas import (
    AuditView,
    CreateSource,
    DeleteSource,
    GetSource,
    ListAudit,
    ListSources,
    RescanSource,
    RescanView,
    SourceChanges,
    SourceSchema,
    UpdateSource,
)
from taskforce.application.marketplace.service import SourceService
from taskforce.core.marketplace.errors import (
    FolderInvalid,
    RepositoryRefused,
    RescanTooSoon,
    RhythmInvalid,
    ScanRunning,
    SourceExists,
    SourceForeign,
)

MARKETPLACE = "/api/v1/marketplace"
PLACE = f"{MARKETPLACE}/sources"
router = APIRouter(prefix=MARKETPLACE, route_class=StrictRoute, tags=["marketplace"])
SAID = (FolderInvalid, RepositoryRefused, RhythmInvalid, SourceExists)
SOONER = Annotated[bool, Query(description=RescanSource.model_fields["force"].description)]


@router.post("/sources", status_code=201, **use_case(SourceService.create, *KEYED, *SAID, responses=MADE))
async def create(
    asked: CreateSource, who: Who, sources: Sources, response: Response, *, key: Key
) -> SourceSchema:
    """Location names it. The same repository and branch once more is 409, with the source that has it."""
    made = await sources.create(who, asked, key=key)
    response.headers.update({"Location": f"{PLACE}/{made.id}"} | replayed(made))
    return made


@router.get("/sources", **use_case(SourceService.list, responses=LISTED))
async def list_sources(
    asked: Annotated[ListSources, Query()],
    who: Who,
    sources: Sources,
    request: Request,
    response: Response,
) -> ListView[SourceSchema]:
    """Those of the project, and the public ones of all. Link names the other parts."""
    found = await sources.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.get(
    "/sources/{source_id}",
    response_model=SourceSchema,
    **use_case(SourceService.get, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(source_id: Id, who: Who, sources: Sources, request: Request) -> Response:
    """What a client polls while it is scanned: its status, its last error, and its counts by type."""
    return single(request, await sources.get(who, checked(GetSource, source_id=source_id)))


@router.patch("/sources/{source_id}", **use_case(SourceService.update, *SAID, SourceForeign))
async def update(source_id: Id, asked: SourceChanges, who: Who, sources: Sources) -> SourceSchema:
    """What is left out stays; `rescan_interval` of null or `never` has it scanned when asked alone."""
    given = asked.model_dump(exclude_unset=True)
    return await sources.update(who, checked(UpdateSource, source_id=source_id, **given))


@router.delete("/sources/{source_id}", status_code=204, **use_case(SourceService.delete, SourceForeign))
async def delete(source_id: Id, who: Who, sources: Sources) -> None:
    """A scan of it that runs is cancelled. Asked again it is 404."""
    await sources.delete(who, checked(DeleteSource, source_id=source_id))


@router.post(
    "/sources/{source_id}/rescan",
    status_code=202,
    response_model=RescanView,
    **use_case(SourceService.rescan, *KEYED, RescanTooSoon, ScanRunning, SourceForeign, responses=QUEUED),
)
async def rescan(source_id: Id, who: Who, sources: Sources, *, key: Key, force: SOONER = False) -> Response:
    """Location is the source, whose status tells how it goes; Link names the events of the scan's job."""
    asked = checked(RescanSource, source_id=source_id, force=force)
    made = await sources.rescan(who, asked, key=key)
    return enqueued(made, made.status_url, made.job_id)


@router.get("/audit", **use_case(SourceService.audit, responses=LISTED))
async def audit(
    asked: Annotated[ListAudit, Query()],
    who: Who,
    sources: Sources,
    request: Request,
    response: Response,
) -> ListView[AuditView]:
    """For admins of the project. Link names the other parts."""
    found = await sources.audit(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)
