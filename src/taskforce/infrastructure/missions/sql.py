"""Sessions in a SQL database."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select

from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.missions.changes import CreateSession, JoinSession
from taskforce.core.missions.errors import SessionNotFound
from taskforce.core.missions.model import Condemned, Exchange, Session, SessionStatus
from taskforce.core.missions.opening import OpeningLine
from taskforce.core.missions.ports import SessionStore
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import sessions
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.missions.latest import Latest
from taskforce.infrastructure.missions.sql_exchanges import SqlExchanges
from taskforce.infrastructure.missions.sql_removal import (
    condemn,
    remove,
    select_sessions,
    session_from,
    unused,
)
from taskforce.infrastructure.missions.sql_standing import stands_at

MOST = 1_024


class SqlSessionStore(SessionStore):
    def __init__(self, database: Database) -> None:
        self._database = database
        self._exchanges = SqlExchanges()
        self._latest: Latest[SessionId, Session] = Latest(most=MOST)
        """A session never changes; that it may be gone is what `recall` says."""

    async def add(
        self,
        session: Session,
        *,
        opening: Sequence[OpeningLine] = (),
        changes: Sequence[RememberRequest] = (),
    ) -> None:
        def write(connection: Connection) -> None:
            for change in changes:
                remember_request(connection, change)
            _add(connection, session, opening)

        await self._database.write(write)

    async def get(self, session_id: SessionId, *, project: ProjectId) -> Session:
        row = await self._database.read(lambda connection: _GET.one(connection, {"session_id": session_id}))
        if row is None:
            raise SessionNotFound(session_id)
        session = session_from(row)
        self._latest.keep(session_id, session)
        return _of_project(session, project)

    async def recall(self, session_id: SessionId, *, project: ProjectId) -> Session:
        session = self._latest.find(session_id)
        return (
            await self.get(session_id, project=project) if session is None else _of_project(session, project)
        )

    async def opening(self, session_id: SessionId) -> tuple[OpeningLine, ...]:
        asked = {"session_id": session_id}
        row = await self._database.read(lambda connection: _OPENING.one(connection, asked))
        lines = row[0] or () if row else ()
        return tuple(OpeningLine.model_validate(line) for line in lines)

    async def condemn(
        self,
        session_id: SessionId,
        *,
        project: ProjectId,
        at: datetime,
        unused_since: datetime | None = None,
    ) -> Condemned:
        return await self._database.write(
            lambda connection: condemn(
                connection, session_id, project=project, at=at, unused_since=unused_since
            )
        )

    async def unused(
        self, *, project: ProjectId, before: datetime, after: Session | None, limit: int
    ) -> tuple[Session, ...]:
        return await self._database.read(
            lambda connection: unused(connection, project=project, before=before, after=after, limit=limit)
        )

    async def remove(self, session_id: SessionId) -> None:
        await self._database.write(lambda connection: remove(connection, session_id))

    async def list(
        self, page: Page, *, project: ProjectId, profile: str | None, status: SessionStatus | None
    ) -> Listing[Session]:
        conditions = [sessions.c.project == project, sessions.c.deleted_at.is_(None)]
        if profile is not None:
            conditions.append(sessions.c.profile == profile)
        if status is not None:
            conditions.append(stands_at(status))
        return await self._database.read(lambda connection: _listed(connection, conditions, page))

    async def exchanges(self, session_id: SessionId, *, before: JobId, limit: int) -> tuple[Exchange, ...]:
        return await self._database.read(
            lambda connection: self._exchanges.read(connection, session_id, before=before, limit=limit)
        )


def create_session(connection: Connection, change: CreateSession) -> None:
    """Write a new session in the transaction that the connection is in."""
    _add(connection, change.session, ())


def join_session(connection: Connection, change: JoinSession) -> None:
    """See that a session is there, in the transaction that the connection is in. Raises SessionNotFound."""
    if _JOIN.one(connection, {"session_id": change.session_id}) is None:
        raise SessionNotFound(change.session_id)


APPLIERS: dict[type, Callable[[Connection, Any], None]] = {
    CreateSession: create_session,
    JoinSession: join_session,
}


def _add(connection: Connection, session: Session, opening: Sequence[OpeningLine]) -> None:
    said = [line.model_dump(mode="json") for line in opening] or None
    _ADD.run(connection, {**asdict(session), "opening": said, "deleted_at": None})


def _of_project(session: Session, project: ProjectId) -> Session:
    if session.project != project:
        raise SessionNotFound(session.id)
    return session


def _listed(connection: Connection, conditions: list[ColumnElement[bool]], page: Page) -> Listing[Session]:
    total = connection.scalar(select(func.count()).select_from(sessions).where(*conditions))
    query = select_sessions().where(*conditions).order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=tuple(session_from(row) for row in rows), total=total or 0)


_ADD = Prepared(insert(sessions))
_IS_THERE = sessions.c.id == bindparam("session_id"), sessions.c.deleted_at.is_(None)
_GET = Prepared(select_sessions().where(*_IS_THERE))
_OPENING = Prepared(select(sessions.c.opening).where(*_IS_THERE))
_JOIN = Prepared(select(sessions.c.id).where(*_IS_THERE).with_for_update(read=True))
