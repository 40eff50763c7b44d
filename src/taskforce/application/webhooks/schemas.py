"""What is asked of webhooks, and how they are shown; the same through every door."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from taskforce.application.jobs.schemas import Id, Moment, PageRequest, Request, View
from taskforce.core.shapes import Count, Prose, ShownId, shape, unlimited
from taskforce.core.webhooks.bodies import Format
from taskforce.core.webhooks.deliveries import KEPT_ATTEMPTS, Attempt, Delivery, DeliveryStatus
from taskforce.core.webhooks.model import Webhook, WebhookStatus
from taskforce.core.webhooks.signing import Secret

Url = Annotated[
    str,
    Field(
        min_length=9, max_length=2_000, pattern=r"^https?://\S+$", description="Where messages are posted."
    ),
]
Pattern = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{0,200}\*?$", min_length=1, max_length=201)]
Patterns = Annotated[
    list[Pattern],
    Field(
        min_length=1,
        max_length=50,
        description="Types of events, such as taskforce.mission.complete.v1; one that ends in * names all "
        "that begin so.",
    ),
]
Description = Annotated[str, Field(max_length=500, description="What it is for.")]
Concurrency = Annotated[
    int, Field(strict=True, ge=1, le=4, description="Requests at once; of one job never more than one.")
]
ALL = ["*"]
ShownType = Annotated[str, shape(maxLength=201)]


class CreateWebhook(Request):
    """What to tell whom."""

    url: Url
    event_types: Patterns = ALL
    format: Format = Field(default=Format.CLOUDEVENTS, description="How a message's body is built.")
    description: Description = ""
    concurrency: Concurrency = 2


class ListWebhooks(PageRequest):
    """Which webhooks to list."""


class GetWebhook(Request):
    """Which webhook to show."""

    webhook_id: Id


class WebhookChanges(Request):
    """What to change; what is left out stays."""

    url: Url | None = None
    event_types: Patterns | None = None
    format: Format | None = Field(default=None, description="How a message's body is built.")
    description: Description | None = None
    concurrency: Concurrency | None = None
    enabled: bool | None = Field(
        default=None,
        strict=True,
        description="Whether it is told anything; what it waits for is given up when not.",
    )


class UpdateWebhook(WebhookChanges):
    """Which webhook to change, and what."""

    webhook_id: Id


class DeleteWebhook(Request):
    """Which webhook to delete."""

    webhook_id: Id


class RotateWebhook(Request):
    """Which webhook gets a new secret."""

    webhook_id: Id


class PingWebhook(Request):
    """Which webhook to try."""

    webhook_id: Id


class PartOfLog(PageRequest):
    """Which part of a log to list."""

    status: DeliveryStatus | None = Field(default=None, description="Only deliveries of this status.")


class ListDeliveries(PartOfLog):
    """Which deliveries to list."""

    webhook_id: Id


class ReplayRange(Request):
    """Which deliveries to send again: one by its id, or those of events within a time."""

    delivery_id: Id | None = Field(default=None, description="This one.")
    since: AwareDatetime | None = Field(default=None, description="Those of events from then on.")
    until: AwareDatetime | None = Field(default=None, description="Those of events before then.")
    status: Literal["given_up", "delivered"] = Field(
        default="given_up", description="Of a range: those that were given up, or delivered."
    )

    @model_validator(mode="after")
    def _one_or_a_range(self) -> "ReplayRange":
        if (self.delivery_id is None) == (self.since is None and self.until is None):
            raise ValueError("name a delivery_id, or a range by since and until, and not both")
        return self


class ReplayWebhook(ReplayRange):
    """Of which webhook to send deliveries again, and which."""

    webhook_id: Id


class WebhookView(View):
    """A webhook as it stands; its secret is never shown again."""

    id: ShownId
    url: Annotated[str, shape(maxLength=2_000)]
    event_types: Annotated[tuple[ShownType, ...], shape(maxItems=50)]
    format: Format
    description: Annotated[str, shape(maxLength=500)]
    concurrency: Annotated[int, shape(minimum=1, maximum=4)]
    status: Literal["enabled", "disabled"]
    disabled_because: Annotated[str, shape(enum=["gone", "failing", "by_hand"])] | None
    """`gone`: it answered 410; `failing`: for days with nothing else; `by_hand`."""
    failures: Count
    failing_since: Moment | None
    created_by: Annotated[str, unlimited("as whoever knows the principals names them")]
    created_at: Moment
    updated_at: Moment
    version: int = Field(exclude=True)

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookView":
        """Show a webhook."""
        return cls(**_facts(webhook))


class WebhookSecretView(WebhookView):
    """A webhook with its secret, which is shown this once."""

    secret: Annotated[str, shape(pattern="^whsec_", maxLength=100)] | None
    """None when the request is one that was answered before."""
    is_replayed: bool = Field(default=False, exclude=True)

    @classmethod
    def showing(
        cls, webhook: Webhook, secret: Secret | None, *, is_replayed: bool = False
    ) -> "WebhookSecretView":
        """Show a webhook and its secret."""
        shown = None if secret is None else secret.text
        return cls(**_facts(webhook), secret=shown, is_replayed=is_replayed)


class AttemptView(View):
    """A request to the endpoint and what was answered."""

    at: Moment
    seconds: Annotated[float, shape(minimum=0, maximum=3_600)]
    status_code: Annotated[int, shape(minimum=100, maximum=999)] | None
    error: Prose | None
    answer: Prose
    """How the answer's body begins."""

    @property
    def is_success(self) -> bool:
        """Tell whether it was taken."""
        return self.error is None and self.status_code is not None and self.status_code // 100 == 2  # noqa: PLR2004 - 2xx

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptView":
        """Show an attempt."""
        return cls(
            at=attempt.at,
            seconds=round(attempt.seconds, 3),
            status_code=attempt.status_code,
            error=attempt.error,
            answer=attempt.answer,
        )


