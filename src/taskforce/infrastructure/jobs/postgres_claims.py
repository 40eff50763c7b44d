"""The usual claim on PostgreSQL in one statement: of a job that waits, under no limit."""

# ruff: noqa: S608 - the names in the statements are those of our tables; values go along as arguments
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskforce.core.jobs.model import LOSSES_IN_A_ROW, Job
from taskforce.core.jobs.ports import LeaseRequest
from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.postgres_arrays import DIALECT
from taskforce.infrastructure.database.postgres_groups import Grouped
from taskforce.infrastructure.jobs.postgres_reads import JOB_COLUMNS, job_of

_OF_JOBS = ", ".join(f"taken.{name}" for name in JOB_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who wants a job of which kinds, and when."""

    kinds: Sequence[str]
    lease: LeaseRequest
    at: datetime


class Claiming(Grouped):
    """Leases the job that is due first.

    It tells whether there is anything at all, and the job where that is a usual one: nobody's lease is
    over, no limit counts, no wait is open, and it did not lose too many workers.
    """

    most = 1

    def words(self, group: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        (claimant,) = group
        return _CLAIM, claimant_values(claimant)


def claimant_values(claimant: Claimant) -> Sequence[Any]:
    """Return the arguments of the claim."""
    moment = Moment()
    at = claimant.at
    until = at + claimant.lease.duration
    return (
        moment.process_bind_param(at, DIALECT),
        list(claimant.kinds),
        claimant.lease.worker,
        moment.process_bind_param(until, DIALECT),
    )


def is_something_due(row: Sequence[Any]) -> bool:
    """Tell whether there is anything to be claimed, usual or not."""
    return bool(row[1])


def claimed(row: Sequence[Any]) -> Job | None:
    """Return the job that is claimed, if that was usual."""
    if row[2] is None:
        return None
    return job_of(row[2:])


_DUE = "jobs.due_at <= $1 AND jobs.kind = ANY ($2::text[])"
_READY = "jobs.status IN ('queued', 'waiting') AND jobs.due_at IS NOT NULL"
_CLAIM = f"""
WITH late AS MATERIALIZED (
    SELECT 1 FROM jobs WHERE jobs.status = 'running' AND {_DUE} LIMIT 1
), first AS (
    SELECT jobs.number, jobs.concurrency_key IS NULL AND jobs.losses < {LOSSES_IN_A_ROW} AND (
        jobs.epoch = 0 OR NOT EXISTS (
            SELECT FROM job_waits WHERE job_waits.job = jobs.number AND job_waits.signal_name IS NULL
        )) AS is_usual
    FROM jobs
    WHERE {_READY} AND {_DUE} AND NOT EXISTS (SELECT FROM late)
    ORDER BY jobs.priority DESC, jobs.created_at, jobs.id
    LIMIT 1
    FOR NO KEY UPDATE OF jobs SKIP LOCKED
), taken AS (
    UPDATE jobs SET status = 'running', epoch = jobs.epoch + 1,
        lease_owner = $3, lease_until = $4, due_at = $4,
        started_at = coalesce(jobs.started_at, $1), updated_at = $1, version = jobs.version + 1
    FROM first WHERE jobs.number = first.number AND first.is_usual
    RETURNING jobs.*
)
SELECT 1, EXISTS (SELECT FROM late) OR EXISTS (SELECT FROM first),
    {_OF_JOBS}, job_inputs.own, documents.content
FROM (SELECT) AS one
LEFT JOIN taken ON true
LEFT JOIN job_inputs ON job_inputs.job = taken.number
LEFT JOIN documents ON documents.number = job_inputs.shared
"""
