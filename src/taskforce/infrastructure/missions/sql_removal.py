"""Removing sessions from a SQL database, with the jobs that go with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Connection, Select, bindparam, delete, or_, select, update

from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.missions.errors import SessionBusy, SessionNotFound
from taskforce.core.missions.model import Condemned, Session
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import NOT_OVER, documents, job_inputs, jobs, sessions
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


def condemn(connection: Connection, session_id: SessionId, *, project: ProjectId, at: datetime) -> Condemned:
    """Mark a session, unless one of its jobs is not over, and return what goes with it."""
    row = _FIND.one(connection, {"session_id": session_id})
    if row is None or (session := session_from(row)).project != project:
        raise SessionNotFound(session_id)
    about = {"about": subject_of(session_id)}
    if (busy := _BUSY.one(connection, about)) is not None:
        raise SessionBusy(session_id, busy[0])
    _MARK.run(connection, {"session_id": session_id, "at": at})
    return Condemned(
        session=session, jobs=tuple(JobId(job_id) for (job_id,) in _GOING.all(connection, about))
    )


def remove(connection: Connection, session_id: SessionId) -> None:
    """Remove what a condemned session leaves in the database."""
    about = {"about": subject_of(session_id)}
    if _DELETE.run(connection, {"session_id": session_id}) == 0:
        return
    shared = _SHARED.all(connection, about)
    for (job_id,) in _GOING.all(connection, about):
        _DELETE_JOB.run(connection, {"job_id": job_id})
    for (number,) in shared:
        _DELETE_DOCUMENT.run(connection, {"document": number})


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
_SHARED = Prepared(
    select(job_inputs.c.shared)
    .join(jobs, jobs.c.number == job_inputs.c.job)
    .where(_is_going, job_inputs.c.shared.is_not(None))
    .distinct()
)
_DELETE_JOB = Prepared(delete(jobs).where(jobs.c.id == bindparam("job_id")))
_DELETE_DOCUMENT = Prepared(
    delete(documents).where(
        documents.c.number == bindparam("document"),
        ~select(job_inputs.c.job).where(job_inputs.c.shared == documents.c.number).exists(),
    )
)