class DeliveryView(View):
    """An event on its way to an endpoint."""

    id: ShownId
    webhook_id: ShownId
    event_id: Annotated[str, shape(maxLength=200)]
    """What the header webhook-id says, the same in every attempt."""
    event_type: Annotated[str, unlimited("as the program names what it tells")]
    subject: Annotated[str, shape(maxLength=200)]
    timestamp: Moment
    status: DeliveryStatus
    tries: Count
    """Attempts since it was made or replayed."""
    next_attempt_at: Moment | None
    attempts: Annotated[tuple[AttemptView, ...], shape(maxItems=KEPT_ATTEMPTS)]
    """The last ones, the first first."""

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        """Show a delivery."""
        is_due = delivery.status is DeliveryStatus.PENDING
        return cls(
            id=delivery.id,
            webhook_id=delivery.webhook_id,
            event_id=delivery.event.id,
            event_type=delivery.event.type,
            subject=delivery.event.subject,
            timestamp=delivery.event.at,
            status=delivery.status,
            tries=delivery.tries,
            next_attempt_at=delivery.due_at if is_due else None,
            attempts=tuple(AttemptView.of(attempt) for attempt in delivery.attempts),
        )


class DeletedWebhookView(View):
    """A webhook that is gone."""

    webhook_id: ShownId


class ReplayedView(View):
    """How many deliveries are sent again."""

    replayed: Count
    is_more: bool
    """There are more in the range: ask again."""


def _facts(webhook: Webhook) -> dict[str, Any]:
    is_enabled = webhook.status is WebhookStatus.ENABLED
    return {
        "id": webhook.id,
        "url": webhook.url,
        "event_types": webhook.event_types,
        "format": webhook.format,
        "description": webhook.description,
        "concurrency": webhook.concurrency,
        "status": "enabled" if is_enabled else "disabled",
        "disabled_because": webhook.disabled_because,
        "failures": webhook.health.failures,
        "failing_since": webhook.health.failing_since,
        "created_by": webhook.created_by,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
        "version": webhook.version,
    }
