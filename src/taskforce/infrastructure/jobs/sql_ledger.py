"""The ledger in a SQL database."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection

from taskforce.core.artifacts import Artifact
from taskforce.core.clock import Clock
from taskforce.core.documents import digest
from taskforce.core.errors import Conflict
from taskforce.core.identity import JobId, WaitId, WorkerId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import KeyUsedTwice, LockHeld
from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job, Progress
from taskforce.core.jobs.ports import Claims
from taskforce.core.jobs.signals import Signal, Wait
from taskforce.core.jobs.steps import StepRecord
from taskforce.infrastructure.database.holding import hold
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.rows import (
    artifact_values,
    event_values,
    job_from,
    job_state,
    job_values,
    step_values,
    wait_from,
    wait_values,
)
from taskforce.infrastructure.jobs import sql_statements as sql
from taskforce.infrastructure.jobs.ledger import (
    NOTHING_TO_TELL,
    NOTHING_TO_WRITE,
    Closings,
    Endings,
    Held,
    Ledger,
)

Applier = Callable[[Connection, Any], None]
Shared = Mapping[str, Collection[str]]
"""By kind of job, the members of its input that are the same in many jobs."""
NOTHING_SHARED: Shared = MappingProxyType({})
_KEYS_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What leaves, for a statement that finds out itself who wants it."""

    always: Sequence[str]
    """Patterns of types that leave whoever listens."""
    type_of: Callable[[str, str], str]
    """Returns the type of an event under which it leaves, by the job's kind and its own type."""
    thickest: int
    """Bytes of details, and characters of a message, that leave with an event."""


class Outlet(Protocol):
    """Writes events that are to leave where they wait, in the transaction that tells them."""

    leaving: Leaving | None
    """What it writes, in other words; None: nothing."""

    @abstractmethod
    def tell(
        self, connection: Connection, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime
    ) -> None:
        """Take events of a job; `after` is the number before the first."""


class NoOutlet(Outlet):
    """For a store whose events stay."""

    leaving = None

    def tell(
        self, connection: Connection, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime
    ) -> None:
        """Take nothing."""


NO_OUTLET = NoOutlet()


