"""A webhook: an endpoint of a project, what it wants to be told, and how it has done of late."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from taskforce.core.documents import JsonObject
from taskforce.core.identity import ProjectId
from taskforce.core.webhooks.bodies import Format
from taskforce.core.webhooks.deliveries import Attempt, WebhookId
from taskforce.core.webhooks.events import DISABLED, OutgoingEvent, is_wanted
from taskforce.core.webhooks.schedule import LONGEST_WAIT
from taskforce.core.webhooks.signing import Secret

BOTH_VALID = timedelta(hours=24)
"""How long the former secret signs beside the new one."""
HOPELESS = timedelta(days=5)
"""After so long with nothing but failures a webhook is disabled."""
TROUBLED = 5
"""So many failures in a row, and one request at a time asks whether the endpoint is back."""
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)
_DOUBLINGS = 6
_BUSY = frozenset({429, 503})
BY_HAND = "by_hand"
GONE = "gone"
FAILING = "failing"


class WebhookStatus(StrEnum):
    """Whether a webhook is told anything."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"
    """Its deliveries are being removed, then it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What signs: the secret, and for a while the one before it."""

    current: Secret
    former: Secret | None = None
    former_until: datetime | None = None

    def valid(self, now: datetime) -> tuple[Secret, ...]:
        """Return what signs now, the newest first."""
        is_former_valid = self.former_until is not None and now < self.former_until
        return (self.current, self.former) if self.former is not None and is_former_valid else (self.current,)

    def rotate(self, new: Secret, *, now: datetime) -> "Secrets":
        """Return a new secret, with the present one beside it for a while."""
        return Secrets(current=new, former=self.current, former_until=now + BOTH_VALID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an endpoint has answered of late."""

    failures: int = 0
    """In a row."""
    failing_since: datetime | None = None
    """When the first of them was."""
    paused_until: datetime | None = None
    """Before that it is not asked."""

    def after(self, attempt: Attempt, *, now: datetime) -> "Health":
        """Return it after an attempt: one success makes all well."""
        if attempt.is_success:
            return Health()
        failures = self.failures + 1
        pause = timedelta(0)
        if attempt.status_code in _BUSY and attempt.retry_after is not None:
            pause = min(attempt.retry_after, LONGEST_WAIT)
        if failures >= TROUBLED:
            doubled = _FIRST_PAUSE * 2 ** min(failures - TROUBLED, _DOUBLINGS)
            pause = max(pause, min(doubled, _LONGEST_PAUSE))
        return Health(
            failures=failures,
            failing_since=self.failing_since or now,
            paused_until=now + pause if pause else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint that is told events of its project."""

    id: WebhookId
    project: ProjectId
    url: str
    event_types: tuple[str, ...]
    format: Format
    description: str
    concurrency: int
    """How many requests may be under way to it at once; of one job never more than one."""
    secrets: Secrets
    status: WebhookStatus = WebhookStatus.ENABLED
    disabled_because: str | None = None
    health: Health = field(default_factory=Health)
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def wants(self, event: OutgoingEvent) -> bool:
        """Tell whether an event is to be sent there."""
        return self.status is WebhookStatus.ENABLED and is_wanted(event.type, self.event_types)

    @property
    def at_once(self) -> int:
        """Return how many requests may be under way now."""
        return 1 if self.health.failures >= TROUBLED else self.concurrency

    def adjust(
        self,
        *,
        url: str | None,
        event_types: tuple[str, ...] | None,
        format: Format | None,
        description: str | None,
        concurrency: int | None,
        now: datetime,
    ) -> Self:
        """Return it with other wishes; None leaves one as it is."""
        return replace(
            self,
            url=self.url if url is None else url,
            event_types=self.event_types if event_types is None else event_types,
            format=self.format if format is None else format,
            description=self.description if description is None else description,
            concurrency=self.concurrency if concurrency is None else concurrency,
            health=self.health if url is None else Health(),
            updated_at=now,
            version=self.version + 1,
        )

    def rotate(self, new: Secret, *, now: datetime) -> Self:
        """Return it with a new secret."""
        secrets = self.secrets.rotate(new, now=now)
        return replace(self, secrets=secrets, updated_at=now, version=self.version + 1)

    def enable(self, *, now: datetime) -> Self:
        """Return it enabled, as if it had never failed."""
        return replace(
            self,
            status=WebhookStatus.ENABLED,
            disabled_because=None,
            health=Health(),
            updated_at=now,
            version=self.version + 1,
        )

    def disable(self, because: str, *, now: datetime) -> Self:
        """Return it disabled, and why."""
        return replace(
            self,
            status=WebhookStatus.DISABLED,
            disabled_because=because,
            updated_at=now,
            version=self.version + 1,
        )

    def delete(self, *, now: datetime) -> Self:
        """Return it on its way out."""
        return replace(self, status=WebhookStatus.DELETED, updated_at=now, version=self.version + 1)

    def heard(self, attempt: Attempt, *, now: datetime) -> Self:
        """Return it after an attempt: disabled if it is gone, or has failed for days."""
        heard = replace(self, health=self.health.after(attempt, now=now))
        if self.status is not WebhookStatus.ENABLED:
            return heard
        if attempt.is_gone:
            return heard.disable(GONE, now=now)
        since = heard.health.failing_since
        is_hopeless = since is not None and now - since >= HOPELESS
        return heard.disable(FAILING, now=now) if is_hopeless else heard


def disabled_event(webhook: Webhook) -> OutgoingEvent:
    """Return what the project's other webhooks are told of one that was disabled."""
    details: JsonObject = {"webhook_id": webhook.id, "reason": webhook.disabled_because}
    return OutgoingEvent(
        id=f"{webhook.id}/{webhook.version}",
        project=webhook.project,
        type=DISABLED,
        name="disabled",
        subject=webhook.id,
        sequence=webhook.version,
        at=webhook.updated_at,
        message=f"The webhook {webhook.id} was disabled: {webhook.disabled_because}.",
        details=details,
    )
