"""Pruning jobs of a SQL database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.pruning import JobPruning, PrunedJob, Top, Tops
from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.tables import (
    PRUNED,
    artifacts,
    documents,
    job_events,
    job_inputs,
    job_steps,
    job_waits,
    jobs,
    sessions,
)
from taskforce.infrastructure.jobs.sql_statements import IN_SIGHT


class SqlJobPruning(JobPruning):
    """Prunes by a mark on the row. `by_subject` are kinds whose jobs go with what they are about."""

    def __init__(self, database: Database, *, by_subject: Collection[str]) -> None:
        self._database = database
        self._by_subject = tuple(by_subject)

    async def projects(self) -> tuple[ProjectId, ...]:
        return await self._database.read(_projects)

    async def tops(
        self, project: ProjectId, *, before: datetime, kind: str | None = None, after: Top | None, limit: int
    ) -> Tops:
        conditions = self._conditions(project, before, after)
        if kind is not None:
            conditions = (*conditions, jobs.c.kind == kind)
        return await self._database.read(
            lambda connection: _tops(connection, conditions, before=before, limit=limit)
        )

    async def prune(self, top: JobId, *, before: datetime, at: datetime) -> int:
        return await self._database.write(lambda connection: _prune(connection, top, before=before, at=at))

    async def subjects(self, top: JobId) -> tuple[str, ...]:
        rows = await self._database.read(lambda connection: _SUBJECTS.all(connection, {"top": top}))
        return tuple(sorted({subject for kind, subject in rows if kind in self._by_subject}))

    async def size(self, top: JobId) -> int:
        return await self._database.read(lambda connection: _size(connection, top))

    async def remains(self, *, limit: int) -> tuple[PrunedJob, ...]:
        rows = await self._database.read(lambda connection: _REMAINS.all(connection, {"most": limit}))
        return tuple(PrunedJob(id=job_id, project=project) for job_id, project in rows)

    async def erase(self, job_id: JobId, *, rows: int) -> bool:
        return await self._database.write(lambda connection: _erase(connection, job_id, most=rows))

    def _conditions(
        self, project: ProjectId, before: datetime, after: Top | None
    ) -> Sequence[ColumnElement[bool]]:
        conditions = [
            jobs.c.project == project,
            jobs.c.created_at < before,
            jobs.c.parent.is_(None),
            jobs.c.continues.is_(None),
            or_(jobs.c.kind.not_in(self._by_subject), jobs.c.subject.is_(None)),
            IN_SIGHT,
        ]
        if after is not None:
            place = tuple_(bindparam(None, after.created_at, type_=Moment), bindparam(None, after.id))
            conditions.append(tuple_(jobs.c.created_at, jobs.c.id) > place)
        return conditions


def _projects(connection: Connection) -> tuple[ProjectId, ...]:
    found = select(jobs.c.project).union(select(sessions.c.project))
    return tuple(ProjectId(project) for project in sorted(connection.scalars(found)))


def _tops(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], *, before: datetime, limit: int
) -> Tops:
    query = select(jobs.c.id, jobs.c.created_at).where(*conditions).order_by(jobs.c.created_at, jobs.c.id)
    page = [Top(id=job_id, created_at=at) for job_id, at in connection.execute(query.limit(limit))]
    old = tuple(top for top in page if not _is_young(connection, top.id, before=before))
    return Tops(found=old, after=page[-1] if len(page) == limit else None)


def _prune(connection: Connection, top: JobId, *, before: datetime, at: datetime) -> int:
    if _is_young(connection, top, before=before):
        return 0
    size = _size(connection, top)  # asked for, as SQLite's driver tells of no update behind a WITH how many
    _MARK.run(connection, {"top": top, "at": at})
    return size


def _size(connection: Connection, top: JobId) -> int:
    row = _SIZE.one(connection, {"top": top})
    return row[0] if row else 0


def _is_young(connection: Connection, top: JobId, *, before: datetime) -> bool:
    return _YOUNG.one(connection, {"top": top, "before": before}) is not None


def _erase(connection: Connection, job_id: JobId, *, most: int) -> bool:
    """Remove rows table by table; at the end the job itself, and a document that nobody shares any more."""
    found = _NUMBER.one(connection, {"job_id": job_id})
    if found is None:
        return True
    number, shared = found
    for some in _SOME:
        most -= some.run(connection, {"of": number, "most": most})
        if most <= 0:
            return False
    _DELETE_JOB.run(connection, {"of": number})
    if shared is not None:
        _DELETE_DOCUMENT.run(connection, {"document": shared})
    return True


def _family() -> CTE:
    """Return the ids of a job, of those it has started, and of all that continue one of them."""
    top = select(jobs.c.id).where(jobs.c.id == bindparam("top")).cte("family", recursive=True)
    others = select(jobs.c.id).join(top, or_(jobs.c.parent == top.c.id, jobs.c.continues == top.c.id))
    return top.union(others)


def _some_of(table: Table, key: "ColumnElement[Any]") -> Prepared:
    """Return the statement that removes a few of a job's rows."""
    some = select(key).where(table.c.job == bindparam("of")).order_by(key).limit(bindparam("most"))
    return Prepared(delete(table).where(table.c.job == bindparam("of"), key.in_(some)))


_is_family = jobs.c.id.in_(select(_family().c.id))
_YOUNG = Prepared(
    select(jobs.c.id)
    .where(_is_family, or_(jobs.c.ended_at.is_(None), jobs.c.ended_at >= bindparam("before", type_=Moment)))
    .limit(1)
)
_SIZE = Prepared(select(func.count()).select_from(jobs).where(_is_family, IN_SIGHT))
_SUBJECTS = Prepared(
    select(jobs.c.kind, jobs.c.subject).where(_is_family, jobs.c.subject.is_not(None), IN_SIGHT)
)
_MARK = Prepared(update(jobs).where(_is_family, IN_SIGHT).values(pruned_at=bindparam("at", type_=Moment)))
# A job has a higher number than those it was started by or continues.
_REMAINS = Prepared(
    select(jobs.c.id, jobs.c.project).where(PRUNED).order_by(jobs.c.number.desc()).limit(bindparam("most"))
)
_NUMBER = Prepared(
    select(jobs.c.number, job_inputs.c.shared)
    .outerjoin(job_inputs, job_inputs.c.job == jobs.c.number)
    .where(jobs.c.id == bindparam("job_id"), PRUNED)
)
_SOME = (
    _some_of(job_events, job_events.c.number),
    _some_of(job_steps, job_steps.c.key),
    _some_of(job_waits, job_waits.c.id),
    _some_of(artifacts, artifacts.c.id),
)
_DELETE_JOB = Prepared(delete(jobs).where(jobs.c.number == bindparam("of")))
_DELETE_DOCUMENT = Prepared(
    delete(documents).where(
        documents.c.number == bindparam("document"),
        ~select(job_inputs.c.job).where(job_inputs.c.shared == documents.c.number).exists(),
    )
)
