"""What is read of jobs again and again, on PostgreSQL in one statement for all who ask at once."""

# ruff: noqa: S608 - the names in the statements are those of our tables; values go along as arguments
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Integer
from sqlalchemy.types import TypeDecorator

from taskforce.core.jobs.events import RecordedEvent
from taskforce.core.jobs.model import Job
from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.postgres_arrays import DIALECT, PLACE, Arrays, Given
from taskforce.infrastructure.database.postgres_groups import Grouped
from taskforce.infrastructure.database.rows import event_from, job_from, select_jobs
from taskforce.infrastructure.database.tables import READY, RUNNING, job_events, jobs


class _Decoding:
    """Turns the values of columns into those of their types."""

    def __init__(self, columns: Sequence[Any]) -> None:
        self._decoders: list[tuple[int, Callable[[Any, Any], Any]]] = [
            (place, column.type.process_result_value)
            for place, column in enumerate(columns)
            if isinstance(column.type, TypeDecorator)
        ]

    def __call__(self, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, decode in self._decoders:
            values[place] = decode(values[place], DIALECT)
        return values


_OF_A_JOB = tuple(select_jobs().exported_columns)
JOB_COLUMNS = tuple(column.name for column in _OF_A_JOB[:-2])
"""The names of a job's own columns, in the order of `job_of`; behind them come the two parts of its input."""
_decoded_job = _Decoding(_OF_A_JOB)
_decoded_event = _Decoding(tuple(job_events.c))
_NAMED = Arrays(jobs.c.id)
_HELD = Arrays(jobs.c.id, jobs.c.epoch)
_PAGES = Arrays(jobs.c.id, Given("after", job_events.c.number), Given("most", Column("most", Integer)))
_INPUT = """
    JOIN job_inputs ON job_inputs.job = jobs.number
    LEFT JOIN documents ON documents.number = job_inputs.shared"""


def job_of(row: Sequence[Any]) -> Job:
    """Return the job of a row of JOB_COLUMNS, its own input and what it shares."""
    return job_from(_decoded_job(row))


def event_of(row: Sequence[Any]) -> RecordedEvent:
    """Return the event of a row of `Pages`."""
    return event_from(_decoded_event(row[1:]))


class _Asking(Grouped):
    """A statement for rows that are given."""

    writes = False
    given: ClassVar[Arrays]
    query: ClassVar[str]

    def words(self, group: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        return self.query, self.given.arguments(enumerate(group, start=1))


class Getting(_Asking):
    """Asked with `id`: the job."""

    given = _NAMED
    query = f"""SELECT asked.{PLACE}, {", ".join(f"jobs.{name}" for name in JOB_COLUMNS)},
        job_inputs.own, documents.content
        FROM {_NAMED.table("asked", first=1)} JOIN jobs ON jobs.id = asked.id {_INPUT}
        WHERE jobs.pruned_at IS NULL"""


class Heads(_Asking):
    """Asked with `id`: the number of the job's last event, and its status."""

    given = _NAMED
    query = f"""SELECT asked.{PLACE}, jobs.last_event, jobs.status
        FROM {_NAMED.table("asked", first=1)} JOIN jobs ON jobs.id = asked.id
        WHERE jobs.pruned_at IS NULL"""


class Pages(_Asking):
    """Asked with `id`, `after` and `most`: so many events of the log."""

    given = _PAGES
    query = f"""SELECT asked.{PLACE}, told.*
        FROM {_PAGES.table("asked", first=1)} JOIN jobs ON jobs.id = asked.id
        CROSS JOIN LATERAL (
            SELECT {", ".join(f"job_events.{column.name}" for column in job_events.c)} FROM job_events
            WHERE job_events.job = jobs.number AND job_events.number > asked.after
            ORDER BY job_events.number LIMIT asked.most) AS told
        WHERE jobs.pruned_at IS NULL
        ORDER BY asked.{PLACE}, told.number"""


class Glances(_Asking):
    """Asked with `id` and `epoch`: whether a job that is still held is to be cancelled, or was answered."""

    given = _HELD
    query = f"""SELECT asked.{PLACE}, jobs.cancel_requested, EXISTS (
            SELECT FROM job_waits WHERE job_waits.job = jobs.number AND job_waits.answered_in = asked.epoch)
        FROM {_HELD.table("asked", first=1)} JOIN jobs ON jobs.id = asked.id AND jobs.epoch = asked.epoch
        WHERE jobs.status || '' = 'running'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Which kinds of jobs somebody could play, and when."""

    kinds: Sequence[str]
    at: datetime


class Dues(Grouped):
    """Tells whether anything of some kinds could be claimed; one at a time."""

    writes = False
    most = 1

    def words(self, group: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        (asked,) = group
        return _DUES, (Moment().process_bind_param(asked.at, DIALECT), list(asked.kinds))


_CLAIMABLE = """SELECT FROM jobs
    WHERE jobs.{status} AND jobs.due_at <= $1 AND jobs.kind = ANY ($2::text[]) AND (
    jobs.concurrency_key IS NULL OR jobs.concurrency_limit > (
        SELECT count(*) FROM jobs AS beside WHERE beside.concurrency_key = jobs.concurrency_key
        AND beside.status = 'running' AND beside.id <> jobs.id))
    ORDER BY jobs.priority DESC, jobs.created_at, jobs.id LIMIT 1"""
_RUNNING = _CLAIMABLE.format(status=RUNNING)
_READY = _CLAIMABLE.format(status=READY)
_DUES = f"SELECT 1, EXISTS ({_READY}) OR EXISTS ({_RUNNING})"
