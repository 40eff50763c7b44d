"""What the rules of deliveries need of what they are stored in, within one transaction."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from taskforce.core.identity import ProjectId, WorkerId
from taskforce.core.webhooks.deliveries import Delivery, DeliveryId, WebhookId
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Webhook
from taskforce.core.webhooks.ports import DeliveryFilter


class DeliveryLedger(Protocol):
    """Rows of webhooks and of their deliveries; all or nothing of what is written here stays."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the time that leases go by."""

    @abstractmethod
    def enabled(self, project: ProjectId) -> Sequence[Webhook]:
        """Return the enabled webhooks of a project."""

    @abstractmethod
    def with_due(self, *, now: datetime) -> Sequence[Webhook]:
        """Return the enabled webhooks that are not paused and have a due delivery, longest paused first."""

    @abstractmethod
    def webhook(self, webhook_id: WebhookId) -> Webhook | None:
        """Return a webhook, held against other transactions."""

    @abstractmethod
    def put_webhook(self, webhook: Webhook) -> None:
        """Write a webhook that was found here."""

    @abstractmethod
    def sending(self, webhook_id: WebhookId, *, now: datetime) -> int:
        """Return how many of its deliveries are claimed and not lost."""

    @abstractmethod
    def due(self, webhook_id: WebhookId, *, now: datetime, most: int) -> Sequence[Delivery]:
        """Return its due deliveries, the longest due first, held against other transactions."""

    @abstractmethod
    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        """Return a delivery, held against other transactions."""

    @abstractmethod
    def add(self, delivery: Delivery) -> bool:
        """Write a new delivery; return False, and write nothing, when it is there."""

    @abstractmethod
    def put(self, delivery: Delivery) -> None:
        """Write a delivery that was found here."""

    @abstractmethod
    def head(self, webhook_id: WebhookId, subject: str) -> Delivery | None:
        """Return the first delivery of a line: one that is pending or being sent, else the oldest waiting."""

    @abstractmethod
    def sent_by(self, owners: Collection[WorkerId], *, now: datetime) -> Sequence[Delivery]:
        """Return what these have claimed and not lost."""

    @abstractmethod
    def over(self, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int) -> Sequence[Delivery]:
        """Return its deliveries that are over, the oldest first; pings are left out."""

    @abstractmethod
    def tell(self, event: OutgoingEvent) -> None:
        """Write an event into the outbox."""
