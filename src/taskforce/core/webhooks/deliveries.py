"""A delivery: one event on its way to one endpoint, and what came of each attempt."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Self
from uuid import UUID, uuid5

from taskforce.core.identity import WorkerId
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.schedule import ATTEMPTS, pause_after

WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)

GONE = 410
KEPT_ATTEMPTS = 2 * ATTEMPTS
"""Of a delivery that was replayed often the last attempts are kept."""
DISABLED_REASON = "webhook_disabled"


class DeliveryStatus(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    """Behind an earlier event of the same subject."""
    PENDING = "pending"
    """To be sent at its time."""
    SENDING = "sending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is tried."""
        return self in {DeliveryStatus.DELIVERED, DeliveryStatus.GIVEN_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to the endpoint, and what was answered."""

    at: datetime
    seconds: float
    status_code: int | None = None
    """None: there was no answer."""
    error: str | None = None
    """Why there was none, in a sentence."""
    answer: str = ""
    """How the answer's body begins."""
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Tell whether it was taken: by a status of 200 to 299, and by nothing else."""
        return self.status_code is not None and self.status_code // 100 == 2  # noqa: PLR2004 - 2xx

    @property
    def is_gone(self) -> bool:
        """Tell whether the endpoint wants no more, ever."""
        return self.status_code == GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event for an endpoint. Its id follows from both, so that it is made once."""

    id: DeliveryId
    webhook_id: WebhookId
    event: OutgoingEvent
    status: DeliveryStatus
    due_at: datetime
    """When it is sent; while it is being sent, when its lease runs out."""
    tries: int = 0
    """Attempts since it was made, or replayed."""
    attempts: tuple[Attempt, ...] = ()
    """The last attempts, the first first."""
    created_at: datetime
    updated_at: datetime
    owner: WorkerId | None = None
    epoch: int = 0
    """How often it was claimed: the fence of who sends it."""

    def claim(self, owner: WorkerId, *, now: datetime, lease: timedelta) -> Self:
        """Return it being sent."""
        return replace(
            self,
            status=DeliveryStatus.SENDING,
            owner=owner,
            due_at=now + lease,
            epoch=self.epoch + 1,
            updated_at=now,
        )

    def tried(self, attempt: Attempt, *, now: datetime) -> Self:
        """Return it after an attempt: delivered, to be tried again at its time, or given up."""
        tries = self.tries + 1
        tried = replace(
            self,
            tries=tries,
            attempts=(*self.attempts, attempt)[-KEPT_ATTEMPTS:],
            owner=None,
            updated_at=now,
        )
        if attempt.is_success:
            return replace(tried, status=DeliveryStatus.DELIVERED)
        pause = pause_after(tries, of=self.id, asked=attempt.retry_after)
        if attempt.is_gone or pause is None:
            return replace(tried, status=DeliveryStatus.GIVEN_UP)
        return replace(tried, status=DeliveryStatus.PENDING, due_at=now + pause)

    def promote(self, *, now: datetime) -> Self:
        """Return it at the head of its line: to be sent now."""
        return replace(self, status=DeliveryStatus.PENDING, due_at=now, owner=None, updated_at=now)

    def replay(self, *, now: datetime) -> Self:
        """Return it in line again, with all attempts before it."""
        return replace(self, status=DeliveryStatus.WAITING, tries=0, due_at=now, updated_at=now)

    def give_up(self, *, now: datetime) -> Self:
        """Return it given up."""
        return replace(self, status=DeliveryStatus.GIVEN_UP, owner=None, updated_at=now)


def new_delivery(webhook_id: WebhookId, event: OutgoingEvent, *, now: datetime) -> Delivery:
    """Return an event's delivery, at the end of its line."""
    return Delivery(
        id=DeliveryId(str(uuid5(UUID(webhook_id), event.id))),
        webhook_id=webhook_id,
        event=event,
        status=DeliveryStatus.WAITING,
        due_at=now,
        created_at=now,
        updated_at=now,
    )
