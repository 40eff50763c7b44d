"""The ledger in memory: dictionaries, and a journal that undoes what fails."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from taskforce.core.artifacts import Artifact
from taskforce.core.clock import Clock
from taskforce.core.errors import Conflict
from taskforce.core.identity import ArtifactId, JobId, WaitId, WorkerId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import KeyUsedTwice, LockHeld
from taskforce.core.jobs.events import KeyedEvent, RecordedEvent
from taskforce.core.jobs.model import Job, JobStatus, Progress
from taskforce.core.jobs.ports import Claims
from taskforce.core.jobs.signals import Signal, Wait
from taskforce.core.jobs.steps import StepRecord, StepStatus
from taskforce.infrastructure.jobs.ledger import (
    NOTHING_TO_TELL,
    NOTHING_TO_WRITE,
    Closings,
    Endings,
    Held,
    Ledger,
)

K = TypeVar("K")
V = TypeVar("V")
Applier = Callable[[Any], None]
_IN_THE_CROWD = frozenset({JobStatus.RUNNING, JobStatus.QUEUED})
_FINAL = frozenset({StepStatus.DONE, StepStatus.FAILED})


class Outlet(Protocol):
    """Takes events that are to leave, in the transaction that tells them."""

    @abstractmethod
    def tell(
        self, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime
    ) -> Callable[[], object]:
        """Take events of a job, `after` being the number before the first; return what takes them back."""


class NoOutlet(Outlet):
    """For a store whose events stay."""

    def tell(
        self, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime
    ) -> Callable[[], object]:
        """Take nothing."""
        return lambda: None


NO_OUTLET = NoOutlet()


@dataclass(frozen=True, slots=True)
class StoredWait:
    """A wait, and the epoch of its job in which somebody else answered."""

    wait: Wait
    answered_in: int | None = None


@dataclass(slots=True)
class Tables:
    """All that is stored."""

    jobs: dict[JobId, Job] = field(default_factory=dict)
    steps: dict[JobId, dict[str, StepRecord]] = field(default_factory=dict)
    events: dict[JobId, dict[int, RecordedEvent]] = field(default_factory=dict)
    told: dict[JobId, dict[str, int]] = field(default_factory=dict)
    waits: dict[JobId, dict[WaitId, StoredWait]] = field(default_factory=dict)
    artifacts: dict[ArtifactId, Artifact] = field(default_factory=dict)
    pruned: dict[JobId, Job] = field(default_factory=dict)
    """Jobs that are out of sight, and not in `jobs` any more."""


class MemoryLedger(Ledger):
    """One transaction over the tables; `undo` makes them what they were."""

    def __init__(
        self,
        tables: Tables,
        *,
        clock: Clock,
        appliers: Mapping[type, Applier],
        closings: Closings = NOTHING_TO_TELL,
        endings: Endings = NOTHING_TO_WRITE,
        outlet: Outlet = NO_OUTLET,
    ) -> None:
        self._outlet = outlet
        self._tables = tables
        self._clock = clock
        self._appliers = appliers
        self._closings = closings
        self._endings = endings
        self._journal: list[Callable[[], object]] = []

    def undo(self) -> None:
        """Take back what was written, the last first."""
        while self._journal:
            self._journal.pop()()

    def now(self) -> datetime:
        return self._clock.now()

    def find(self, job_id: JobId) -> Job | None:
        return self._tables.jobs.get(job_id)

    def closing(self, job: Job) -> Sequence[KeyedEvent]:
        tell = self._closings.get(job.kind)
        return () if tell is None else tell(job)

    def ending(self, job: Job) -> Sequence[Change]:
        write = self._endings.get(job.kind)
        return () if write is None else write(job)

    def add(self, job: Job) -> None:
        if job.id in self._tables.jobs:
            raise Conflict(f"There is a job {job.id} already.")
        if job.lock is not None:
            for other in self._tables.jobs.values():
                if other.lock == job.lock and not other.status.is_over:
                    raise LockHeld(job.lock, other.id)
        self._put(self._tables.jobs, job.id, job)

    def save(self, job: Job) -> None:
        self._put(self._tables.jobs, job.id, job)

    def hold(self, job: Job, *, until: datetime, progress: Progress | None, now: datetime) -> Held | None:
        found = self._held_by(job)
        if found is None:
            return None
        self.save(found.held(now=now, until=until, progress=progress))
        return _seen(found)

    def prolong(
        self, job: Job, *, until: datetime, told: int, progress: Progress | None, now: datetime
    ) -> Held | None:
        found = self._held_by(job)
        if found is None:
            return None
        last = found.last_event + told
        longer = replace(
            found.recorded(now=now, until=until, last_event=last, progress=progress), losses=found.losses
        )
        self.save(longer)
        return _seen(longer)

    def forget_losses(self, job_id: JobId) -> None:
        self.save(replace(self._tables.jobs[job_id], losses=0))

    def see(self, job_id: JobId) -> Job | None:
        return self.find(job_id)

    def guard(self, key: str) -> None:
        return  # one transaction at a time

    def has_room(self, job: Job) -> bool:
        if job.concurrency is None:
            return True
        beside = sum(
            other.status is JobStatus.RUNNING and other.id != job.id
            for other in self._tables.jobs.values()
            if other.concurrency is not None and other.concurrency.key == job.concurrency.key
        )
        return beside < job.concurrency.limit

    def crowd(self, key: str) -> int:
        return sum(
            job.status in _IN_THE_CROWD
            for job in self._tables.jobs.values()
            if job.concurrency is not None and job.concurrency.key == key
        )

    def next_due(self, claims: Claims, *, now: datetime) -> Job | None:
        return min(self.due(claims, now=now), key=_turn, default=None)

    def due(self, claims: Claims, *, now: datetime) -> Sequence[Job]:
        """Return the jobs that could be claimed."""
        return [
            job
            for job in self._tables.jobs.values()
            if job.is_claimable(now)
            and job.kind in claims.kinds
            and (claims.roots is None or job.root in claims.roots)
            and self.has_room(job)
        ]

    def children(self, job_id: JobId) -> Sequence[Job]:
        found = (job for job in self._tables.jobs.values() if job.parent == job_id and not job.status.is_over)
        return sorted(found, key=_age)

    def below(self, job_id: JobId) -> Sequence[Job]:
        known = {job_id}
        found = []
        for job in sorted(self._tables.jobs.values(), key=_age):  # a parent is older than its children
            if job.parent in known:
                known.add(job.id)
                found.append(job)
        return [job for job in found if not job.status.is_over]

    def leased_by(self, owners: Collection[WorkerId], *, now: datetime) -> Sequence[Job]:
        return [
            job
            for job in self._tables.jobs.values()
            if job.lease is not None and job.lease.owner in owners and job.lease.until > now
        ]

    def told(self, job_id: JobId, keys: Sequence[str]) -> set[str]:
        return self._tables.told.get(job_id, {}).keys() & set(keys)

    def tell(self, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime) -> None:
        log = self._tables.events.setdefault(job.id, {})
        told = self._tables.told.setdefault(job.id, {})
        for number, event in enumerate(events, start=after + 1):
            self._put(log, number, RecordedEvent(number=number, at=at, event=event.event))
            self._put(told, event.key, number)
        self._journal.append(self._outlet.tell(job, events, after=after, at=at))

    def recorded(self, job_id: JobId, keys: Sequence[str]) -> set[str]:
        return self._tables.steps.get(job_id, {}).keys() & set(keys)

    def record(self, job_id: JobId, step: StepRecord, *, at: datetime) -> None:
        steps = self._tables.steps.setdefault(job_id, {})
        there = steps.get(step.key)
        if there is not None and there.status in _FINAL:
            raise KeyUsedTwice(step.key)
        self._put(steps, step.key, step)

    def wait(self, wait_id: WaitId, *, job_id: JobId) -> Wait | None:
        stored = self._tables.waits.get(job_id, {}).get(wait_id)
        return None if stored is None else stored.wait

    def open_waits(self, job_id: JobId) -> Sequence[Wait]:
        return [
            stored.wait for stored in self._tables.waits.get(job_id, {}).values() if stored.wait.is_open()
        ]

    def put_wait(self, job_id: JobId, wait: Wait, *, at: datetime) -> None:
        waits = self._tables.waits.setdefault(job_id, {})
        there = waits.get(wait.id)
        if there is None:
            self._put(waits, wait.id, StoredWait(wait))
        elif there.wait.is_open():
            self._put(waits, wait.id, StoredWait(replace(there.wait, signal=wait.signal)))

    def answer(self, wait_id: WaitId, signal: Signal, *, job: Job) -> None:
        waits = self._tables.waits[job.id]
        self._put(waits, wait_id, StoredWait(replace(waits[wait_id].wait, signal=signal), job.epoch))

    def was_answered(self, job_id: JobId, *, epoch: int) -> bool:
        return any(stored.answered_in == epoch for stored in self._tables.waits.get(job_id, {}).values())

    def add_artifact(self, artifact: Artifact) -> None:
        for other in self._tables.artifacts.values():
            if other.ref.id == artifact.ref.id or (other.job_id, other.ref.key) == (
                artifact.job_id,
                artifact.ref.key,
            ):
                raise KeyUsedTwice(artifact.ref.key)
        self._put(self._tables.artifacts, artifact.ref.id, artifact)

    def apply(self, change: Change) -> None:
        self._appliers[type(change)](change)

    def _held_by(self, job: Job) -> Job | None:
        found = self.find(job.id)
        if found is None or found.epoch != job.epoch or found.status is not JobStatus.RUNNING:
            return None
        return found

    def _put(self, table: MutableMapping[K, V], key: K, value: V) -> None:
        if key in table:
            before = table[key]
            self._journal.append(lambda: table.__setitem__(key, before))
        else:
            self._journal.append(lambda: table.pop(key))
        table[key] = value


def _seen(job: Job) -> Held:
    return Held(last_event=job.last_event, losses=job.losses, cancel_requested=job.cancel_requested)


def _age(job: Job) -> tuple[datetime, str]:
    return job.created_at, job.id


def _turn(job: Job) -> tuple[bool, int, datetime, str]:
    return job.status is not JobStatus.RUNNING, -job.priority, job.created_at, job.id
