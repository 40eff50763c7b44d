"""The usual claim on PostgreSQL in one statement: of jobs that wait, under no limit."""

# ruff: noqa: S608 - the names in the statements are those of our tables; values go along as arguments
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskforce.core.jobs.model import LOSSES_IN_A_ROW, Job
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.database import PATIENT
from taskforce.infrastructure.database.postgres_arrays import DIALECT
from taskforce.infrastructure.database.postgres_groups import Grouped
from taskforce.infrastructure.database.tables import READY
from taskforce.infrastructure.jobs.postgres_reads import JOB_COLUMNS, job_of

_OF_JOBS = ", ".join(f"placed.{name}" for name in JOB_COLUMNS)


@dataclass(frozen=True, slots=True)
class Claiming(Grouped):
    """Leases the jobs that are due first, one for each who asks; of one worker, and of the same kinds.

    It tells whether there is anything unusual, and the job where that is a usual one: nobody's lease is over,
    no limit counts, no wait is open, and it did not lose too many workers. Asked with the time.
    """

    kinds: frozenset[str]
    lease: LeaseRequest
    patience = PATIENT

    def words(self, group: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        moment = Moment()
        at: datetime = max(group)
        until = moment.process_bind_param(at + self.lease.duration, DIALECT)
        now = moment.process_bind_param(at, DIALECT)
        return _CLAIM, (now, sorted(self.kinds), self.lease.worker, until, len(group))


def is_something_unusual_due(row: Sequence[Any]) -> bool:
    """Tell whether there is anything to be claimed that is not usual."""
    return bool(row[1])


def claimed(row: Sequence[Any]) -> Job | None:
    """Return the job that is claimed, if that was usual."""
    if row[2] is None:
        return None
    return job_of(row[2:])


_DUE = "jobs.due_at <= $1 AND jobs.kind = ANY ($2::text[])"
_FIRST = "jobs.priority DESC, jobs.created_at, jobs.id"
_CLAIM = f"""
WITH late AS MATERIALIZED (
    SELECT 1 FROM jobs WHERE jobs.status = 'running' AND {_DUE} LIMIT 1
), first AS MATERIALIZED (
    SELECT jobs.number, jobs.concurrency_key IS NULL AND jobs.losses < {LOSSES_IN_A_ROW} AND (
        jobs.epoch = 0 OR NOT EXISTS (
            SELECT FROM job_waits WHERE job_waits.job = jobs.number AND job_waits.signal_name IS NULL
        )) AS is_usual
    FROM jobs
    WHERE jobs.{READY} AND {_DUE} AND NOT EXISTS (SELECT FROM late)
    ORDER BY {_FIRST}
    LIMIT $5
    FOR NO KEY UPDATE OF jobs SKIP LOCKED
), taken AS (
    UPDATE jobs SET status = 'running', epoch = jobs.epoch + 1,
        lease_owner = $3, lease_until = $4, due_at = $4,
        started_at = coalesce(jobs.started_at, $1), updated_at = $1, version = jobs.version + 1
    FROM first WHERE jobs.number = first.number AND first.is_usual
    RETURNING jobs.*
), placed AS (
    SELECT row_number() OVER (ORDER BY {_FIRST}) AS place, jobs.* FROM taken AS jobs
)
SELECT asked.place, EXISTS (SELECT FROM late) OR EXISTS (SELECT FROM first WHERE NOT first.is_usual),
    {_OF_JOBS}, job_inputs.own, documents.content
FROM generate_series(1, $5) AS asked (place)
LEFT JOIN placed ON placed.place = asked.place
LEFT JOIN job_inputs ON job_inputs.job = placed.number
LEFT JOIN documents ON documents.number = job_inputs.shared
"""
