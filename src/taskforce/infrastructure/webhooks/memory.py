"""Webhooks, deliveries and the outbox in memory, for tests and for work that need not outlive the process."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId, WorkerId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.webhooks.deliveries import Attempt, Delivery, DeliveryId, DeliveryStatus, WebhookId
from taskforce.core.webhooks.errors import TooManyWebhooks, WebhookNotFound
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Webhook, WebhookStatus
from taskforce.core.webhooks.ports import (
    DeliveryFilter,
    DeliveryStore,
    Letter,
    Outbox,
    Replayed,
    WebhookStore,
)
from taskforce.infrastructure.jobs.memory_ledger import Outlet
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.webhooks import rules
from taskforce.infrastructure.webhooks.leaving import leaving
from taskforce.infrastructure.webhooks.memory_ledger import MemoryDeliveryLedger, Tables


class MemoryOutbox(Outbox, Outlet):
    """Events in a list; the outlet of jobs in memory."""

    def __init__(self, tables: Tables, clock: Clock, *, always: Sequence[str] = ()) -> None:
        self._tables = tables
        self._ledger = MemoryDeliveryLedger(tables, clock=clock)
        self._always = tuple(always)

    def tell(
        self, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime
    ) -> Callable[[], object]:
        wanted = (pattern for one in self._ledger.enabled(job.project) for pattern in one.event_types)
        patterns = [*self._always, *wanted]
        told = leaving(job, events, patterns, after=after, at=at)
        self._tables.outbox.extend(told)

        def take_back() -> None:
            for event in told:
                self._tables.outbox.remove(event)

        return take_back

    async def waiting(self, *, limit: int) -> tuple[OutgoingEvent, ...]:
        return tuple(self._tables.outbox[:limit])

    async def remove(self, events: Sequence[OutgoingEvent]) -> None:
        gone = {event.id for event in events}
        self._tables.outbox[:] = [event for event in self._tables.outbox if event.id not in gone]


class MemoryWebhookStore(WebhookStore):
    def __init__(self, tables: Tables, requests: MemoryRequestLog) -> None:
        self._webhooks = tables.webhooks
        self._requests = requests

    async def add(self, webhook: Webhook, *, changes: Sequence[RememberRequest] = (), most: int) -> None:
        if len(self._of(webhook.project)) >= most:
            raise TooManyWebhooks(most)
        for change in changes:
            self._requests.remember(change)
        self._webhooks[webhook.id] = webhook

    async def get(self, webhook_id: WebhookId, *, project: ProjectId) -> Webhook:
        return next((one for one in self._of(project) if one.id == webhook_id), None) or _missing(webhook_id)

    async def list(self, page: Page, *, project: ProjectId) -> Listing[Webhook]:
        found = sorted(self._of(project), key=lambda one: (one.created_at, one.id), reverse=True)
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def change(
        self, webhook_id: WebhookId, change: Callable[[Webhook], Webhook], *, project: ProjectId
    ) -> Webhook:
        changed = change(await self.get(webhook_id, project=project))
        self._webhooks[webhook_id] = changed
        return changed

    def _of(self, project: ProjectId) -> Sequence[Webhook]:
        return [
            one
            for one in self._webhooks.values()
            if one.project == project and one.status is not WebhookStatus.DELETED
        ]


class MemoryDeliveryStore(DeliveryStore):
    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables = tables
        self._ledger = MemoryDeliveryLedger(tables, clock=clock)

    async def spread(self, events: Sequence[OutgoingEvent]) -> None:
        rules.spread(self._ledger, events)

    async def due(self) -> bool:
        return bool(self._ledger.with_due(now=self._ledger.now()))

    async def claim(self, lease: LeaseRequest, *, most: int) -> tuple[Letter, ...]:
        return rules.claim(self._ledger, lease, most=most)

    async def record(self, delivery: Delivery, attempt: Attempt) -> Webhook | None:
        return rules.record(self._ledger, delivery, attempt)

    async def release(self, delivery: Delivery) -> None:
        rules.release(self._ledger, delivery)

    async def owners(self) -> frozenset[WorkerId]:
        owners = {delivery.owner for delivery in self._tables.deliveries.values()}
        return frozenset(owner for owner in owners if owner is not None)

    async def abandon(self, owners: Collection[WorkerId]) -> int:
        return rules.abandon(self._ledger, owners)

    async def keep(self, delivery: Delivery) -> None:
        self._ledger.add(delivery)

    async def list(self, webhook_id: WebhookId, wanted: DeliveryFilter, page: Page) -> Listing[Delivery]:
        found = self._ledger.found(webhook_id, wanted)[::-1]
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def replay(self, webhook_id: WebhookId, delivery_id: DeliveryId) -> None:
        rules.replay(self._ledger, webhook_id, delivery_id)

    async def replay_range(self, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int) -> Replayed:
        return rules.replay_range(self._ledger, webhook_id, wanted, most=most)

    async def tidy(self, *, keep: timedelta, most: int) -> int:
        webhooks, deliveries = self._tables.webhooks, self._tables.deliveries
        closed = {one.id for one in webhooks.values() if rules.is_closed(one)}
        deleted = {one.id for one in webhooks.values() if one.status is WebhookStatus.DELETED}
        stale = self._ledger.now() - keep
        now = self._ledger.now()
        open_ = [
            one
            for one in deliveries.values()
            if one.webhook_id in closed - deleted
            and not one.status.is_over
            and (one.status is not DeliveryStatus.SENDING or one.due_at <= now)
        ]
        given_up = rules.give_up(self._ledger, open_[:most])
        old = [one.id for one in deliveries.values() if one.status.is_over and one.updated_at < stale]
        orphans = [one.id for one in deliveries.values() if one.webhook_id in deleted]
        removed = {*old[:most], *orphans[:most]}
        for delivery_id in removed:
            del deliveries[delivery_id]
        for webhook_id in deleted - {one.webhook_id for one in deliveries.values()}:
            del webhooks[webhook_id]
        return given_up + len(removed)


def _missing(webhook_id: WebhookId) -> Webhook:
    raise WebhookNotFound(webhook_id)
