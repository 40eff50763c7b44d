"""What is read of jobs, without a write."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from taskforce.core.artifacts import Artifact, ArtifactNotFound
from taskforce.core.identity import ArtifactId, JobId, ProjectId, WorkerId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.jobs.model import LOSSES_IN_A_ROW, Job, JobStatus
from taskforce.core.jobs.ports import Claims, Head, JobFilter
from taskforce.core.jobs.signals import Wait
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.database.rows import artifact_from, event_from, job_from, select_jobs, wait_from
from taskforce.infrastructure.database.tables import jobs
from taskforce.infrastructure.jobs import sql_statements as sql


def get(connection: Connection, job_id: JobId, *, project: ProjectId | None) -> Job:
    """Return the job, if it is the project's."""
    row = sql.GET_JOB.one(connection, {"job_id": job_id})
    if row is None:
        raise JobNotFound(job_id)
    job = job_from(row)
    if project is not None and job.project != project:
        raise JobNotFound(job_id)
    return job


def listed(connection: Connection, wanted: JobFilter, page: Page) -> Listing[Job]:
    """Return a page of jobs, newest first."""
    conditions = _conditions(wanted)
    total = connection.scalar(select(func.count()).select_from(jobs).where(*conditions))
    query = select_jobs().where(*conditions).order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=tuple(job_from(row) for row in rows), total=total or 0)


def latest(connection: Connection, subjects: Sequence[str], *, project: ProjectId) -> Mapping[str, Job]:
    """Return the newest job of each subject."""
    place = func.row_number().over(
        partition_by=jobs.c.subject, order_by=(jobs.c.created_at.desc(), jobs.c.id.desc())
    )
    ranked = (
        select(jobs.c.id, place.label("place"))
        .where(jobs.c.project == project, jobs.c.subject.in_(list(subjects)), sql.IN_SIGHT)
        .subquery()
    )
    query = select_jobs().join(ranked, ranked.c.id == jobs.c.id).where(ranked.c.place == 1)
    found = (job_from(row) for row in connection.execute(query))
    return {job.subject: job for job in found if job.subject is not None}


def below(connection: Connection, job_id: JobId) -> tuple[Job, ...]:
    """Return the jobs below a job that are not over."""
    return tuple(job_from(row) for row in sql.BELOW.all(connection, {"job_id": job_id}))


def owners(connection: Connection) -> frozenset[WorkerId]:
    """Return who holds leases."""
    return frozenset(WorkerId(owner) for (owner,) in sql.OWNERS.all(connection, {}))


def open_waits(connection: Connection, job_id: JobId) -> tuple[Wait, ...]:
    """Return the waits that can be answered."""
    return tuple(wait_from(row) for row in sql.ANSWERABLE_WAITS.all(connection, {"of_job": job_id}))


def events(connection: Connection, job_id: JobId, *, after: int, limit: int) -> tuple[RecordedEvent, ...]:
    """Return a page of the log."""
    rows = sql.EVENTS.all(connection, {"of_job": job_id, "after": after, "most": limit})
    return tuple(event_from(row) for row in rows)


def heads(connection: Connection, job_ids: Collection[JobId]) -> Mapping[JobId, Head]:
    """Return how far the logs go."""
    rows = ((job_id, sql.HEAD.one(connection, {"job_id": job_id})) for job_id in job_ids)
    return {
        job_id: Head(last_event=row[0], status=JobStatus(row[1])) for job_id, row in rows if row is not None
    }


def is_due(connection: Connection, claims: Claims, *, now: datetime) -> bool:
    """Tell whether a job could be claimed."""
    roots = None if claims.roots is None else len(claims.roots)
    values = sql.claim_values(claims, now=now)
    queries = (query(len(claims.kinds), roots) for query in (sql.any_ready, sql.any_expired))
    return any(query.one(connection, values) is not None for query in queries)


def due(connection: Connection, claims: Claims, *, now: datetime) -> int:
    """Return how many jobs could be claimed."""
    roots = None if claims.roots is None else len(claims.roots)
    row = sql.due(len(claims.kinds), roots).one(connection, sql.claim_values(claims, now=now))
    return row[0] if row else 0


def depths(connection: Connection, *, now: datetime) -> Mapping[str, int]:
    """Return how many jobs are due, by kind."""
    return dict(sql.DEPTHS.all(connection, {"now": now}))


def artifact(connection: Connection, artifact_id: ArtifactId, *, project: ProjectId) -> Artifact:
    """Return an artifact's record, if it is the project's."""
    row = sql.ARTIFACT.one(connection, {"artifact_id": artifact_id, "of_project": project})
    if row is None:
        raise ArtifactNotFound(artifact_id)
    return artifact_from(row)


def artifacts(connection: Connection, job_id: JobId) -> tuple[Artifact, ...]:
    """Return the artifacts of a job in the order of their keys."""
    return tuple(artifact_from(row) for row in sql.ARTIFACTS.all(connection, {"of_job": job_id}))


def _conditions(wanted: JobFilter) -> list[ColumnElement[bool]]:
    pairs: tuple[tuple[ColumnElement[Any], str | None], ...] = (
        (jobs.c.status, wanted.status),
        (jobs.c.kind, wanted.kind),
        (jobs.c.subject, wanted.subject),
        (jobs.c.parent, wanted.parent),
    )
    dead = (jobs.c.status == JobStatus.FAILED, jobs.c.losses >= LOSSES_IN_A_ROW)
    return [
        jobs.c.project == wanted.project,
        sql.IN_SIGHT,
        *(dead if wanted.dead else ()),
        *(column == value for column, value in pairs if value is not None),
    ]
