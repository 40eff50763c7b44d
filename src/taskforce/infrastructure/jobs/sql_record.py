"""What is recorded of a job and of those it continues, read in one query a table."""

import json
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Text,
    bindparam,
    literal,
    or_,
    select,
    type_coerce,
)

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import NULL
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Record
from taskforce.core.jobs.signals import Wait
from taskforce.core.jobs.steps import StepError, StepRecord, StepStatus
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.rows import wait_from
from taskforce.infrastructure.database.tables import job_events, job_steps, job_waits, jobs

_DONE = StepStatus.DONE.value
_STATUS = {status.value: status for status in StepStatus}


def record_of(connection: Connection, job: Job) -> Record:
    """Return all that a job is played again from."""
    this = {"this_job": job.id}  # of several jobs the nearer comes later and wins
    waits: dict[str, Wait] = {}
    for row in _WAITS.all(connection, this):
        wait = wait_from(row)
        waits[wait.key] = wait
    events = frozenset(key for (key,) in _EVENT_KEYS.all(connection, this))
    rows = _STEPS.all(connection, this)
    rows.sort(key=itemgetter(-1), reverse=True)
    steps = RecordedSteps({row[0]: row for row in rows})
    return Record(steps=steps.handed_on(), waits=waits, events=events)


class RecordedSteps(Mapping[str, StepRecord]):
    """Steps by key, each decoded when it is asked for: 100,000 at once would hold up the whole process."""

    def __init__(self, rows: dict[str, tuple[Any, ...]]) -> None:
        self._rows = rows

    def handed_on(self) -> "RecordedSteps":
        """Return them without those of continued jobs that are to be tried again."""
        return RecordedSteps(
            {
                key: row
                for key, row in self._rows.items()
                if not row[-1] or row[1] == _DONE or self[key].outlives_its_job
            }
        )

    def __getitem__(self, key: str) -> StepRecord:
        _, status, attempts, output, overflow, error, _ = self._rows[key]
        return StepRecord(
            key=key,
            status=_STATUS[status],
            attempts=attempts,
            output=output or NULL,
            overflow=ArtifactRef.model_validate_json(overflow) if overflow else None,
            error=StepError(**json.loads(error)) if error else None,
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _chain() -> CTE:
    """Return the job at distance 0, the one it continues at 1, and so on."""
    near = (
        select(jobs.c.number, jobs.c.continues, literal(0, Integer).label("distance"))
        .where(jobs.c.id == bindparam("this_job"))
        .cte("chain", recursive=True)
    )
    farther = select(jobs.c.number, jobs.c.continues, near.c.distance + 1).join(
        near, jobs.c.id == near.c.continues
    )
    return near.union_all(farther)


def _text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return type_coerce(column, Text)


_chain_of_steps = _chain()
_STEPS = Prepared(
    select(
        job_steps.c.key,
        job_steps.c.status,
        job_steps.c.attempts,
        job_steps.c.output,
        _text(job_steps.c.overflow),
        _text(job_steps.c.error),
        _chain_of_steps.c.distance,
    ).join(_chain_of_steps, _chain_of_steps.c.number == job_steps.c.job)
)
_chain_of_waits = _chain()
_WAITS = Prepared(
    select(job_waits)
    .join(_chain_of_waits, _chain_of_waits.c.number == job_waits.c.job)
    .where(or_(_chain_of_waits.c.distance == 0, job_waits.c.signal_name.is_not(None)))
    .order_by(_chain_of_waits.c.distance.desc(), job_waits.c.opened_at)
)
_EVENT_KEYS = Prepared(
    select(job_events.c.key)
    .join(jobs, jobs.c.number == job_events.c.job)
    .where(jobs.c.id == bindparam("this_job"))
)
