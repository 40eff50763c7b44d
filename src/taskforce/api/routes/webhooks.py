"""Webhooks: told of events, tried, looked into, sent again."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, TAGGED, links, replayed, single
from taskforce.api.dependencies import Key, Webhooks, Who
from taskforce.api.document.headers import with_headers
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import Id, ListView
from taskforce.application.webhooks.schemas import (
    AttemptView,
    CreateWebhook,
    DeleteWebhook,
    DeliveryView,
    GetWebhook,
    ListDeliveries,
    ListWebhooks,
    PartOfLog,
    PingWebhook,
    ReplayedView,
    ReplayRange,
    ReplayWebhook,
    RotateWebhook,
    UpdateWebhook,
    WebhookChanges,
    WebhookSecretView,
    WebhookView,
)
from taskforce.application.webhooks.service import WebhookService
from taskforce.core.webhooks.errors import TooManyWebhooks, WebhookDisabled

PLACED = {201: with_headers("Location", "Idempotent-Replayed")}
router = APIRouter(prefix="/api/v1/webhooks", route_class=StrictRoute, tags=["webhooks"])


@router.post(
    "", status_code=201, **use_case(WebhookService.create, *KEYED, TooManyWebhooks, responses=PLACED)
)
async def create_webhook(
    asked: CreateWebhook, who: Who, webhooks: Webhooks, response: Response, *, key: Key
) -> WebhookSecretView:
    """Location names it. The same request under the same key is answered without the secret."""
    made = await webhooks.create(who, asked, key=key)
    response.headers.update({"Location": f"{router.prefix}/{made.id}"} | replayed(made))
    return made


@router.get("", **use_case(WebhookService.list, responses=LISTED))
async def list_webhooks(
    asked: Annotated[ListWebhooks, Query()],
    who: Who,
    webhooks: Webhooks,
    request: Request,
    response: Response,
) -> ListView[WebhookView]:
    """Link names the other parts."""
    found = await webhooks.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.get("/{webhook_id}", response_model=WebhookView, **use_case(WebhookService.get, responses=TAGGED))
async def get_webhook(webhook_id: Id, who: Who, webhooks: Webhooks, request: Request) -> Response:
    """With how often it failed of late."""
    return single(request, await webhooks.get(who, checked(GetWebhook, webhook_id=webhook_id)))


@router.patch("/{webhook_id}", **use_case(WebhookService.update))
async def update_webhook(webhook_id: Id, asked: WebhookChanges, who: Who, webhooks: Webhooks) -> WebhookView:
    """What is left out stays; `enabled: true` forgets how it failed."""
    given = asked.model_dump(exclude_unset=True)
    return await webhooks.update(who, checked(UpdateWebhook, webhook_id=webhook_id, **given))


@router.delete("/{webhook_id}", status_code=204, **use_case(WebhookService.delete))
async def delete_webhook(webhook_id: Id, who: Who, webhooks: Webhooks) -> None:
    """What it waits for is not sent. Asked again it is 404."""
    await webhooks.delete(who, checked(DeleteWebhook, webhook_id=webhook_id))


@router.post("/{webhook_id}/rotate", **use_case(WebhookService.rotate))
async def rotate(webhook_id: Id, who: Who, webhooks: Webhooks) -> WebhookSecretView:
    """For a day each message is signed with both, then with the new one alone."""
    return await webhooks.rotate(who, checked(RotateWebhook, webhook_id=webhook_id))


@router.post("/{webhook_id}/ping", **use_case(WebhookService.ping))
async def ping(webhook_id: Id, who: Who, webhooks: Webhooks) -> AttemptView:
    """It is sent once, also to one that is disabled, and stands in the log."""
    return await webhooks.ping(who, checked(PingWebhook, webhook_id=webhook_id))


@router.get("/{webhook_id}/deliveries", **use_case(WebhookService.deliveries, responses=LISTED))
async def list_deliveries(
    webhook_id: Id,
    part: Annotated[PartOfLog, Query()],
    *,
    who: Who,
    webhooks: Webhooks,
    request: Request,
    response: Response,
) -> ListView[DeliveryView]:
    """The log of what was sent and what is to be."""
    asked = checked(ListDeliveries, webhook_id=webhook_id, **dict(part))
    found = await webhooks.deliveries(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.post("/{webhook_id}/replay", **use_case(WebhookService.replay, WebhookDisabled))
async def replay(webhook_id: Id, asked: ReplayRange, who: Who, webhooks: Webhooks) -> ReplayedView:
    """At most 1,000 of a range; `is_more` tells that there are others."""
    given = asked.model_dump(exclude_unset=True)
    return await webhooks.replay(who, checked(ReplayWebhook, webhook_id=webhook_id, **given))
