"""The ledger of deliveries in a SQL database."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId, WorkerId
from taskforce.core.paging import Listing, Page
from taskforce.core.webhooks.deliveries import Delivery, DeliveryId, DeliveryStatus, WebhookId
from taskforce.core.webhooks.events import PING, OutgoingEvent
from taskforce.core.webhooks.model import Webhook
from taskforce.core.webhooks.ports import DeliveryFilter
from taskforce.infrastructure.database.tables import webhook_deliveries, webhooks
from taskforce.infrastructure.webhooks import sql_statements as sql
from taskforce.infrastructure.webhooks.ledger import DeliveryLedger
from taskforce.infrastructure.webhooks.sql_rows import (
    delivery_from,
    delivery_state,
    delivery_values,
    event_values,
    select_deliveries,
    webhook_from,
    webhook_state,
)

_OVER = [status.value for status in DeliveryStatus if status.is_over]


class SqlDeliveryLedger(DeliveryLedger):
    """The tables, over a connection that is in a transaction."""

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def enabled(self, project: ProjectId) -> Sequence[Webhook]:
        rows = sql.ENABLED.all(self._connection, {"of_project": project})
        return [webhook_from(row) for row in rows]

    def with_due(self, *, now: datetime) -> Sequence[Webhook]:
        return [webhook_from(row) for row in sql.WITH_DUE.all(self._connection, {"now": now})]

    def webhook(self, webhook_id: WebhookId) -> Webhook | None:
        row = sql.FIND_WEBHOOK.one(self._connection, {"webhook_id": webhook_id})
        return None if row is None else webhook_from(row)

    def put_webhook(self, webhook: Webhook) -> None:
        values = {f"new_{name}": value for name, value in webhook_state(webhook).items()}
        sql.SAVE_WEBHOOK.run(self._connection, {"webhook_id": webhook.id, **values})

    def sending(self, webhook_id: WebhookId, *, now: datetime) -> int:
        row = sql.SENDING.one(self._connection, {"webhook_id": webhook_id, "now": now})
        return 0 if row is None else int(row[0])

    def due(self, webhook_id: WebhookId, *, now: datetime, most: int) -> Sequence[Delivery]:
        asked = {"webhook_id": webhook_id, "now": now, "most": most}
        return [delivery_from(row) for row in sql.DUE.all(self._connection, asked)]

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        row = sql.FIND.one(self._connection, {"delivery_id": delivery_id})
        return None if row is None else delivery_from(row)

    def add(self, delivery: Delivery) -> bool:
        return sql.ADD.run(self._connection, delivery_values(delivery)) > 0

    def put(self, delivery: Delivery) -> None:
        values = {f"new_{name}": value for name, value in delivery_state(delivery).items()}
        sql.SAVE.run(self._connection, {"delivery_id": delivery.id, **values})

    def head(self, webhook_id: WebhookId, subject: str) -> Delivery | None:
        line = {"webhook_id": webhook_id, "of_subject": subject}
        in_hand = sql.IN_HAND.one(self._connection, line)
        if in_hand is not None:
            return self.delivery(in_hand[0])
        row = sql.FIRST.one(self._connection, line)
        return None if row is None else delivery_from(row)

    def sent_by(self, owners: Collection[WorkerId], *, now: datetime) -> Sequence[Delivery]:
        return [
            delivery_from(row)
            for owner in owners
            for row in sql.SENT_BY.all(self._connection, {"of_owner": owner})
        ]

    def over(self, webhook_id: WebhookId, wanted: DeliveryFilter, *, most: int) -> Sequence[Delivery]:
        of = webhook_deliveries.c
        conditions = [*_fit(webhook_id, wanted), of.status.in_(_OVER), of.type != PING]
        query = select_deliveries().where(*conditions).order_by(webhook_deliveries.c.number).limit(most)
        return [delivery_from(row) for row in self._connection.execute(query)]

    def tell(self, event: OutgoingEvent) -> None:
        sql.TELL.run(self._connection, event_values(event))

    def closed(self, *, most: int) -> Sequence[Delivery]:
        """Return open deliveries of disabled webhooks."""
        asked = {"now": self.now(), "most": most}
        return [delivery_from(row) for row in sql.CLOSED.all(self._connection, asked)]

    def forget(self, *, before: datetime, most: int) -> int:
        """Remove what was over before that moment, and what is of deleted webhooks; return how much."""
        old = sql.FORGET_OLD.run(self._connection, {"stale": before, "most": most})
        orphans = sql.FORGET_DELETED.run(self._connection, {"most": most})
        sql.FORGET_WEBHOOKS.run(self._connection, {})
        return old + orphans

    def listed(self, webhook_id: WebhookId, wanted: DeliveryFilter, page: Page) -> Listing[Delivery]:
        """Return a part of a webhook's deliveries, newest first."""
        conditions = _fit(webhook_id, wanted)
        count = select(func.count()).select_from(webhook_deliveries.join(webhooks)).where(*conditions)
        query = select_deliveries().where(*conditions).order_by(webhook_deliveries.c.number.desc())
        rows = self._connection.execute(query.limit(page.limit).offset(page.offset))
        total = self._connection.scalar(count)
        return Listing(items=tuple(delivery_from(row) for row in rows), total=total or 0)


def _fit(webhook_id: WebhookId, wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    of = webhook_deliveries.c
    conditions = [webhooks.c.id == webhook_id]
    conditions += [] if wanted.status is None else [of.status == wanted.status.value]
    conditions += [] if wanted.since is None else [of.at >= wanted.since]
    conditions += [] if wanted.until is None else [of.at < wanted.until]
    return conditions
