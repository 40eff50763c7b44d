"""Sessions in a SQL database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, literal, or_, select

from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.model import JobStatus
from taskforce.core.missions.changes import CreateSession
from taskforce.core.missions.errors import SessionNotFound
from taskforce.core.missions.model import Exchange, Session, SessionStatus, status_of
from taskforce.core.missions.ports import SessionStore
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.rows import job_from, select_jobs
from taskforce.infrastructure.database.tables import jobs, sessions
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.missions.exchanges import exchange_of, subject_of


class SqlSessionStore(SessionStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session, *, changes: Sequence[RememberRequest] = ()) -> None:
        def write(connection: Connection) -> None:
            for change in changes:
                remember_request(connection, change)
            create_session(connection, CreateSession(session=session))

        await self._database.write(write)

    async def get(self, session_id: SessionId, *, project: ProjectId) -> Session:
        row = await self._database.read(lambda connection: _GET.one(connection, {"session_id": session_id}))
        if row is None or row[1] != project:
            raise SessionNotFound(session_id)
        return _session_from(row)

    async def list(
        self, page: Page, *, project: ProjectId, profile: str | None, status: SessionStatus | None
    ) -> Listing[Session]:
        conditions = [sessions.c.project == project]
        if profile is not None:
            conditions.append(sessions.c.profile == profile)
        if status is not None:
            conditions.append(_stands_at(status))
        return await self._database.read(lambda connection: _listed(connection, conditions, page))

    async def exchanges(self, session_id: SessionId, *, before: JobId, limit: int) -> tuple[Exchange, ...]:
        rows = await self._database.read(
            lambda connection: _EXCHANGES.all(
                connection, {"about": subject_of(session_id), "before": before, "most": limit}
            )
        )
        return tuple(exchange_of(job_from(row)) for row in reversed(rows))


def create_session(connection: Connection, change: CreateSession) -> None:
    """Write a new session in the transaction that the connection is in."""
    session = change.session
    _ADD.run(
        connection,
        {
            "id": session.id,
            "project": session.project,
            "profile": session.profile,
            "workspace": session.workspace,
            "created_by": session.created_by,
            "created_at": session.created_at,
        },
    )


def _stands_at(status: SessionStatus) -> ColumnElement[bool]:
    newest = (
        select(jobs.c.status)
        .where(jobs.c.subject == literal(subject_of(SessionId(""))) + sessions.c.id)
        .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    at_it = newest.in_([of.value for of in JobStatus if status_of(of) is status])
    return or_(newest.is_(None), at_it) if status_of(None) is status else at_it


def _listed(connection: Connection, conditions: list[ColumnElement[bool]], page: Page) -> Listing[Session]:
    total = connection.scalar(select(func.count()).select_from(sessions).where(*conditions))
    query = select(sessions).where(*conditions).order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=tuple(_session_from(row) for row in rows), total=total or 0)


def _session_from(row: Sequence[Any]) -> Session:
    id, project, profile, workspace, created_by, created_at = row
    return Session(
        id=id,
        project=project,
        profile=profile,
        workspace=workspace,
        created_by=created_by,
        created_at=created_at,
    )


_later = jobs.alias("later")
_ADD = Prepared(insert(sessions))
_GET = Prepared(select(sessions).where(sessions.c.id == bindparam("session_id")))
_EXCHANGES = Prepared(
    select_jobs()
    .where(
        jobs.c.subject == bindparam("about"),
        jobs.c.id < bindparam("before"),
        jobs.c.ended_at.is_not(None),
        ~select(_later.c.id).where(_later.c.continues == jobs.c.id).exists(),
    )
    .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    .limit(bindparam("most"))
)
