"""`taskforce webhooks`: the use cases of webhooks."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import typer

from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.application.webhooks.schemas import (
    CreateWebhook,
    DeleteWebhook,
    DeliveryView,
    GetWebhook,
    ListDeliveries,
    ListWebhooks,
    PingWebhook,
    ReplayWebhook,
    RotateWebhook,
    UpdateWebhook,
    WebhookView,
)
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.errors import FAILED
from taskforce.cli.flags import AsJson, IdempotencyKey, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.terminal import say
from taskforce.cli.webhook_pages import (
    show_attempt,
    show_deliveries,
    show_replayed,
    show_secret,
    show_webhook,
    show_webhooks,
)

app = group("Tell events to web endpoints, and see how that went.")

WebhookId: TypeAlias = Annotated[str, typer.Argument(metavar="WEBHOOK", help="The webhook's id.")]
EventTypes: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", help="A type of events, or its beginning and *; may be repeated."),
]
Format: TypeAlias = Annotated[
    str | None, typer.Option(metavar="FORMAT", help="The body: cloudevents (default), standard or seed.")
]
Description: TypeAlias = Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")]
Concurrency: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="Requests at once, 1 to 4; of one job never more than one.")
]
Time: TypeAlias = Annotated[
    str | None, typer.Option(metavar="TIME", help="In UTC, such as 2026-01-31T12:00:00Z.")
]


@app.command(no_args_is_help=True)
def create(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages are posted.")],
    *,
    event_types: EventTypes = None,
    format: Format = None,
    description: Description = None,
    concurrency: Concurrency = None,
    as_json: AsJson = False,
    idempotency_key: IdempotencyKey = None,
) -> None:
    """Create a webhook and show its secret, this once."""
    given = _given(url, event_types or None, format, description, concurrency)
    made = ask(
        ctx,
        lambda door: door.webhooks.create(
            door.principal, checked(CreateWebhook, **given), key=idempotency_key
        ),
    )
    show_secret(made, flags_of(ctx), as_json=as_json)


@app.command("list")
def list_webhooks(
    ctx: typer.Context, *, limit: Limit = 20, offset: Offset = 0, as_json: AsJson = False
) -> None:
    """List webhooks, newest first."""
    found = ask(ctx, lambda door: _listed(door, {"limit": limit, "offset": offset}))
    show_webhooks(found, flags_of(ctx), as_json=as_json)


@app.command("show", no_args_is_help=True)
def get(ctx: typer.Context, webhook_id: WebhookId, *, as_json: AsJson = False) -> None:
    """Show a webhook and how it does."""
    request = {"webhook_id": webhook_id}
    found = ask(ctx, lambda door: door.webhooks.get(door.principal, checked(GetWebhook, **request)))
    show_webhook(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def update(
    ctx: typer.Context,
    webhook_id: WebhookId,
    *,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where messages are posted.")] = None,
    event_types: EventTypes = None,
    format: Format = None,
    description: Description = None,
    concurrency: Concurrency = None,
    enabled: Annotated[
        bool | None, typer.Option("--enabled/--disabled", help="Whether it is told anything.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what a webhook is told, where, and whether at all."""
    changes = _given(url, event_types or None, format, description, concurrency)
    request = {"webhook_id": webhook_id, "enabled": enabled, **changes}
    found = ask(ctx, lambda door: door.webhooks.update(door.principal, checked(UpdateWebhook, **request)))
    show_webhook(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def delete(ctx: typer.Context, webhook_id: WebhookId, *, as_json: AsJson = False) -> None:
    """Delete a webhook and the log of its deliveries."""
    request = {"webhook_id": webhook_id}
    ask(ctx, lambda door: door.webhooks.delete(door.principal, checked(DeleteWebhook, **request)))
    if not as_json:
        say(f"Deleted webhook {webhook_id}.")


@app.command(no_args_is_help=True)
def rotate(ctx: typer.Context, webhook_id: WebhookId, *, as_json: AsJson = False) -> None:
    """Give a webhook a new secret and show it, this once; the former signs beside it for a day."""
    request = {"webhook_id": webhook_id}
    found = ask(ctx, lambda door: door.webhooks.rotate(door.principal, checked(RotateWebhook, **request)))
    show_secret(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def ping(ctx: typer.Context, webhook_id: WebhookId, *, as_json: AsJson = False) -> None:
    """Send a webhook a message now, once, and show what it answers."""
    request = {"webhook_id": webhook_id}
    found = ask(ctx, lambda door: door.webhooks.ping(door.principal, checked(PingWebhook, **request)))
    show_attempt(found, flags_of(ctx), as_json=as_json)
    raise typer.Exit(0 if found.answer.is_success else FAILED)


@app.command(no_args_is_help=True)
def deliveries(
    ctx: typer.Context,
    webhook_id: WebhookId,
    *,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help="Only deliveries of this status: waiting, pending, sending, delivered, given_up.",
        ),
    ] = None,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List a webhook's deliveries and what came of each attempt, newest first."""
    given = {"webhook_id": webhook_id, "status": status, "limit": limit, "offset": offset}
    found = ask(ctx, lambda door: _deliveries(door, given))
    show_deliveries(found, flags_of(ctx), as_json=as_json)


@app.command(no_args_is_help=True)
def replay(
    ctx: typer.Context,
    webhook_id: WebhookId,
    *,
    delivery_id: Annotated[str | None, typer.Option(metavar="DELIVERY", help="This one.")] = None,
    since: Time = None,
    until: Time = None,
    status: Annotated[
        str, typer.Option(metavar="STATUS", help="Of a range: those given_up, or delivered.")
    ] = "given_up",
    as_json: AsJson = False,
) -> None:
    """Send one delivery again, or those of a range that were given up, the oldest first."""
    given = {"delivery_id": delivery_id, "since": since, "until": until, "status": status}
    request = {"webhook_id": webhook_id, **given}
    found = ask(ctx, lambda door: door.webhooks.replay(door.principal, checked(ReplayWebhook, **request)))
    show_replayed(found, as_json=as_json)


def _given(
    url: str | None,
    event_types: list[str] | None,
    format: str | None,
    description: str | None,
    concurrency: int | None,
) -> Mapping[str, object]:
    """Return what was said; what was not is left to the request."""
    said = {
        "url": url,
        "event_types": event_types,
        "format": format,
        "description": description,
        "concurrency": concurrency,
    }
    return {name: value for name, value in said.items() if value is not None}


async def _listed(door: Door, given: Mapping[str, object]) -> ListView[WebhookView]:
    request = checked(ListWebhooks, **given)
    return ListView.of(await door.webhooks.list(door.principal, request), request)


async def _deliveries(door: Door, given: Mapping[str, object]) -> ListView[DeliveryView]:
    request = checked(ListDeliveries, **given)
    return ListView.of(await door.webhooks.deliveries(door.principal, request), request)
