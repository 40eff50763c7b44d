"""API keys: created, listed, revoked."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, links
from taskforce.api.dependencies import Key, Keys, Who
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.access.keys import KeyService
from taskforce.application.access.schemas import CreateKey, KeyId, KeyView, ListKeys, NewKeyView, RevokeKey
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView

router = APIRouter(prefix="/api/v1/keys", route_class=StrictRoute, tags=["access"])


@router.post("", status_code=201, **use_case(KeyService.create, *KEYED))
async def create_key(asked: CreateKey, who: Who, keys: Keys, response: Response, *, key: Key) -> NewKeyView:
    """The text is in no other answer; asked again under an Idempotency-Key it is null."""
    made = await keys.create(who, asked, key=key)
    response.headers["Cache-Control"] = "no-store"
    if made.key is None:
        response.headers["Idempotent-Replayed"] = "true"
    return made


@router.get("", **use_case(KeyService.list, responses=LISTED))
async def list_keys(
    asked: Annotated[ListKeys, Query()], who: Who, keys: Keys, request: Request, response: Response
) -> ListView[KeyView]:
    """Link names the other parts."""
    found = await keys.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.post("/{key_id}/revoke", **use_case(KeyService.revoke))
async def revoke_key(key_id: KeyId, who: Who, keys: Keys) -> KeyView:
    """It opens nothing more here from now on, and elsewhere within a minute; asked again it is the same."""
    return await keys.revoke(who, checked(RevokeKey, key_id=key_id))
