"""The job store's statements, each compiled once."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from taskforce.core.jobs.ports import Claims
from taskforce.infrastructure.database.prepared import MakeInsert, Prepared, Upserting
from taskforce.infrastructure.database.rows import select_artifacts, select_jobs
from taskforce.infrastructure.database.tables import (
    NOT_OVER,
    QUEUED_UNDER_A_LIMIT,
    READY,
    RUNNING,
    artifacts,
    documents,
    job_events,
    job_inputs,
    job_steps,
    job_waits,
    jobs,
)

CHANGING = (
    "status",
    "updated_at",
    "due_at",
    "started_at",
    "ended_at",
    "epoch",
    "lease_owner",
    "lease_until",
    "losses",
    "cancel_requested",
    "last_event",
    "progress_percent",
    "progress_message",
    "result",
    "failure",
    "version",
)

_this_job = jobs.c.id == bindparam("job_id")
IN_SIGHT = jobs.c.pruned_at.is_(None)
"""The condition of whatever is read for somebody: what is pruned is gone, though its rows may be there."""


def _number(name: str, *also: ColumnElement[bool]) -> "ScalarSelect[int]":
    """Return the number of the job that is named by its id."""
    return select(jobs.c.number).where(jobs.c.id == bindparam(name), *also).scalar_subquery()


_of_this_job = {"job": _number("job_id")}

GET_JOB = Prepared(select_jobs().where(_this_job, IN_SIGHT))
FIND_JOB = Prepared(select_jobs().where(_this_job, IN_SIGHT).with_for_update(of=jobs))
ADD_JOB = Prepared(lambda insert: insert(jobs).on_conflict_do_nothing())
ADD_DOCUMENT = Prepared(lambda insert: insert(documents).on_conflict_do_nothing())
ADD_INPUT = Prepared(
    insert(job_inputs).values(
        **_of_this_job,
        shared=select(documents.c.number)
        .where(documents.c.sha256 == bindparam("shared_sha256"))
        .scalar_subquery(),
    )
)
HOLDER = Prepared(select(jobs.c.id).where(jobs.c.lock == bindparam("held"), NOT_OVER))
SAVE_JOB = Prepared(
    update(jobs).where(_this_job).values({name: bindparam(f"new_{name}") for name in CHANGING})
)
_percent = bindparam("percent", type_=Float)
_line = bindparam("message", type_=Text)
_HOLD = (
    update(jobs)
    .where(_this_job, jobs.c.epoch == bindparam("held_epoch"), RUNNING)
    .values(
        lease_until=bindparam("until"),
        due_at=bindparam("until"),
        progress_percent=func.coalesce(_percent, jobs.c.progress_percent),
        progress_message=func.coalesce(_line, jobs.c.progress_message),
    )
    .returning(jobs.c.last_event, jobs.c.losses, jobs.c.cancel_requested)
)
_HAS_MOVED = or_(jobs.c.progress_percent != _percent, jobs.c.progress_message != _line)
HOLD = Prepared(
    _HOLD.values(
        updated_at=case(
            (_HAS_MOVED, bindparam("now", type_=jobs.c.updated_at.type)), else_=jobs.c.updated_at
        ),
        version=jobs.c.version + case((_HAS_MOVED, 1), else_=0),
    )
)
PROLONG = Prepared(
    _HOLD.values(
        last_event=jobs.c.last_event + bindparam("told"),
        updated_at=bindparam("now"),
        version=jobs.c.version + 1,
    )
)
FORGET_LOSSES = Prepared(update(jobs).where(_this_job).values(losses=0))
CHILDREN = Prepared(
    select_jobs().where(jobs.c.parent == bindparam("job_id"), NOT_OVER).order_by(jobs.c.created_at, jobs.c.id)
)


def _below() -> CTE:
    """Return the ids of all that a job has started, and that those have."""
    first = select(jobs.c.id).where(jobs.c.parent == bindparam("job_id")).cte("below", recursive=True)
    return first.union_all(select(jobs.c.id).join(first, jobs.c.parent == first.c.id))


BELOW = Prepared(
    select_jobs().where(jobs.c.id.in_(select(_below().c.id)), NOT_OVER).order_by(jobs.c.created_at, jobs.c.id)
)
RUNNING_BESIDE = Prepared(
    select(func.count())
    .select_from(jobs)
    .where(jobs.c.concurrency_key == bindparam("limited"), RUNNING, jobs.c.id != bindparam("job_id"))
)
RUNNING_OF = Prepared(
    select(func.count()).select_from(jobs).where(jobs.c.concurrency_key == bindparam("limited"), RUNNING)
)
QUEUED_OF = Prepared(
    select(func.count())
    .select_from(jobs)
    .where(jobs.c.concurrency_key == bindparam("limited"), QUEUED_UNDER_A_LIMIT)
)
LEASED_BY = Prepared(
    select_jobs()
    .where(RUNNING, jobs.c.lease_owner == bindparam("owner"), jobs.c.lease_until > bindparam("now"))
    .with_for_update(of=jobs)
)
HEAD = Prepared(select(jobs.c.last_event, jobs.c.status).where(_this_job, IN_SIGHT))
OWNERS = Prepared(select(jobs.c.lease_owner).where(RUNNING).distinct())

ADD_EVENT = Prepared(insert(job_events).values(_of_this_job))
EVENTS = Prepared(
    select(job_events)
    .where(job_events.c.job == _number("of_job", IN_SIGHT), job_events.c.number > bindparam("after"))
    .order_by(job_events.c.number)
    .limit(bindparam("most"))
)


def _add_step(insert: MakeInsert) -> Upserting:
    new = insert(job_steps).values(_of_this_job)
    return new.on_conflict_do_update(
        index_elements=["job", "key"],
        set_={
            name: new.excluded[name]
            for name in ("status", "attempts", "output", "overflow", "error", "recorded_at")
        },
        where=or_(job_steps.c.status == "intended", job_steps.c.status == "retrying"),
    )


ADD_STEP = Prepared(_add_step)

_open_wait = job_waits.c.signal_name.is_(None)
_SIGNAL = ("signal_name", "signal_payload", "signal_by", "signal_at")


def _put_wait(insert: MakeInsert) -> Upserting:
    new = insert(job_waits).values(_of_this_job)
    return new.on_conflict_do_update(
        index_elements=["id"], set_={name: new.excluded[name] for name in _SIGNAL}, where=_open_wait
    )


PUT_WAIT = Prepared(_put_wait)
FIND_WAIT = Prepared(
    select(job_waits)
    .where(job_waits.c.id == bindparam("wait_id"), job_waits.c.job == _number("of_job"))
    .with_for_update()
)
OPEN_WAITS = Prepared(
    select(job_waits)
    .where(job_waits.c.job == _number("of_job"), _open_wait)
    .order_by(job_waits.c.opened_at, job_waits.c.key)
)
ANSWERABLE_WAITS = Prepared(
    select(job_waits)
    .join(jobs, jobs.c.number == job_waits.c.job)
    .where(jobs.c.id == bindparam("of_job"), _open_wait, NOT_OVER)
    .order_by(job_waits.c.opened_at, job_waits.c.key)
)
ANSWER_WAIT = Prepared(
    update(job_waits)
    .where(job_waits.c.id == bindparam("wait_id"), _open_wait)
    .values({name: bindparam(f"new_{name}") for name in (*_SIGNAL, "answered_in")})
)
ANSWERED = Prepared(
    select(job_waits.c.id)
    .where(job_waits.c.job == _number("of_job"), job_waits.c.answered_in == bindparam("in_epoch"))
    .limit(1)
)

ADD_ARTIFACT = Prepared(lambda insert: insert(artifacts).values(_of_this_job).on_conflict_do_nothing())
ARTIFACT = Prepared(
    select_artifacts().where(
        artifacts.c.id == bindparam("artifact_id"), artifacts.c.project == bindparam("of_project"), IN_SIGHT
    )
)
ARTIFACTS = Prepared(
    select_artifacts().where(jobs.c.id == bindparam("of_job"), IN_SIGHT).order_by(artifacts.c.key)
)


DEPTHS = Prepared(
    select(jobs.c.kind, func.count())
    .where(or_(RUNNING, READY), jobs.c.due_at <= bindparam("now"))
    .group_by(jobs.c.kind)
)


_ORDER = (jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)


@lru_cache
def told(count: int) -> Prepared:
    """Return the query for which of so many keys an event was told under."""
    return Prepared(
        select(job_events.c.key).where(
            job_events.c.job == _number("of_job"), _one_of(job_events.c.key, "key", count)
        )
    )


@lru_cache
def recorded(count: int) -> Prepared:
    """Return the query for which of so many keys a step is recorded under."""
    return Prepared(
        select(job_steps.c.key).where(
            job_steps.c.job == _number("of_job"), _one_of(job_steps.c.key, "key", count)
        )
    )


@lru_cache
def expired(kinds: int, roots: int | None) -> Prepared:
    """Return the query for the running job to be taken over first."""
    return Prepared(_first(select_jobs().where(RUNNING, _claimable(kinds, roots))))


@lru_cache
def ready(kinds: int, roots: int | None) -> Prepared:
    """Return the query for the queued or waiting job to be claimed first."""
    return Prepared(_first(select_jobs().where(READY, _claimable(kinds, roots))))


@lru_cache
def any_expired(kinds: int, roots: int | None) -> Prepared:
    """Return the query for whether a running job is to be taken over."""
    return Prepared(_any().where(RUNNING, _claimable(kinds, roots)))


@lru_cache
def any_ready(kinds: int, roots: int | None) -> Prepared:
    """Return the query for whether a queued or waiting job could be claimed."""
    return Prepared(_any().where(READY, _claimable(kinds, roots)))


@lru_cache
def due(kinds: int, roots: int | None) -> Prepared:
    """Return the query for how many jobs could be claimed."""
    return Prepared(
        select(func.count()).select_from(jobs).where(or_(RUNNING, READY), _claimable(kinds, roots))
    )


def claim_values(claims: Claims, *, now: datetime) -> dict[str, Any]:
    """Return what the queries for due jobs are asked with."""
    return {"now": now, **numbered("kind", claims.kinds), **numbered("root", claims.roots or ())}


def numbered(name: str, values: Iterable[str]) -> dict[str, str]:
    """Return values by numbered names, as the queries for several keys are asked."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


