"""Removing sessions from a SQL database; the jobs that go with them are pruned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.missions.errors import SessionBusy, SessionNotFound
from taskforce.core.missions.model import Condemned, Session
from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import NOT_OVER, jobs, sessions
from taskforce.infrastructure.jobs.sql_statements import IN_SIGHT
from taskforce.infrastructure.missions.exchanges import subject_of

_OF_SESSIONS = [column for column in sessions.c if column.name not in {"opening", "deleted_at"}]


def select_sessions() -> "Select[Any]":
    """Return a query whose rows `session_from` reads."""
    return select(*_OF_SESSIONS)


def session_from(row: Sequence[Any]) -> Session:
    """Return the session of a row of `select_sessions`."""
    id, project, profile, workspace, created_by, created_at, forked_from = row
    return Session(
        id=id,
        project=project,
        profile=profile,
        workspace=workspace,
        created_by=created_by,
        created_at=created_at,
        forked_from=forked_from,
    )


def condemn(
    connection: Connection,
    session_id: SessionId,
    *,
    project: ProjectId,
    at: datetime,
    unused_since: datetime | None,
) -> Condemned:
    """Mark a session and its jobs, unless one of them is not over or too young, and return what goes."""
    row = _FIND.one(connection, {"session_id": session_id})
    if row is None or (session := session_from(row)).project != project:
        raise SessionNotFound(session_id)
    about = {"about": subject_of(session_id)}
    if (busy := _BUSY.one(connection, about)) is not None:
        raise SessionBusy(session_id, busy[0])
    if unused_since is not None and (young := _YOUNG.one(connection, {**about, "since": unused_since})):
        raise SessionBusy(session_id, young[0])
    _MARK.run(connection, {"session_id": session_id, "at": at})
    _MARK_JOBS.run(connection, {**about, "at": at})
    return Condemned(
        session=session, jobs=tuple(JobId(job_id) for (job_id,) in _GOING.all(connection, about))
    )


def remove(connection: Connection, session_id: SessionId) -> None:
    """Remove a condemned session."""
    _DELETE.run(connection, {"session_id": session_id})


def unused(
    connection: Connection, *, project: ProjectId, before: datetime, after: Session | None, limit: int
) -> tuple[Session, ...]:
    """Return sessions whose last job ended before a moment, and those that are half removed, oldest first."""
    about = literal(subject_of(SessionId(""))) + sessions.c.id
    is_used = (
        select(jobs.c.id)
        .where(jobs.c.subject == about, or_(jobs.c.ended_at.is_(None), jobs.c.ended_at >= before))
        .correlate(sessions)
        .exists()
    )
    conditions: list[ColumnElement[bool]] = [
        sessions.c.project == project,
        sessions.c.created_at < before,
        or_(sessions.c.deleted_at.is_not(None), ~is_used),
    ]
    if after is not None:
        place = tuple_(bindparam(None, after.created_at, type_=Moment), bindparam(None, after.id))
        conditions.append(tuple_(sessions.c.created_at, sessions.c.id) > place)
    query = select_sessions().where(*conditions).order_by(sessions.c.created_at, sessions.c.id).limit(limit)
    return tuple(session_from(row) for row in connection.execute(query))


def _going() -> CTE:
    """Return the ids of a session's jobs, and of those that they started or that continue them."""
    own = select(jobs.c.id).where(jobs.c.subject == bindparam("about")).cte("going", recursive=True)
    others = select(jobs.c.id).join(own, or_(jobs.c.parent == own.c.id, jobs.c.continues == own.c.id))
    return own.union(others)


_this_session = sessions.c.id == bindparam("session_id")
_FIND = Prepared(select_sessions().where(_this_session).with_for_update())
_MARK = Prepared(
    update(sessions).where(_this_session, sessions.c.deleted_at.is_(None)).values(deleted_at=bindparam("at"))
)
_DELETE = Prepared(delete(sessions).where(_this_session, sessions.c.deleted_at.is_not(None)))

_is_going = jobs.c.id.in_(select(_going().c.id))
_GOING = Prepared(select(jobs.c.id).where(_is_going).order_by(jobs.c.created_at, jobs.c.id))
_BUSY = Prepared(select(jobs.c.id).where(_is_going, NOT_OVER).order_by(jobs.c.created_at, jobs.c.id).limit(1))
_YOUNG = Prepared(
    select(jobs.c.id).where(_is_going, jobs.c.ended_at >= bindparam("since", type_=Moment)).limit(1)
)
_MARK_JOBS = Prepared(update(jobs).where(_is_going, IN_SIGHT).values(pruned_at=bindparam("at", type_=Moment)))
