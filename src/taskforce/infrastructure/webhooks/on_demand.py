"""The sender, loaded when something is sent: most processes have no webhook, and httpx takes a while."""

from collections.abc import Mapping
from functools import cached_property

from taskforce.core.clock import Clock
from taskforce.core.webhooks.deliveries import Attempt
from taskforce.core.webhooks.ports import WebhookSender
from taskforce.infrastructure.network.addresses import AddressRules


class SenderOnDemand(WebhookSender):
    """Sends by HTTP under the rules of addresses."""

    def __init__(self, addresses: AddressRules, clock: Clock) -> None:
        self._addresses = addresses
        self._clock = clock

    async def check(self, url: str) -> None:
        await self._sender.check(url)

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Attempt:
        return await self._sender.send(url, headers=headers, body=body)

    @cached_property
    def _sender(self) -> WebhookSender:
        from taskforce.infrastructure.network.connecting import Connector, Patience
        from taskforce.infrastructure.network.destinations import Destinations
        from taskforce.infrastructure.webhooks.http_sender import HttpSender

        return HttpSender(
            Destinations(rules=self._addresses), self._clock, connector=Connector(patience=Patience())
        )