def _any() -> "Select[Any]":
    """Return the query for one row, in the order of the claims: their index leads to it."""
    return select(literal(1)).select_from(jobs).order_by(*_ORDER).limit(1)


def _first(query: "Select[Any]") -> "Select[Any]":
    return query.order_by(*_ORDER).limit(1).with_for_update(of=jobs, skip_locked=True)


def _claimable(kinds: int, roots: int | None) -> ColumnElement[bool]:
    conditions = [
        jobs.c.due_at <= bindparam("now"),
        _one_of(jobs.c.kind, "kind", kinds),
        or_(jobs.c.concurrency_key.is_(None), _running_beside() < jobs.c.concurrency_limit),
    ]
    if roots is not None:
        conditions.append(_one_of(jobs.c.root, "root", roots))
    return and_(*conditions)


def _running_beside() -> "ColumnElement[int]":
    beside = jobs.alias("beside")
    return (
        select(func.count())
        .select_from(beside)
        .where(
            beside.c.concurrency_key == jobs.c.concurrency_key,
            text("beside.status = 'running'"),
            beside.c.id != jobs.c.id,  # one whose lease ran out may yet go on: it keeps its room
        )
        .correlate(jobs)
        .scalar_subquery()
    )


def _one_of(column: ColumnElement[Any], name: str, count: int) -> ColumnElement[bool]:
    if count == 0:
        return false()
    return column.in_([bindparam(f"{name}_{place}", type_=column.type) for place in range(count)])
