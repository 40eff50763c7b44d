"""The project's collection: filled from sources, listed, shown, deleted from, verified."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, TAGGED, links, single
from taskforce.api.dependencies import Collection, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking
from taskforce.api.routes.source_artifacts import READ
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id, ListView
from taskforce.application.marketplace.collection import CollectionService
from taskforce.application.marketplace.import_schemas import (
    DeleteItem,
    GetItem,
    ImportArtifacts,
    ImportChoice,
    ImportResult,
    ItemView,
    ListCollection,
    VerificationView,
    VerifyCollection,
)
from taskforce.core.marketplace.errors import EntryChanged, SourceForeign

router = APIRouter(prefix="/api/v1/marketplace", route_class=StrictRoute, tags=["marketplace"])


@router.post(
    "/sources/{source_id}/import", **use_case(CollectionService.take, *READ, EntryChanged, SourceForeign)
)
async def take(source_id: Id, asked: ImportChoice, who: Who, collection: Collection) -> ImportResult:
    """An entry whose name is taken is listed as a conflict and left, unless it is said what becomes of it."""
    given = asked.model_dump(exclude_unset=True)
    return await collection.take(who, checked(ImportArtifacts, source_id=source_id, **given))


@router.get("/collection", **use_case(CollectionService.list, responses=LISTED))
async def list_collection(
    asked: Annotated[ListCollection, Query()],
    who: Who,
    collection: Collection,
    request: Request,
    response: Response,
) -> ListView[ItemView]:
    """`type` may be given several times. Link names the other parts."""
    found = await collection.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.post("/collection:verify", **use_case(CollectionService.verify))
async def verify(
    asked: Annotated[VerifyCollection, Query()], who: Who, collection: Collection
) -> VerificationView:
    """What is damaged is told with the files that differ, and stays as it is."""
    return await collection.verify(who, asked)


@router.get(
    "/collection/{item_id}",
    response_model=ItemView,
    **use_case(CollectionService.get, responses=TAGGED),
    **taking(IF_NONE_MATCH),
)
async def get(item_id: Id, who: Who, collection: Collection, request: Request) -> Response:
    """With the repository, the commit and the digest that it was imported at."""
    return single(request, await collection.get(who, checked(GetItem, item_id=item_id)))


@router.delete("/collection/{item_id}", status_code=204, **use_case(CollectionService.delete))
async def delete(item_id: Id, who: Who, collection: Collection) -> None:
    """It can be imported again. Asked again it is 404."""
    await collection.delete(who, checked(DeleteItem, item_id=item_id))
