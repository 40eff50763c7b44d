"""Webhooks, deliveries and the outbox in a SQL database."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection

from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId, WorkerId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.webhooks.deliveries import Attempt, Delivery, DeliveryId, WebhookId
from taskforce.core.webhooks.errors import TooManyWebhooks, WebhookNotFound
from taskforce.core.webhooks.events import OutgoingEvent
from taskforce.core.webhooks.model import Webhook
from taskforce.core.webhooks.ports import (
    DeliveryFilter,
    DeliveryStore,
    Letter,
    Outbox,
    Replayed,
    WebhookStore,
)
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.webhooks import rules
from taskforce.infrastructure.webhooks import sql_statements as sql
from taskforce.infrastructure.webhooks.sql_ledger import SqlDeliveryLedger
from taskforce.infrastructure.webhooks.sql_rows import (
    event_from,
    webhook_from,
    webhook_state,
    webhook_values,
)

T = TypeVar("T")


class SqlOutbox(Outbox):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, *, limit: int) -> tuple[OutgoingEvent, ...]:
        rows = await self._database.read(lambda connection: sql.OUTBOX.all(connection, {"most": limit}))
        return tuple(event_from(row) for row in rows)

    async def remove(self, events: Sequence[OutgoingEvent]) -> None:
        gone = [{"gone": event.id} for event in events]
        await self._database.write(lambda connection: sql.TAKE_OUT.run_each(connection, gone))


class SqlWebhookStore(WebhookStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, webhook: Webhook, *, changes: Sequence[RememberRequest] = (), most: int) -> None:
        def write(connection: Connection) -> None:
            for change in changes:
                remember_request(connection, change)
            if _count(connection, webhook.project) >= most:
                raise TooManyWebhooks(most)
            sql.ADD_WEBHOOK.run(connection, webhook_values(webhook))

        await self._database.write(write)

    async def get(self, webhook_id: WebhookId, *, project: ProjectId) -> Webhook:
        return await self._database.read(lambda connection: _get(connection, webhook_id, project))

    async def list(self, page: Page, *, project: ProjectId) -> Listing[Webhook]:
        def read(connection: Connection) -> Listing[Webhook]:
            asked = {"of_project": project, "most": page.limit, "first": page.offset}
            found = tuple(webhook_from(row) for row in sql.WEBHOOKS.all(connection, asked))
            return Listing(items=found, total=_count(connection, project))

        return await self._database.read(read)

    async def change(
        self, webhook_id: WebhookId, change: Callable[[Webhook], Webhook], *, project: ProjectId
    ) -> Webhook:
        def write(connection: Connection) -> Webhook:
            changed = change(_get(connection, webhook_id, project))
            values = {f"new_{name}": value for name, value in webhook_state(changed).items()}
            sql.SAVE_WEBHOOK.run(connection, {"webhook_id": webhook_id, **values})
            return changed

        return await self._database.write(write)


class SqlDeliveryStore(DeliveryStore):
    """Deliveries as rows; those that are not over are found by indexes that hold nothing else."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def spread(self, events: Sequence[OutgoingEvent]) -> None:
        await self._write(lambda ledger: rules.spread(ledger, events))

    async def due(self) -> bool:
        return await self._read(lambda ledger: bool(ledger.with_due(now=ledger.now())))

    async def claim(self, lease: LeaseRequest, *, most: int) -> tuple[Letter, ...]:
        return await self._write(lambda ledger: rules.claim(ledger, lease, most=most))

    async def record(self, delivery: Delivery, attempt: Attempt) -> Webhook | None:
        return await self._write(lambda ledger: rules.record(ledger, delivery, attempt))

    async def release(self, delivery: Delivery) -> None:
        await self._write(lambda ledger: rules.release(ledger, delivery))

    async def owners(self) -> frozenset[WorkerId]:
        rows = await self._database.read(lambda connection: sql.OWNERS.all(connection, {}))
        return frozenset(owner for (owner,) in rows)

    async def abandon(self, owners: Collection[WorkerId]) -> int:
        return await self._write(lambda ledger: rules.abandon(ledger, owners))

    async def keep(self, delivery: Delivery) -> None:
        await self._write(lambda ledger: ledger.add(delivery))

    async def list(self, webhook_id: WebhookId, wanted: DeliveryFilter, page: Page) -> Listing[Delivery]:
        return await self._read(lambda ledger: ledger.listed(webhook_id, wanted, page))

    async def replay(self, webhook_id: WebhookId, delivery_id: DeliveryId) -> None:
        await self._write(lambda ledger: rules.replay(ledger, webhook_id, delivery_id))

    async def replay_range(self, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int) -> Replayed:
        return await self._write(lambda ledger: rules.replay_range(ledger, webhook_id, wanted, most=most))

    async def tidy(self, *, keep: timedelta, most: int) -> int:
        def write(ledger: SqlDeliveryLedger) -> int:
            given_up = rules.give_up(ledger, ledger.closed(most=most))
            return given_up + ledger.forget(before=ledger.now() - keep, most=most)

        return await self._write(write)

    async def _write(self, work: Callable[[SqlDeliveryLedger], T]) -> T:
        return await self._database.write(lambda connection: work(self._ledger(connection)))

    async def _read(self, work: Callable[[SqlDeliveryLedger], T]) -> T:
        return await self._database.read(lambda connection: work(self._ledger(connection)))

    def _ledger(self, connection: Connection) -> SqlDeliveryLedger:
        return SqlDeliveryLedger(connection, clock=self._clock)


def _get(connection: Connection, webhook_id: WebhookId, project: ProjectId) -> Webhook:
    row = sql.GET_WEBHOOK.one(connection, {"webhook_id": webhook_id})
    webhook = None if row is None else webhook_from(row)
    if webhook is None or webhook.project != project:
        raise WebhookNotFound(webhook_id)
    return webhook


def _count(connection: Connection, project: ProjectId) -> int:
    row = sql.COUNT_WEBHOOKS.one(connection, {"of_project": project})
    return 0 if row is None else int(row[0])
