"""From the outbox to the bus, and from the bus to the deliveries of webhooks."""

from collections.abc import Sequence

from taskforce.core.jobs.ports import Probe
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.ports import DeliveryStore, EventBus, Outbox

BATCH = 256


class WebhookBus(EventBus):
    """The bus of one home: what it takes is on its way to the webhooks that want it."""

    def __init__(self, deliveries: DeliveryStore) -> None:
        self._deliveries = deliveries

    async def publish(self, events: Sequence[OutgoingEvent]) -> None:
        """Make the deliveries; those that are there stay, so that events may come twice."""
        await self._deliveries.spread(events)


class Relay:
    """Carries events to the bus; several processes may. What the bus has goes out of the outbox."""

    def __init__(self, *, outbox: Outbox, bus: EventBus, probe: Probe) -> None:
        self._outbox = outbox
        self._bus = bus
        self._probe = probe

    async def carry(self) -> int:
        """Carry the oldest events; return how many it were."""
        events = await self._outbox.waiting(limit=BATCH)
        if events:
            self._probe.reach("outbox.read")
            await self._bus.publish(events)
            self._probe.reach("outbox.published")
            await self._outbox.remove(events)
            self._probe.reach("outbox.removed")
        return len(events)
