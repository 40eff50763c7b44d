"""The ledger of deliveries in memory: dictionaries, in which a webhook's deliveries stand in their order."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId, WorkerId
from taskforce.core.webhooks.deliveries import Delivery, DeliveryId, DeliveryStatus, WebhookId
from taskforce.core.webhooks.events import PING, OutgoingEvent
from taskforce.core.webhooks.model import Webhook, WebhookStatus
from taskforce.core.webhooks.ports import DeliveryFilter
from taskforce.infrastructure.webhooks.ledger import DeliveryLedger

_SENT = frozenset({DeliveryStatus.PENDING, DeliveryStatus.SENDING})


@dataclass(slots=True)
class Tables:
    """All that is stored."""

    webhooks: dict[WebhookId, Webhook] = field(default_factory=dict)
    deliveries: dict[DeliveryId, Delivery] = field(default_factory=dict)
    outbox: list[OutgoingEvent] = field(default_factory=list)


class MemoryDeliveryLedger(DeliveryLedger):
    """The tables. No rule writes before it has decided, so nothing is ever taken back."""

    def __init__(self, tables: Tables, *, clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def enabled(self, project: ProjectId) -> Sequence[Webhook]:
        return [
            webhook
            for webhook in self._tables.webhooks.values()
            if webhook.project == project and webhook.status is WebhookStatus.ENABLED
        ]

    def with_due(self, *, now: datetime) -> Sequence[Webhook]:
        return [
            webhook
            for webhook in self._tables.webhooks.values()
            if webhook.status is WebhookStatus.ENABLED
            and (webhook.health.paused_until is None or webhook.health.paused_until <= now)
            and self.due(webhook.id, now=now, most=1)
        ]

    def webhook(self, webhook_id: WebhookId) -> Webhook | None:
        return self._tables.webhooks.get(webhook_id)

    def put_webhook(self, webhook: Webhook) -> None:
        self._tables.webhooks[webhook.id] = webhook

    def sending(self, webhook_id: WebhookId, *, now: datetime) -> int:
        return sum(
            delivery.status is DeliveryStatus.SENDING and delivery.due_at > now
            for delivery in self._of(webhook_id)
        )

    def due(self, webhook_id: WebhookId, *, now: datetime, most: int) -> Sequence[Delivery]:
        found = [one for one in self._of(webhook_id) if one.status in _SENT and one.due_at <= now]
        return sorted(found, key=lambda delivery: delivery.due_at)[:most]

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        return self._tables.deliveries.get(delivery_id)

    def add(self, delivery: Delivery) -> bool:
        if delivery.id in self._tables.deliveries:
            return False
        self._tables.deliveries[delivery.id] = delivery
        return True

    def put(self, delivery: Delivery) -> None:
        self._tables.deliveries[delivery.id] = delivery

    def head(self, webhook_id: WebhookId, subject: str) -> Delivery | None:
        line = [one for one in self._of(webhook_id) if one.event.subject == subject]
        sent = next((one for one in line if one.status in _SENT), None)
        return sent or next((one for one in line if one.status is DeliveryStatus.WAITING), None)

    def sent_by(self, owners: Collection[WorkerId], *, now: datetime) -> Sequence[Delivery]:
        return [
            delivery
            for delivery in self._tables.deliveries.values()
            if delivery.status is DeliveryStatus.SENDING and delivery.owner in owners
        ]

    def over(self, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int) -> Sequence[Delivery]:
        found = (one for one in self.found(webhook_id, wanted) if one.event.type != PING)
        return [one for one in found if one.status.is_over][:most]

    def tell(self, event: OutgoingEvent) -> None:
        self._tables.outbox.append(event)

    def found(self, webhook_id: WebhookId, wanted: DeliveryFilter) -> Sequence[Delivery]:
        """Return the deliveries that are wanted, the oldest first."""
        return [
            one
            for one in self._of(webhook_id)
            if wanted.status in {None, one.status}
            and (wanted.since is None or one.event.at >= wanted.since)
            and (wanted.until is None or one.event.at < wanted.until)
        ]

    def _of(self, webhook_id: WebhookId) -> Iterator[Delivery]:
        return (one for one in self._tables.deliveries.values() if one.webhook_id == webhook_id)
