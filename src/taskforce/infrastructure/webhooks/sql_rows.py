"""What rows of webhooks, deliveries and the outbox are in core's words, and the other way round."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from taskforce.core.clock import rfc3339
from taskforce.core.documents import JsonObject
from taskforce.core.webhooks.bodies import Format
from taskforce.core.webhooks.deliveries import Attempt, Delivery, DeliveryStatus
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Health, Secrets, Webhook, WebhookStatus
from taskforce.core.webhooks.signing import Secret
from taskforce.infrastructure.database.tables import outbox, webhook_deliveries, webhooks

Values = dict[str, Any]

_OF_WEBHOOKS = [column for column in webhooks.c if column is not webhooks.c.number]
_EVENT = [column.name for column in outbox.c if column is not outbox.c.number]
_OWN = ("status", "due_at", "tries", "attempts", "created_at", "updated_at", "owner", "epoch")


def select_webhooks() -> "Select[Any]":
    """Return a query whose rows `webhook_from` reads."""
    return select(*_OF_WEBHOOKS)


def select_deliveries() -> "Select[Any]":
    """Return a query whose rows `delivery_from` reads."""
    of = webhook_deliveries.c
    own = [of[name] for name in _OWN]
    return select(of.id, webhooks.c.id, *own, *(of[name] for name in _EVENT)).join(
        webhooks, webhooks.c.number == of.webhook
    )


def select_outbox() -> "Select[Any]":
    """Return a query whose rows `event_from` reads."""
    return select(*(outbox.c[name] for name in _EVENT))


def event_values(event: OutgoingEvent) -> Values:
    """Return an event's columns, in the outbox and in a delivery."""
    return {
        "event_id": event.id,
        "project": event.project,
        "type": event.type,
        "name": event.name,
        "subject": event.subject,
        "sequence": event.sequence,
        "at": event.at,
        "message": event.message,
        "details": event.details,
        "request_id": event.request_id,
        "traceparent": event.traceparent,
    }


def event_from(row: Sequence[Any]) -> OutgoingEvent:
    """Return the event of a row of `select_outbox`."""
    id, project, type, name, subject, sequence, at, message, details, request_id, traceparent = row
    return OutgoingEvent(
        id=id,
        project=project,
        type=type,
        name=name,
        subject=subject,
        sequence=sequence,
        at=at,
        message=message,
        details=details,
        request_id=request_id,
        traceparent=traceparent,
    )


def delivery_state(delivery: Delivery) -> Values:
    """Return what changes of a delivery."""
    return {
        "status": delivery.status.value,
        "due_at": delivery.due_at,
        "tries": delivery.tries,
        "attempts": [_attempt_values(attempt) for attempt in delivery.attempts],
        "updated_at": delivery.updated_at,
        "owner": delivery.owner,
        "epoch": delivery.epoch,
    }


def delivery_values(delivery: Delivery) -> Values:
    """Return a delivery's row, but for its webhook's number."""
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "created_at": delivery.created_at,
        **event_values(delivery.event),
        **delivery_state(delivery),
    }


def delivery_from(row: Sequence[Any]) -> Delivery:
    """Return the delivery of a row of `select_deliveries`."""
    id, webhook_id, status, due_at, tries, attempts, created_at, updated_at, owner, epoch, *event = row
    return Delivery(
        id=id,
        webhook_id=webhook_id,
        event=event_from(event),
        status=DeliveryStatus(status),
        due_at=due_at,
        tries=tries,
        attempts=tuple(_attempt_from(attempt) for attempt in attempts),
        created_at=created_at,
        updated_at=updated_at,
        owner=owner,
        epoch=epoch,
    )


def webhook_state(webhook: Webhook) -> Values:
    """Return what changes of a webhook."""
    secrets, health = webhook.secrets, webhook.health
    return {
        "url": webhook.url,
        "event_types": list(webhook.event_types),
        "format": webhook.format.value,
        "description": webhook.description,
        "concurrency": webhook.concurrency,
        "secret": secrets.current.text,
        "former_secret": secrets.former.text if secrets.former else None,
        "former_until": secrets.former_until,
        "status": webhook.status.value,
        "disabled_because": webhook.disabled_because,
        "failures": health.failures,
        "failing_since": health.failing_since,
        "paused_until": health.paused_until,
        "updated_at": webhook.updated_at,
        "version": webhook.version,
    }


def webhook_values(webhook: Webhook) -> Values:
    """Return a webhook's row."""
    return {
        "id": webhook.id,
        "project": webhook.project,
        "created_by": webhook.created_by,
        "created_at": webhook.created_at,
        **webhook_state(webhook),
    }


def webhook_from(row: Sequence[Any]) -> Webhook:
    """Return the webhook of a row of `select_webhooks`."""
    (
        id,
        project,
        url,
        event_types,
        format,
        description,
        concurrency,
        secret,
        former,
        former_until,
        status,
        disabled_because,
        failures,
        failing_since,
        paused_until,
        created_by,
        created_at,
        updated_at,
        version,
    ) = row
    return Webhook(
        id=id,
        project=project,
        url=url,
        event_types=tuple(event_types),
        format=Format(format),
        description=description,
        concurrency=concurrency,
        secrets=Secrets(
            current=Secret(secret),
            former=None if former is None else Secret(former),
            former_until=former_until,
        ),
        status=WebhookStatus(status),
        disabled_because=disabled_because,
        health=Health(failures=failures, failing_since=failing_since, paused_until=paused_until),
        created_by=created_by,
        created_at=created_at,
        updated_at=updated_at,
        version=version,
    )


def _attempt_values(attempt: Attempt) -> JsonObject:
    return {
        "at": rfc3339(attempt.at),
        "seconds": attempt.seconds,
        "status_code": attempt.status_code,
        "error": attempt.error,
        "answer": attempt.answer,
        "retry_after": None if attempt.retry_after is None else attempt.retry_after.total_seconds(),
    }


def _attempt_from(stored: Values) -> Attempt:
    asked = stored["retry_after"]
    return Attempt(
        at=datetime.fromisoformat(stored["at"]),
        seconds=stored["seconds"],
        status_code=stored["status_code"],
        error=stored["error"],
        answer=stored["answer"],
        retry_after=None if asked is None else timedelta(seconds=asked),
    )
