"""The statements of webhooks, deliveries and the outbox, each compiled once."""

from sqlalchemy import (
    ScalarSelect,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import outbox, webhook_deliveries, webhooks
from taskforce.infrastructure.webhooks.sql_rows import select_deliveries, select_outbox, select_webhooks

WEBHOOK_STATE = (
    *(
        "url",
        "event_types",
        "format",
        "description",
        "concurrency",
        "secret",
        "former_secret",
        "former_until",
    ),
    *("status", "disabled_because", "failures", "failing_since", "paused_until", "updated_at", "version"),
)
DELIVERY_STATE = ("status", "due_at", "tries", "attempts", "updated_at", "owner", "epoch")

_of = webhook_deliveries.c
_ENABLED = text("webhooks.status = 'enabled'")
_SENT = text("webhook_deliveries.status IN ('pending', 'sending')")
_SENDING = text("webhook_deliveries.status = 'sending'")
_UNDELIVERED = text("webhook_deliveries.status IN ('waiting', 'pending', 'sending')")
_THERE = webhooks.c.status != "deleted"
_this = webhooks.c.id == bindparam("webhook_id")


def _number(name: str = "webhook_id") -> "ScalarSelect[int]":
    """Return the number of the webhook that is named by its id."""
    return select(webhooks.c.number).where(webhooks.c.id == bindparam(name)).scalar_subquery()


_of_this = _of.webhook == _number()

# The outbox: asked with every commit that tells events, so it reads one index and nothing else.
WANTED = Prepared(
    select(webhooks.c.event_types).where(
        text("status = 'enabled'"), webhooks.c.project == bindparam("of_project")
    )
)
TELL = Prepared(insert(outbox))
OUTBOX = Prepared(select_outbox().order_by(outbox.c.number).limit(bindparam("most")))
# By its id, for SQLite gives the number of the last row again when that is gone.
TAKE_OUT = Prepared(delete(outbox).where(outbox.c.event_id == bindparam("gone")))

ADD_WEBHOOK = Prepared(insert(webhooks))
GET_WEBHOOK = Prepared(select_webhooks().where(_this, _THERE).with_for_update())
FIND_WEBHOOK = Prepared(select_webhooks().where(_this).with_for_update())
SAVE_WEBHOOK = Prepared(
    update(webhooks).where(_this).values({name: bindparam(f"new_{name}") for name in WEBHOOK_STATE})
)
COUNT_WEBHOOKS = Prepared(
    select(func.count()).select_from(webhooks).where(webhooks.c.project == bindparam("of_project"), _THERE)
)
WEBHOOKS = Prepared(
    select_webhooks()
    .where(webhooks.c.project == bindparam("of_project"), _THERE)
    .order_by(webhooks.c.created_at.desc(), webhooks.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("first"))
)
ENABLED = Prepared(select_webhooks().where(_ENABLED, webhooks.c.project == bindparam("of_project")))
WITH_DUE = Prepared(
    select_webhooks()
    .where(
        _ENABLED,
        or_(webhooks.c.paused_until.is_(None), webhooks.c.paused_until <= bindparam("now")),
        exists().where(_of.webhook == webhooks.c.number, _SENT, _of.due_at <= bindparam("now")),
    )
    .order_by(webhooks.c.number)
)

ADD = Prepared(lambda insert: insert(webhook_deliveries).values(webhook=_number()).on_conflict_do_nothing())
SAVE = Prepared(
    update(webhook_deliveries)
    .where(_of.id == bindparam("delivery_id"))
    .values({name: bindparam(f"new_{name}") for name in DELIVERY_STATE})
)
FIND = Prepared(
    select_deliveries().where(_of.id == bindparam("delivery_id")).with_for_update(of=webhook_deliveries)
)
SENDING = Prepared(
    select(func.count())
    .select_from(webhook_deliveries)
    .where(_of_this, _SENDING, _of.owner > "", _of.due_at > bindparam("now"))  # the same, to what is sent
)
DUE = Prepared(
    select_deliveries()
    .where(_of_this, _SENT, _of.due_at <= bindparam("now"))
    .order_by(_of.due_at)
    .limit(bindparam("most"))
    .with_for_update(of=webhook_deliveries, skip_locked=True)
)
_line = (_of_this, _of.subject == bindparam("of_subject"), _UNDELIVERED)
IN_HAND = Prepared(select(_of.id).where(*_line, _SENT).limit(1))
_first = select(func.min(_of.number)).where(*_line).scalar_subquery()
FIRST = Prepared(select_deliveries().where(_of.number == _first))
OWNERS = Prepared(select(_of.owner).where(_of.owner.is_not(None), _SENDING).distinct())
SENT_BY = Prepared(select_deliveries().where(_SENDING, _of.owner == bindparam("of_owner")))

_disabled = select(webhooks.c.number).where(webhooks.c.status == "disabled")
CLOSED = Prepared(
    select_deliveries()
    .where(
        _of.webhook.in_(_disabled),
        _of.subject > "",  # true of each: it leads SQLite to the index of what is open
        _UNDELIVERED,
        or_(_of.status != "sending", _of.due_at <= bindparam("now")),
    )
    .limit(bindparam("most"))
)
FORGET_OLD = Prepared(
    delete(webhook_deliveries).where(
        _of.number.in_(
            select(_of.number)
            .where(text("status IN ('delivered', 'given_up')"), _of.updated_at < bindparam("stale"))
            .order_by(_of.updated_at)
            .limit(bindparam("most"))
        )
    )
)
_deleted = select(webhooks.c.number).where(webhooks.c.status == "deleted")
FORGET_DELETED = Prepared(
    delete(webhook_deliveries).where(
        _of.number.in_(select(_of.number).where(_of.webhook.in_(_deleted)).limit(bindparam("most")))
    )
)
FORGET_WEBHOOKS = Prepared(
    delete(webhooks).where(webhooks.c.status == "deleted", ~exists().where(_of.webhook == webhooks.c.number))
)
