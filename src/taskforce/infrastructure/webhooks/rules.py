"""The rules of deliveries: what each write of their store does, whatever they are stored in."""

from collections.abc import Collection, Sequence

from taskforce.core.identity import WorkerId
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.core.webhooks.deliveries import (
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryStatus,
    WebhookId,
    new_delivery,
)
from taskforce.core.webhooks.errors import DeliveryNotFound
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Webhook, WebhookStatus, disabled_event
from taskforce.core.webhooks.ports import DeliveryFilter, Letter, Replayed
from taskforce.infrastructure.webhooks.ledger import DeliveryLedger


def spread(ledger: DeliveryLedger, events: Sequence[OutgoingEvent]) -> None:
    """Make the deliveries of events, each at the end of its line."""
    now = ledger.now()
    enabled = {project: ledger.enabled(project) for project in {event.project for event in events}}
    for event in events:
        for webhook in enabled[event.project]:
            if webhook.wants(event) and ledger.add(new_delivery(webhook.id, event, now=now)):
                _move_up(ledger, webhook.id, event.subject)


def claim(ledger: DeliveryLedger, lease: LeaseRequest, *, most: int) -> tuple[Letter, ...]:
    """Claim what is due, of each webhook as much as it takes at once."""
    now = ledger.now()
    letters: list[Letter] = []
    for webhook in ledger.with_due(now=now):
        room = min(webhook.at_once - ledger.sending(webhook.id, now=now), most - len(letters))
        for due in ledger.due(webhook.id, now=now, most=max(room, 0)):
            claimed = due.claim(lease.worker, now=now, lease=lease.duration)
            ledger.put(claimed)
            letters.append(Letter(delivery=claimed, webhook=webhook))
    return tuple(letters)


def record(ledger: DeliveryLedger, delivery: Delivery, attempt: Attempt) -> Webhook | None:
    """Write what came of an attempt, behind the fence; return the webhook when that disabled it."""
    found = _held(ledger, delivery)
    webhook = ledger.webhook(delivery.webhook_id)
    if found is None or webhook is None:
        return None
    now = ledger.now()
    tried = found.tried(attempt, now=now)
    ledger.put(tried)
    if tried.status.is_over:
        _move_up(ledger, webhook.id, tried.event.subject)
    heard = webhook.heard(attempt, now=now)
    if heard != webhook:
        ledger.put_webhook(heard)
    if heard.status is webhook.status:
        return None
    ledger.tell(disabled_event(heard))
    return heard


def release(ledger: DeliveryLedger, delivery: Delivery) -> None:
    """Give a claimed delivery back, if it is still held."""
    found = _held(ledger, delivery)
    if found is not None:
        ledger.put(found.promote(now=ledger.now()))


def abandon(ledger: DeliveryLedger, owners: Collection[WorkerId]) -> int:
    """Make due at once what dead owners were sending."""
    now = ledger.now()
    lost = ledger.sent_by(owners, now=now)
    for delivery in lost:
        ledger.put(delivery.promote(now=now))
    return len(lost)


def replay(ledger: DeliveryLedger, webhook_id: WebhookId, delivery_id: DeliveryId) -> None:
    """Put a delivery that is over in line again."""
    found = ledger.delivery(delivery_id)
    if found is None or found.webhook_id != webhook_id:
        raise DeliveryNotFound(delivery_id)
    if found.status.is_over:
        _replay(ledger, [found])


def replay_range(
    ledger: DeliveryLedger, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int
) -> Replayed:
    """Put deliveries that are over in line again, the oldest first."""
    found = ledger.over(webhook_id, wanted, most=most + 1)
    _replay(ledger, found[:most])
    return Replayed(count=len(found[:most]), is_more=len(found) > most)


def give_up(ledger: DeliveryLedger, deliveries: Sequence[Delivery]) -> int:
    """Give deliveries up."""
    now = ledger.now()
    for delivery in deliveries:
        ledger.put(delivery.give_up(now=now))
    return len(deliveries)


def is_closed(webhook: Webhook) -> bool:
    """Tell whether its open deliveries are to be given up."""
    return webhook.status is not WebhookStatus.ENABLED


def _replay(ledger: DeliveryLedger, deliveries: Sequence[Delivery]) -> None:
    now = ledger.now()
    for delivery in deliveries:
        ledger.put(delivery.replay(now=now))
    for webhook_id, subject in dict.fromkeys((one.webhook_id, one.event.subject) for one in deliveries):
        _move_up(ledger, webhook_id, subject)


def _move_up(ledger: DeliveryLedger, webhook_id: WebhookId, subject: str) -> None:
    """See that the first of a line is to be sent."""
    head = ledger.head(webhook_id, subject)
    if head is not None and head.status is DeliveryStatus.WAITING:
        ledger.put(head.promote(now=ledger.now()))


def _held(ledger: DeliveryLedger, delivery: Delivery) -> Delivery | None:
    """Return the delivery as it is stored, if whoever claimed it holds it yet."""
    found = ledger.delivery(delivery.id)
    is_held = found is not None and found.status is DeliveryStatus.SENDING and found.epoch == delivery.epoch
    return found if is_held else None
