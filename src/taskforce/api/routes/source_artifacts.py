"""What was found in sources: listed, shown, excluded, read file by file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, TAGGED, links, single
from taskforce.api.dependencies import SourceArtifacts, Who
from taskforce.api.document.headers import IF_NONE_MATCH, KNOWN, taking, with_headers
from taskforce.api.download import Download, inert
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id, ItemsView, ListView
from taskforce.application.marketplace.artifacts import SourceArtifactService
from taskforce.application.marketplace.schemas import (
    ArtifactChanges,
    ArtifactFileView,
    CatalogSchema,
    FilePath,
    GetSourceArtifact,
    ListArtifacts,
    PartOfCatalogue,
    ReadSourceArtifact,
    UpdateSourceArtifact,
)
from taskforce.core.marketplace.errors import (
    ArtifactTooLarge,
    EntryChanged,
    EntryRemoved,
    FileTooLarge,
    RefNotFound,
    RepositoryNotFound,
    RepositoryRefused,
    RepositoryTooLarge,
    SourceForeign,
    SourceUnreachable,
    TreeTooLarge,
)

router = APIRouter(
    prefix="/api/v1/marketplace/sources/{source_id}/artifacts",
    route_class=StrictRoute,
    tags=["marketplace"],
)
READ = (
    RefNotFound,
    RepositoryNotFound,
    RepositoryRefused,
    RepositoryTooLarge,
    SourceUnreachable,
    TreeTooLarge,
)
"""What reading a repository may come to."""
OPENED = (*READ, ArtifactTooLarge, EntryChanged)
BYTES = {
    200: {
        "description": "The bytes, as an attachment of no type, whatever the file is called.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        **with_headers("ETag", "Repr-Digest", "Content-Disposition"),
    }
}


@router.get("", **use_case(SourceArtifactService.list, responses=LISTED))
async def list_artifacts(
    source_id: Id,
    part: Annotated[PartOfCatalogue, Query()],
    *,
    who: Who,
    artifacts: SourceArtifacts,
    request: Request,
    response: Response,
) -> ListView[CatalogSchema]:
    """`type` and `status` may be given several times. Link names the other parts."""
    asked = checked(ListArtifacts, source_id=source_id, **dict(part))
    found = await artifacts.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.get(
    "/{entry_id}",
    response_model=CatalogSchema,
    **use_case(SourceArtifactService.get, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(
    source_id: Id, entry_id: Id, who: Who, artifacts: SourceArtifacts, request: Request
) -> Response:
    """With the points that each signal gave; their sum is `raw_score`."""
    asked = checked(GetSourceArtifact, source_id=source_id, entry_id=entry_id)
    return single(request, await artifacts.get(who, asked))


@router.patch("/{entry_id}", **use_case(SourceArtifactService.update, EntryRemoved, SourceForeign))
async def update(
    source_id: Id, entry_id: Id, asked: ArtifactChanges, who: Who, artifacts: SourceArtifacts
) -> CatalogSchema:
    """`excluded: false` offers it again."""
    words = {"source_id": source_id, "entry_id": entry_id, "excluded": asked.excluded}
    return await artifacts.update(who, checked(UpdateSourceArtifact, **words))


@router.get("/{entry_id}/files", **use_case(SourceArtifactService.files, *OPENED))
async def files(
    source_id: Id, entry_id: Id, who: Who, artifacts: SourceArtifacts
) -> ItemsView[ArtifactFileView]:
    """409 when the repository holds other content by now: rescan the source."""
    return await artifacts.files(who, checked(GetSourceArtifact, source_id=source_id, entry_id=entry_id))


@router.get(
    "/{entry_id}/files/{path:path}",
    status_code=200,
    response_class=Download,
    **use_case(SourceArtifactService.read, *OPENED, FileTooLarge, responses=BYTES | KNOWN),
    **taking(IF_NONE_MATCH),
)
async def read(
    source_id: Id, entry_id: Id, path: FilePath, *, who: Who, artifacts: SourceArtifacts, request: Request
) -> Response:
    """Never shown in place of a page, and never run; slashes stand as they are, or as %2F."""
    asked = checked(ReadSourceArtifact, source_id=source_id, entry_id=entry_id, path=path)
    file = await artifacts.read(who, asked)
    return inert(file.path, file.content, request)
