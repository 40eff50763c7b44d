"""The job store's usual writes on PostgreSQL, each one statement that is whole by itself.

Each does what the function of `transitions` does where nothing is unusual. Where something is, no row of
the job is written or, as with a key that is used already, none of the whole group.
"""

# ruff: noqa: S608 - the names in the statements are those of our tables; values go along as arguments
from abc import abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.steps import StepRecord
from taskforce.infrastructure.database.database import PATIENT
from taskforce.infrastructure.database.postgres_arrays import PLACE, Arrays, Given, Values
from taskforce.infrastructure.database.postgres_groups import Grouped
from taskforce.infrastructure.database.rows import event_values, step_values
from taskforce.infrastructure.database.tables import (
    NOT_OF_A_JOB,
    job_events,
    job_inputs,
    job_steps,
    jobs,
)
from taskforce.infrastructure.jobs.sql_ledger import Leaving

_STEP = Arrays(*(column for column in job_steps.c if column.name != "job"))
_EVENT = Arrays(
    *(column for column in job_events.c if column.name != "job"), Given("leaves", job_events.c.type)
)
_FRESH = Arrays(*(column for column in jobs.c if column.name not in NOT_OF_A_JOB), job_inputs.c.own)
_HELD = Arrays(
    jobs.c.id,
    Given("held_epoch", jobs.c.epoch),
    Given("held_status", jobs.c.status),
    Given("told", jobs.c.last_event),
    Given("percent", jobs.c.progress_percent),
    Given("line", jobs.c.progress_message),
    *(jobs.c[name] for name in ("updated_at", "lease_until", "status", "result", "failure")),
)
_CHANGED = """
    last_event = jobs.last_event + held.told,
    progress_percent = coalesce(held.percent, jobs.progress_percent),
    progress_message = coalesce(held.line, jobs.progress_message),
    updated_at = held.updated_at,
    version = jobs.version + 1"""
_RETURNED = f"""held.{PLACE}, jobs.number, jobs.last_event - held.told AS before, jobs.last_event,
    jobs.id, jobs.project, jobs.request_id, jobs.traceparent"""
_NONE_BELOW = """AND NOT EXISTS (
    SELECT FROM jobs AS child
    WHERE child.parent = jobs.id AND child.status IN ('queued', 'running', 'waiting'))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one who asks writes: values of the job's row, steps, and events that are told the first time."""

    job: Job
    at: datetime
    row: dict[str, Any]
    steps: Sequence[StepRecord]
    events: Sequence[KeyedEvent]


