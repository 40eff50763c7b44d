"""What webhooks need from outside."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from taskforce.core.identity import ProjectId, WorkerId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.webhooks.deliveries import Attempt, Delivery, DeliveryId, DeliveryStatus, WebhookId
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Webhook
from taskforce.core.webhooks.signing import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries of a webhook are meant; None is any. Moments are those of the events."""

    status: DeliveryStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A claimed delivery, and the endpoint it goes to."""

    delivery: Delivery
    webhook: Webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many deliveries were put in line again, and whether there are more to be."""

    count: int
    is_more: bool


class Outbox(Protocol):
    """Events that are to leave. Each was written in the transaction that made it true."""

    @abstractmethod
    async def waiting(self, *, limit: int) -> tuple[OutgoingEvent, ...]:
        """Return the oldest events; of one subject in the order of their numbers."""

    @abstractmethod
    async def remove(self, events: Sequence[OutgoingEvent]) -> None:
        """Take out what the bus has; what is out already is no error."""


class EventBus(Protocol):
    """Takes events further. Given one twice, it takes it once, or says by its id that it is the same."""

    @abstractmethod
    async def publish(self, events: Sequence[OutgoingEvent]) -> None:
        """Return when the events are safe there; the order of those of one subject is kept."""


class WebhookStore(Protocol):
    """Keeps webhooks. Every method is one transaction."""

    @abstractmethod
    async def add(self, webhook: Webhook, *, changes: Sequence[RememberRequest] = (), most: int) -> None:
        """Keep a new one. Raises TooManyWebhooks above `most` of a project, Conflict for a change's key."""

    @abstractmethod
    async def get(self, webhook_id: WebhookId, *, project: ProjectId) -> Webhook:
        """Return it; raise WebhookNotFound, also when it is another project's or deleted."""

    @abstractmethod
    async def list(self, page: Page, *, project: ProjectId) -> Listing[Webhook]:
        """Return webhooks, newest first."""

    @abstractmethod
    async def change(
        self, webhook_id: WebhookId, change: Callable[[Webhook], Webhook], *, project: ProjectId
    ) -> Webhook:
        """Keep what `change` makes of it, and return that. Raises WebhookNotFound.

        One that is no longer enabled has its open deliveries given up by `tidy`; one that is deleted goes
        with all of them.
        """


class DeliveryStore(Protocol):
    """Keeps deliveries, which are its log too. Every method is one transaction.

    Of the deliveries of one subject to one webhook only the first that is not over is sent. A claimed one
    is fenced by its epoch: who lost it changes nothing.
    """

    @abstractmethod
    async def spread(self, events: Sequence[OutgoingEvent]) -> None:
        """Make the deliveries of events to each webhook that wants them; those that are there stay."""

    @abstractmethod
    async def due(self) -> bool:
        """Tell whether a claim would find something."""

    @abstractmethod
    async def claim(self, lease: LeaseRequest, *, most: int) -> tuple[Letter, ...]:
        """Claim due deliveries, up to what each webhook takes at once; what was claimed and lost too."""

    @abstractmethod
    async def record(self, delivery: Delivery, attempt: Attempt) -> Webhook | None:
        """Write what came of a claimed delivery; return its webhook when that was disabled by it.

        The next in line is to be sent when this one is over. The other webhooks of the project are told of
        one that was disabled.
        """

    @abstractmethod
    async def release(self, delivery: Delivery) -> None:
        """Give a claimed delivery back: it is due at once, and no attempt counts."""

    @abstractmethod
    async def owners(self) -> frozenset[WorkerId]:
        """Return who is sending."""

    @abstractmethod
    async def abandon(self, owners: Collection[WorkerId]) -> int:
        """Make what dead owners were sending due at once; return how many."""

    @abstractmethod
    async def keep(self, delivery: Delivery) -> None:
        """Write a delivery that is over into the log, such as a ping."""

    @abstractmethod
    async def list(self, webhook_id: WebhookId, wanted: DeliveryFilter, page: Page) -> Listing[Delivery]:
        """Return deliveries, newest first."""

    @abstractmethod
    async def replay(self, webhook_id: WebhookId, delivery_id: DeliveryId) -> None:
        """Put one that is over in line again; one that is not over stays. Raises DeliveryNotFound."""

    @abstractmethod
    async def replay_range(self, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int) -> Replayed:
        """Put those that are over in line again, the oldest first."""

    @abstractmethod
    async def tidy(self, *, keep: timedelta, most: int) -> int:
        """Give up what disabled webhooks wait for; remove what is older than `keep`, or of deleted ones.

        At most so many of each sort; return how many it was.
        """


class WebhookSender(Protocol):
    """Sends messages to where webhooks may lead."""

    @abstractmethod
    async def check(self, url: str) -> None:
        """Return when a webhook may lead there. Raises UrlRefused."""

    @abstractmethod
    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Attempt:
        """Post a message, and return what came of it, whatever that is."""


class SecretSource(Protocol):
    """Makes secrets."""

    @abstractmethod
    def new(self) -> Secret:
        """Return a secret that nobody can guess."""
