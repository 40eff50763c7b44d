"""Webhooks, as the library shows them."""

from collections.abc import Sequence

from taskforce.application.jobs.refusals import checked
from taskforce.application.webhooks.schemas import (
    ALL,
    CreateWebhook,
    DeleteWebhook,
    GetWebhook,
    ListDeliveries,
    ListWebhooks,
    PingWebhook,
    ReplayWebhook,
    RotateWebhook,
    UpdateWebhook,
    WebhookSecretView,
)
from taskforce.application.webhooks.service import WebhookService
from taskforce.core.principals import Principal
from taskforce.core.webhooks.bodies import Format
from taskforce.rooms.asking import asked


class Webhooks:
    """The use cases of webhooks. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: WebhookService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListWebhooks)
        self.get = asked(principal, service.get, GetWebhook)
        self.update = asked(principal, service.update, UpdateWebhook)
        self.delete = asked(principal, service.delete, DeleteWebhook)
        self.rotate = asked(principal, service.rotate, RotateWebhook)
        self.ping = asked(principal, service.ping, PingWebhook)
        self.deliveries = asked(principal, service.deliveries, ListDeliveries)
        self.replay = asked(principal, service.replay, ReplayWebhook)

    async def create(
        self,
        *,
        url: str,
        event_types: Sequence[str] = ALL,
        format: Format = Format.CLOUDEVENTS,
        description: str = "",
        concurrency: int = 2,
        idempotency_key: str | None = None,
    ) -> WebhookSecretView:
        """Create a webhook and show its secret, this once."""
        request = checked(
            CreateWebhook,
            url=url,
            event_types=event_types,
            format=format,
            description=description,
            concurrency=concurrency,
        )
        return await self._service.create(self._principal, request, key=idempotency_key)
