"""A delivery as a message: its body, its signature, and the way to its endpoint."""

from taskforce.core.clock import Clock
from taskforce.core.webhooks.bodies import MEDIA_TYPES, body_of
from taskforce.core.webhooks.deliveries import Attempt
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Webhook
from taskforce.core.webhooks.ports import WebhookSender
from taskforce.core.webhooks.signing import signing_headers


class Messages:
    """Writes, signs and sends."""

    def __init__(self, *, sender: WebhookSender, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock

    async def send(self, event: OutgoingEvent, webhook: Webhook) -> Attempt:
        """Send an event to an endpoint once, and return what came of it."""
        body = body_of(event, webhook.format)
        now = self._clock.now()
        headers = {
            "Content-Type": MEDIA_TYPES[webhook.format],
            "User-Agent": "taskforce",
            **signing_headers(webhook.secrets.valid(now), message_id=event.id, at=now, body=body),
        }
        headers |= {"traceparent": event.traceparent} if event.traceparent else {}
        headers |= {"X-Request-ID": event.request_id} if event.request_id else {}
        return await self._sender.send(webhook.url, headers=headers, body=body)
