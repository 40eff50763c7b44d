"""The use cases of webhooks."""

from functools import partial

from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.webhooks.messages import Messages
from taskforce.application.webhooks.schemas import (
    AttemptView,
    CreateWebhook,
    DeleteWebhook,
    DeliveryView,
    GetWebhook,
    ListDeliveries,
    ListWebhooks,
    PingWebhook,
    ReplayedView,
    ReplayWebhook,
    RotateWebhook,
    UpdateWebhook,
    WebhookSecretView,
    WebhookView,
)
from taskforce.core.clock import Clock
from taskforce.core.identity import IdSource
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal
from taskforce.core.webhooks.deliveries import DeliveryId, DeliveryStatus, WebhookId, new_delivery
from taskforce.core.webhooks.errors import WebhookDisabled
from taskforce.core.webhooks.events import PING, OutgoingEvent
from taskforce.core.webhooks.model import BY_HAND, Secrets, Webhook, WebhookStatus
from taskforce.core.webhooks.ports import (
    DeliveryFilter,
    DeliveryStore,
    SecretSource,
    WebhookSender,
    WebhookStore,
)

MOST = 100
"""Webhooks of a project."""
REPLAYED_AT_ONCE = 1_000


class WebhookService:
    """Tells events to endpoints: who is told what, and how that went."""

    def __init__(
        self,
        *,
        webhooks: WebhookStore,
        deliveries: DeliveryStore,
        sender: WebhookSender,
        messages: Messages,
        secrets: SecretSource,
        clock: Clock,
        ids: IdSource,
        once: Once,
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._sender = sender
        self._messages = messages
        self._secrets = secrets
        self._clock = clock
        self._ids = ids
        self._once = once

    async def create(
        self, principal: Principal, request: CreateWebhook, *, key: str | None = None
    ) -> WebhookSecretView:
        """Create a webhook and show its secret, this once."""
        await self._sender.check(request.url)

        async def make(note: Note) -> WebhookSecretView:
            webhook = self._new(principal, request)
            await self._webhooks.add(webhook, changes=note(webhook.id), most=MOST)
            return WebhookSecretView.showing(webhook, webhook.secrets.current)

        async def again(made: str) -> WebhookSecretView:
            found = await self._webhooks.get(WebhookId(made), project=principal.project)
            return WebhookSecretView.showing(found, None, is_replayed=True)

        keyed = Keyed.of("webhooks.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def list(self, principal: Principal, request: ListWebhooks) -> Listing[WebhookView]:
        """List webhooks, newest first."""
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._webhooks.list(page, project=principal.project)
        return Listing(items=tuple(WebhookView.of(webhook) for webhook in found.items), total=found.total)

    async def get(self, principal: Principal, request: GetWebhook) -> WebhookView:
        """Show a webhook and how it does."""
        return WebhookView.of(await self._found(principal, request.webhook_id))

    async def update(self, principal: Principal, request: UpdateWebhook) -> WebhookView:
        """Change what a webhook is told, where, and whether at all."""
        if request.url is not None:
            await self._sender.check(request.url)
        change = partial(self._changed, request)
        changed = await self._webhooks.change(
            WebhookId(request.webhook_id), change, project=principal.project
        )
        return WebhookView.of(changed)

    async def delete(self, principal: Principal, request: DeleteWebhook) -> None:
        """Delete a webhook and the log of its deliveries."""
        now = self._clock.now()
        webhook_id = WebhookId(request.webhook_id)
        await self._webhooks.change(
            webhook_id, lambda webhook: webhook.delete(now=now), project=principal.project
        )

    async def rotate(self, principal: Principal, request: RotateWebhook) -> WebhookSecretView:
        """Give a webhook a new secret and show it, this once; the former signs beside it for a day."""
        secret, now = self._secrets.new(), self._clock.now()
        rotated = await self._webhooks.change(
            WebhookId(request.webhook_id),
            lambda webhook: webhook.rotate(secret, now=now),
            project=principal.project,
        )
        return WebhookSecretView.showing(rotated, secret)

    async def ping(self, principal: Principal, request: PingWebhook) -> AttemptView:
        """Send a webhook a message now, once, and show what it answers."""
        webhook = await self._found(principal, request.webhook_id)
        event = self._ping(webhook)
        attempt = await self._messages.send(event, webhook)
        now = self._clock.now()
        tried = new_delivery(webhook.id, event, now=now).tried(attempt, now=now)
        over = tried if tried.status.is_over else tried.give_up(now=now)
        await self._deliveries.keep(over)
        return AttemptView.of(attempt)

    async def deliveries(self, principal: Principal, request: ListDeliveries) -> Listing[DeliveryView]:
        """List a webhook's deliveries and what came of each attempt, newest first."""
        webhook = await self._found(principal, request.webhook_id)
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._deliveries.list(webhook.id, DeliveryFilter(status=request.status), page)
        return Listing(items=tuple(DeliveryView.of(one) for one in found.items), total=found.total)

    async def replay(self, principal: Principal, request: ReplayWebhook) -> ReplayedView:
        """Send one delivery again, or those of a range that were given up, the oldest first."""
        webhook = await self._found(principal, request.webhook_id)
        if webhook.status is not WebhookStatus.ENABLED:
            raise WebhookDisabled(webhook.id)
        if request.delivery_id is not None:
            await self._deliveries.replay(webhook.id, DeliveryId(request.delivery_id))
            return ReplayedView(replayed=1, is_more=False)
        wanted = DeliveryFilter(
            status=DeliveryStatus(request.status), since=request.since, until=request.until
        )
        done = await self._deliveries.replay_range(webhook.id, wanted, most=REPLAYED_AT_ONCE)
        return ReplayedView(replayed=done.count, is_more=done.is_more)

    async def _found(self, principal: Principal, webhook_id: str) -> Webhook:
        return await self._webhooks.get(WebhookId(webhook_id), project=principal.project)

    def _new(self, principal: Principal, request: CreateWebhook) -> Webhook:
        now = self._clock.now()
        return Webhook(
            id=WebhookId(self._ids.new()),
            project=principal.project,
            url=request.url,
            event_types=tuple(request.event_types),
            format=request.format,
            description=request.description,
            concurrency=request.concurrency,
            secrets=Secrets(current=self._secrets.new()),
            created_by=principal.name,
            created_at=now,
            updated_at=now,
        )

    def _changed(self, request: UpdateWebhook, webhook: Webhook) -> Webhook:
        now = self._clock.now()
        changed = webhook.adjust(
            url=request.url,
            event_types=None if request.event_types is None else tuple(request.event_types),
            format=request.format,
            description=request.description,
            concurrency=request.concurrency,
            now=now,
        )
        is_enabled = changed.status is WebhookStatus.ENABLED
        if request.enabled is None or request.enabled == is_enabled:
            return changed
        return changed.enable(now=now) if request.enabled else changed.disable(BY_HAND, now=now)

    def _ping(self, webhook: Webhook) -> OutgoingEvent:
        return OutgoingEvent(
            id=f"{webhook.id}/{self._ids.new()}",
            project=webhook.project,
            type=PING,
            name="ping",
            subject=webhook.id,
            sequence=0,
            at=self._clock.now(),
            message="Taskforce reaches this webhook.",
            details={},
        )
