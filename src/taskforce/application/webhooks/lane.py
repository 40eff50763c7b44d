"""The lane on which webhooks are delivered, beside the worker."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from taskforce.application.jobs.companion import Companion
from taskforce.application.jobs.duties import repeated
from taskforce.application.jobs.loop import Lane
from taskforce.application.webhooks.courier import Courier
from taskforce.application.webhooks.relay import Relay
from taskforce.core.jobs.ports import WorkerRoster
from taskforce.core.webhooks.ports import DeliveryStore, Outbox

POLL = timedelta(milliseconds=250)
TIDY = timedelta(seconds=5)
"""A write, if only to find that there is nothing to do."""
SWEEP = timedelta(seconds=1)
GRACE = timedelta(seconds=1)
"""How long a request may go on when the process is asked to stop."""


class WebhookLane(Companion):
    """Carries events out of the outbox and to their endpoints until it is stopped."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        deliveries: DeliveryStore,
        relay: Relay,
        courier: Courier,
        roster: WorkerRoster,
        lane: Callable[[str], Lane],
    ) -> None:
        self._outbox = outbox
        self._deliveries = deliveries
        self._relay = relay
        self._courier = courier
        self._roster = roster
        self._new_lane = lane
        self._lane: Lane | None = None
        self._is_stopped = False
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start the lane, if it is not there yet."""
        with self._starting:
            if self._lane is None and not self._is_stopped:
                self._roster.enlist(self._courier.name)
                self._lane = self._new_lane("taskforce-webhooks")
                for duty in (self._carry, self._collect, self._sweep, self._tidy):
                    self._lane.submit(repeated(duty, is_over=lambda: self._is_stopped))

    def stop(self) -> None:
        """Let requests land for a moment, give back the rest, and stop the lane."""
        with self._starting:
            self._is_stopped = True
            lane, self._lane = self._lane, None
        if lane is not None:
            lane.submit(self._courier.stop(grace=GRACE)).result()
            lane.stop()
            self._roster.leave(self._courier.name)

    async def is_idle(self) -> bool:
        """Tell whether nothing waits to leave now; what is due later is not waited for."""
        if self._lane is None:
            return True
        await self._courier.take_over()
        before = self._courier.claims
        was_busy = self._courier.is_busy
        is_waiting = bool(await self._outbox.waiting(limit=1)) or await self._deliveries.due()
        began = self._courier.is_busy or before != self._courier.claims  # meanwhile, in its own thread
        return not (was_busy or is_waiting or began)

    async def _carry(self) -> None:
        if not await self._relay.carry():
            await asyncio.sleep(POLL.total_seconds())

    async def _collect(self) -> None:
        self._courier.landed.clear()
        if not await self._courier.collect():
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL.total_seconds()):
                    await self._courier.landed.wait()

    async def _sweep(self) -> None:
        await self._courier.take_over()
        await asyncio.sleep(SWEEP.total_seconds())

    async def _tidy(self) -> None:
        if not await self._courier.tidy():
            await asyncio.sleep(TIDY.total_seconds())