class Telling(Grouped):
    """Writes rows of jobs with their steps and events, and into the outbox what anybody wants of these."""

    answer: ClassVar[str] = "last_event"

    def __init__(self, leaving: Leaving | None) -> None:
        self._leaving = leaving

    def key(self, one: Any) -> Hashable:  # noqa: ANN401 - as Grouped says it
        told: Told = one
        return told.job.id

    def words(self, group: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        placed: list[tuple[int, Told]] = list(enumerate(group, start=1))
        given = _Given()
        parts = [self.jobs(given, [(place, told.row) for place, told in placed])]
        steps = [(place, _step(told, step)) for place, told in placed for step in told.steps]
        if steps:
            parts.append(_STEPS.format(step=given.table(_STEP, "step", steps)))
        events = [
            (place, self._event(told, number)) for place, told in placed for number in range(len(told.events))
        ]
        if events:
            parts.append(_EVENTS.format(event=given.table(_EVENT, "event", events)))
            if self._leaving is not None:
                always = given.value(list(self._leaving.always), "text[]")
                parts.append(_OUTGOING.format(always=always, thickest=self._leaving.thickest))
        return f"WITH {', '.join(parts)} SELECT {PLACE}, {self.answer} FROM written", given.arguments

    @abstractmethod
    def jobs(self, given: "_Given", rows: Sequence[tuple[int, Values]]) -> str:
        """Return the part `written`: the jobs, with `before`, the number before the first new event."""

    def _event(self, told: Told, place: int) -> Values:
        event = told.events[place]
        leaves = self._leaving.type_of(told.job.kind, event.event.type) if self._leaving else ""
        return event_values(told.job.id, place + 1, event, at=told.at) | {"leaves": leaves}


class Prolonging(Telling):
    """A checkpoint: the lease is lengthened."""

    patience = PATIENT

    def jobs(self, given: "_Given", rows: Sequence[tuple[int, Values]]) -> str:
        return f"""{_held(given, rows)}, written AS (
            UPDATE jobs SET lease_until = held.lease_until, due_at = held.lease_until, {_CHANGED}
            FROM held WHERE jobs.number = held.number
            RETURNING {_RETURNED})"""


class Ending(Telling):
    """The last checkpoint, and the end of a job without children that are not over."""

    answer = "last_event, progress_percent, progress_message, cancel_requested, version"
    patience = PATIENT

    def jobs(self, given: "_Given", rows: Sequence[tuple[int, Values]]) -> str:
        return f"""{_held(given, rows, also=_NONE_BELOW)}, written AS (
            UPDATE jobs SET status = held.status, result = held.result, failure = held.failure,
                ended_at = held.updated_at, epoch = jobs.epoch + 1,
                lease_owner = NULL, lease_until = NULL, due_at = NULL, {_CHANGED}
            FROM held WHERE jobs.number = held.number
            RETURNING {_RETURNED}, jobs.progress_percent, jobs.progress_message,
                jobs.cancel_requested, jobs.version)"""


class Submitting(Telling):
    """A new job with its first events."""

    def jobs(self, given: "_Given", rows: Sequence[tuple[int, Values]]) -> str:
        names = ", ".join(name for name in _FRESH.names if name != "own")
        return f"""fresh AS MATERIALIZED (SELECT * FROM {given.table(_FRESH, "fresh", rows)}), born AS (
            INSERT INTO jobs ({names}) SELECT {names} FROM fresh ORDER BY {PLACE}
            ON CONFLICT DO NOTHING
            RETURNING number, id), written AS MATERIALIZED (
            SELECT fresh.{PLACE}, born.number, 0::bigint AS before, fresh.last_event,
                fresh.id, fresh.project, fresh.request_id, fresh.traceparent, fresh.own
            FROM born JOIN fresh ON fresh.id = born.id), inputs AS (
            INSERT INTO job_inputs (job, own) SELECT number, own FROM written)"""


class _Given:
    """The arguments of a statement as it is put together."""

    def __init__(self) -> None:
        self.arguments: list[Any] = []

    def table(self, arrays: Arrays, name: str, rows: Iterable[tuple[int, Values]]) -> str:
        """Take rows, and return the table of them."""
        table = arrays.table(name, first=len(self.arguments) + 1)
        self.arguments += arrays.arguments(rows)
        return table

    def value(self, value: Any, kind: str) -> str:  # noqa: ANN401 - as the statement has it
        """Take a value, and return its place."""
        self.arguments.append(value)
        return f"${len(self.arguments)}::{kind}"


def _held(given: _Given, rows: Iterable[tuple[int, Values]], *, also: str = "") -> str:
    """Return the part `held`: the jobs behind their fences. Who is locked or lost workers is not among them.

    The status is given, for were it said here, the plan might go by the index of all that are running.
    """
    return f"""held AS (
        SELECT asked.*, jobs.number FROM {given.table(_HELD, "asked", rows)}
        JOIN jobs ON jobs.id = asked.id AND jobs.epoch = asked.held_epoch
        WHERE jobs.status = asked.held_status AND jobs.losses = 0 {also}
        FOR NO KEY UPDATE OF jobs SKIP LOCKED)"""


def _step(told: Told, step: StepRecord) -> Values:
    return step_values(told.job.id, step, at=told.at)


_OTHERS = [name for name in _STEP.names if name not in {"key", "status"}]
# A step that is recorded for good is not recorded again: its status would be NULL, which the table refuses.
_STEPS = f"""steps AS (
    INSERT INTO job_steps (job, {", ".join(_STEP.names)})
    SELECT written.number, {", ".join(f"step.{name}" for name in _STEP.names)}
    FROM written JOIN {{step}} ON step.{PLACE} = written.{PLACE}
    ON CONFLICT (job, key) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _OTHERS)},
        status = CASE WHEN job_steps.status IN ('intended', 'retrying') THEN excluded.status END)"""
_EVENTS = f"""event AS MATERIALIZED (SELECT * FROM {{event}}), events AS (
    INSERT INTO job_events (job, number, key, type, message, details, at)
    SELECT written.number, written.before + event.number, event.key, event.type, event.message, event.details,
        event.at
    FROM written JOIN event ON event.{PLACE} = written.{PLACE})"""
_MATCHES = """CASE WHEN right(pattern, 1) = '*' THEN starts_with(event.leaves, left(pattern, -1))
    ELSE event.leaves = pattern END"""
_OUTGOING = f"""outgoing AS (
    INSERT INTO outbox (event_id, project, type, name, subject, sequence, at, message, details,
        request_id, traceparent)
    SELECT written.id || '/' || (written.before + event.number), written.project, event.leaves, event.type,
        written.id, written.before + event.number, event.at, left(event.message, {{thickest}}),
        CASE WHEN length(event.details) <= {{thickest}} THEN event.details END,
        written.request_id, written.traceparent
    FROM written JOIN event ON event.{PLACE} = written.{PLACE}
    WHERE EXISTS (SELECT FROM unnest({{always}}) AS pattern WHERE {_MATCHES}) OR EXISTS (
        SELECT FROM webhooks, json_array_elements_text(webhooks.event_types::json) AS pattern
        WHERE webhooks.status = 'enabled' AND webhooks.project = written.project AND {_MATCHES})
    ORDER BY event.{PLACE}, event.number)"""
