"""How sessions stand, as a condition of SQL: by the newest job, and by those below it while that waits."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, and_, exists, literal, or_, select

from taskforce.core.identity import SessionId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.jobs.signals import WaitKind
from taskforce.core.missions.delegation import MOST_DEPTH
from taskforce.core.missions.model import SessionStatus, status_of
from taskforce.infrastructure.database.tables import job_waits, jobs, sessions
from taskforce.infrastructure.missions.exchanges import subject_of

_GOING_ON = (JobStatus.QUEUED.value, JobStatus.RUNNING.value)


def stands_at(status: SessionStatus) -> ColumnElement[bool]:
    """Return the condition under which a session of the table stands so."""
    newest = (
        select(jobs.c.id)
        .where(jobs.c.subject == literal(subject_of(SessionId(""))) + sessions.c.id)
        .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        .limit(1)
        .correlate(sessions)
        .scalar_subquery()
    )
    if status_of(None) is status:
        return newest.is_(None)
    job = jobs.alias("newest")
    known = [of for of in JobStatus if of is not JobStatus.WAITING and status_of(of) is status]
    at_it: list[ColumnElement[bool]] = [job.c.status.in_([of.value for of in known])]
    waits = job.c.status == JobStatus.WAITING.value
    if status_of(JobStatus.WAITING, asks=True) is status:
        at_it.append(and_(waits, _is_paused(job)))
    if status_of(JobStatus.WAITING, asks=False) is status:
        at_it.append(and_(waits, ~_is_paused(job)))
    return exists().where(job.c.id == newest, or_(*at_it)).correlate(sessions)


def _is_paused(job: FromClause) -> ColumnElement[bool]:
    """Tell whether a job asks itself, or one below it does and none below it goes on."""
    lines = [_line(depth) for depth in range(1, MOST_DEPTH + 1)]
    goes_on = or_(*(_some(line, job, line[-1].c.status.in_(_GOING_ON)) for line in lines))
    others_ask = or_(
        *(
            _some(line, job, and_(line[-1].c.status == JobStatus.WAITING.value, _asks(line[-1])))
            for line in lines
        )
    )
    return or_(_asks(job), and_(others_ask, ~goes_on))


def _line(depth: int) -> Sequence[FromClause]:
    """Return a child, its child and so on."""
    return [jobs.alias(f"below_{depth}_{place}") for place in range(1, depth + 1)]


def _some(line: Sequence[FromClause], job: FromClause, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether there is such a line below a job, whose last fulfils the condition."""
    above = [job, *line[:-1]]
    links = [one.c.parent == parent.c.id for one, parent in zip(line, above, strict=True)]
    return exists().where(*links, condition).correlate(job)


def _asks(job: FromClause) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            job_waits.c.job == job.c.number,
            job_waits.c.kind == WaitKind.SIGNAL.value,
            job_waits.c.signal_name.is_(None),
        )
        .correlate(job)
    )
