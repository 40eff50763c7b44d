"""The courier: claims due deliveries, sends several at once, and writes down what came of each."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

import structlog

from taskforce.application.webhooks.messages import Messages
from taskforce.core.errors import TaskforceError
from taskforce.core.identity import WorkerId
from taskforce.core.jobs.ports import LeaseRequest, Probe, WorkerRoster
from taskforce.core.webhooks.ports import DeliveryStore, Letter

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than a request may take, so that a delivery is sent again only when its sender is gone."""
MOST = 128
"""Requests at once in this process; each webhook takes its own few of them."""
BATCH = 500


class Courier:
    """Sends what is due. Any number of processes may: each attempt is claimed by one."""

    def __init__(
        self,
        *,
        name: Callable[[], WorkerId],
        deliveries: DeliveryStore,
        messages: Messages,
        roster: WorkerRoster,
        probe: Probe,
        keep: timedelta,
    ) -> None:
        self._naming = name
        self._deliveries = deliveries
        self._messages = messages
        self._roster = roster
        self._probe = probe
        self._keep = keep
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_claiming = False
        self.claims = 0
        """How often it has looked for work; who asks from another thread whether it is idle compares."""
        self.landed = asyncio.Event()
        """Is set whenever a delivery has come to something."""

    @cached_property
    def name(self) -> WorkerId:
        """Return the name under which it claims, which is made when it is first asked for."""
        return self._naming()

    @property
    def is_busy(self) -> bool:
        """Tell whether something is under way."""
        return self._is_claiming or bool(self._tasks)

    async def collect(self) -> int:
        """Claim what is due and send it on its way; return how much it is."""
        room = MOST - len(self._tasks)
        if room <= 0 or not await self._deliveries.due():
            return 0
        self.claims += 1
        self._is_claiming = True
        try:
            lease = LeaseRequest(worker=self.name, duration=LEASE)
            letters = await self._deliveries.claim(lease, most=room)
            for letter in letters:
                task = asyncio.get_running_loop().create_task(self._deliver(letter))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            self._is_claiming = False
        return len(letters)

    async def take_over(self) -> None:
        """Make due at once what dead processes were sending."""
        dead = self._roster.dead(await self._deliveries.owners() - {self.name})
        if dead and (taken := await self._deliveries.abandon(dead)):
            log.warning("webhook_senders_lost", workers=sorted(dead), deliveries=taken)

    async def tidy(self) -> int:
        """Give up what is for nobody, and keep the log short; return how much it was."""
        return await self._deliveries.tidy(keep=self._keep, most=BATCH)

    async def stop(self, *, grace: timedelta) -> None:
        """Let what is under way land, for a moment, and give the rest back."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace.total_seconds())
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, letter: Letter) -> None:
        delivery, webhook = letter.delivery, letter.webhook
        place = delivery.event.sequence
        try:
            self._probe.reach(f"webhook.claimed:{place}")
            attempt = await self._messages.send(delivery.event, webhook)
            self._probe.reach(f"webhook.sent:{place}")
            disabled = await self._deliveries.record(delivery, attempt)
            self._probe.reach(f"webhook.recorded:{place}")
        except asyncio.CancelledError:
            await self._deliveries.release(delivery)
            raise
        except TaskforceError as error:  # the lease runs out, and it is sent again
            log.warning("webhook_not_recorded", delivery_id=delivery.id, reason=error.message)
            return
        finally:
            self.landed.set()
        if disabled is not None:
            log.error("webhook_disabled", webhook_id=webhook.id, reason=disabled.disabled_because)
        elif not attempt.is_success:
            log.warning(
                "webhook_failed",
                webhook_id=webhook.id,
                delivery_id=delivery.id,
                status_code=attempt.status_code,
                reason=attempt.error,
            )