class SqlLedger(Ledger):
    """The tables, over a connection that is in a transaction."""

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Clock,
        appliers: Mapping[type, Applier],
        shared: Shared = NOTHING_SHARED,
        closings: Closings = NOTHING_TO_TELL,
        endings: Endings = NOTHING_TO_WRITE,
        outlet: Outlet = NO_OUTLET,
    ) -> None:
        self._connection = connection
        self._outlet = outlet
        self._clock = clock
        self._appliers = appliers
        self._shared = shared
        self._closings = closings
        self._endings = endings

    def now(self) -> datetime:
        return self._clock.now()

    def find(self, job_id: JobId) -> Job | None:
        row = sql.FIND_JOB.one(self._connection, {"job_id": job_id})
        return None if row is None else job_from(row)

    def closing(self, job: Job) -> Sequence[KeyedEvent]:
        tell = self._closings.get(job.kind)
        return () if tell is None else tell(job)

    def ending(self, job: Job) -> Sequence[Change]:
        write = self._endings.get(job.kind)
        return () if write is None else write(job)

    def add(self, job: Job) -> None:
        if sql.ADD_JOB.run(self._connection, job_values(job)) == 0:
            raise self._refusal(job)
        self._add_input(job)

    def _add_input(self, job: Job) -> None:
        names = self._shared.get(job.kind, ())
        shared = {name: value for name, value in job.input.items() if name in names}
        own = {name: value for name, value in job.input.items() if name not in names}
        sha256 = digest(shared) if shared else None
        if sha256 is not None:
            sql.ADD_DOCUMENT.run(self._connection, {"sha256": sha256, "content": shared})
        sql.ADD_INPUT.run(self._connection, {"job_id": job.id, "own": own, "shared_sha256": sha256})

    def _refusal(self, job: Job) -> Conflict:
        holder = sql.HOLDER.one(self._connection, {"held": job.lock})
        if job.lock is not None and holder is not None:
            return LockHeld(job.lock, holder[0])
        return Conflict(f"There is a job {job.id} already.")

    def save(self, job: Job) -> None:
        values = {f"new_{name}": value for name, value in job_state(job).items()}
        sql.SAVE_JOB.run(self._connection, {"job_id": job.id, **values})

    def hold(self, job: Job, *, until: datetime, progress: Progress | None, now: datetime) -> Held | None:
        held = _holding(job, until=until, progress=progress, now=now)
        return _held(sql.HOLD.one(self._connection, held))

    def prolong(
        self, job: Job, *, until: datetime, told: int, progress: Progress | None, now: datetime
    ) -> Held | None:
        held = _holding(job, until=until, progress=progress, now=now)
        return _held(sql.PROLONG.one(self._connection, {**held, "told": told}))

    def forget_losses(self, job_id: JobId) -> None:
        sql.FORGET_LOSSES.run(self._connection, {"job_id": job_id})

    def see(self, job_id: JobId) -> Job | None:
        row = sql.GET_JOB.one(self._connection, {"job_id": job_id})
        return None if row is None else job_from(row)

    def guard(self, key: str) -> None:
        hold(self._connection, f"concurrency/{key}")

    def has_room(self, job: Job) -> bool:
        if job.concurrency is None:
            return True
        row = sql.RUNNING_BESIDE.one(self._connection, {"job_id": job.id, "limited": job.concurrency.key})
        return row is not None and row[0] < job.concurrency.limit

    def crowd(self, key: str) -> int:
        rows = [query.one(self._connection, {"limited": key}) for query in (sql.RUNNING_OF, sql.QUEUED_OF)]
        return sum(row[0] for row in rows if row is not None)

    def next_due(self, claims: Claims, *, now: datetime) -> Job | None:
        row = self._first(sql.expired, claims, now) or self._first(sql.ready, claims, now)
        return None if row is None else job_from(row)

    def children(self, job_id: JobId) -> Sequence[Job]:
        return [job_from(row) for row in sql.CHILDREN.all(self._connection, {"job_id": job_id})]

    def below(self, job_id: JobId) -> Sequence[Job]:
        return [job_from(row) for row in sql.BELOW.all(self._connection, {"job_id": job_id})]

    def leased_by(self, owners: Collection[WorkerId], *, now: datetime) -> Sequence[Job]:
        return [
            job_from(row)
            for owner in owners
            for row in sql.LEASED_BY.all(self._connection, {"owner": owner, "now": now})
        ]

    def told(self, job_id: JobId, keys: Sequence[str]) -> set[str]:
        return self._found(sql.told, job_id, keys)

    def tell(self, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime) -> None:
        if events:
            numbered = enumerate(events, start=after + 1)
            rows = [event_values(job.id, number, event, at=at) for number, event in numbered]
            sql.ADD_EVENT.run_each(self._connection, rows)
            self._outlet.tell(self._connection, job, events, after=after, at=at)

    def recorded(self, job_id: JobId, keys: Sequence[str]) -> set[str]:
        return self._found(sql.recorded, job_id, keys)

    def record(self, job_id: JobId, step: StepRecord, *, at: datetime) -> None:
        if sql.ADD_STEP.run(self._connection, step_values(job_id, step, at=at)) == 0:
            raise KeyUsedTwice(step.key)

    def wait(self, wait_id: WaitId, *, job_id: JobId) -> Wait | None:
        row = sql.FIND_WAIT.one(self._connection, {"wait_id": wait_id, "of_job": job_id})
        return None if row is None else wait_from(row)

    def open_waits(self, job_id: JobId) -> Sequence[Wait]:
        return [wait_from(row) for row in sql.OPEN_WAITS.all(self._connection, {"of_job": job_id})]

    def put_wait(self, job_id: JobId, wait: Wait, *, at: datetime) -> None:
        sql.PUT_WAIT.run(self._connection, wait_values(job_id, wait, at=at))

    def answer(self, wait_id: WaitId, signal: Signal, *, job: Job) -> None:
        sql.ANSWER_WAIT.run(
            self._connection,
            {
                "wait_id": wait_id,
                "new_signal_name": signal.name,
                "new_signal_payload": signal.payload,
                "new_signal_by": signal.by,
                "new_signal_at": signal.at,
                "new_answered_in": job.epoch,
            },
        )

    def was_answered(self, job_id: JobId, *, epoch: int) -> bool:
        return sql.ANSWERED.one(self._connection, {"of_job": job_id, "in_epoch": epoch}) is not None

    def add_artifact(self, artifact: Artifact) -> None:
        if sql.ADD_ARTIFACT.run(self._connection, artifact_values(artifact)) == 0:
            raise KeyUsedTwice(artifact.ref.key)

    def apply(self, change: Change) -> None:
        self._appliers[type(change)](self._connection, change)

    def _first(
        self, query: Callable[[int, int | None], Prepared], claims: Claims, now: datetime
    ) -> tuple[Any, ...] | None:
        roots = None if claims.roots is None else len(claims.roots)
        return query(len(claims.kinds), roots).one(self._connection, sql.claim_values(claims, now=now))

    def _found(self, query: Callable[[int], Prepared], job_id: JobId, keys: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[start : start + _KEYS_AT_ONCE]
            values = {"of_job": job_id, **sql.numbered("key", some)}
            found.update(key for (key,) in query(len(some)).all(self._connection, values))
        return found


def _holding(job: Job, *, until: datetime, progress: Progress | None, now: datetime) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "held_epoch": job.epoch,
        "until": until,
        "percent": progress.percent if progress else None,
        "message": progress.message if progress else None,
        "now": now,
    }


def _held(row: tuple[Any, ...] | None) -> Held | None:
    return None if row is None else Held(last_event=row[0], losses=row[1], cancel_requested=bool(row[2]))
