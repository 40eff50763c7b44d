"""A job and its state machine: every change of a job's status is a method here."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, ProjectId, WorkerId
from taskforce.core.jobs.errors import JobIsOver, JobNotOver, LeaseLost

DEAD_LETTER = "dead_letter"
CANCELLED = "cancelled"
LOSSES_IN_A_ROW = 3
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Due now, by every clock: also by one that is behind the clock of whoever lets the job go on."""


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can come after it."""
        return self in {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right of one worker to write a job until a moment; the epoch is the fence."""

    owner: WorkerId
    epoch: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job failed: a code for programs, a message for people, the traceback's last lines."""

    code: str
    message: str
    details: JsonObject = field(default_factory=dict)
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job says it is."""

    percent: float = 0.0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a job came to."""

    status: JobStatus
    result: JsonObject | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """At most `limit` jobs that bear the same key run at once."""

    key: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How many jobs that bear the same key run at once, and how many more may wait for that."""

    key: str
    running: int
    waiting: int | None = None
    """One more is refused; None: any number waits."""

    def __post_init__(self) -> None:
        if self.running < 1 or (self.waiting is not None and self.waiting < 0):
            raise ValueError("a throttle lets at least one job run, and none or more wait")

    @property
    def concurrency(self) -> Concurrency:
        """Return what a job keeps of it."""
        return Concurrency(key=self.key, limit=self.running)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The request that a job came from, for logs and traces."""

    request_id: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One durable execution."""

    id: JobId
    kind: str
    project: ProjectId
    input: JsonObject
    created_by: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None = AT_ONCE
    """When it may be claimed next; None while it waits for a word without an end, and when it is over."""
    status: JobStatus = JobStatus.QUEUED
    priority: int = 0
    """Higher first."""
    subject: str | None = None
    """What it is about, such as a session; jobs are listed by it."""
    lock: str | None = None
    """At most one job that is not over holds it."""
    concurrency: Concurrency | None = None
    root: JobId
    """The job at the top of its family: itself, or its parent's root."""
    parent: JobId | None = None
    parent_key: str | None = None
    continues: JobId | None = None
    """The ended job whose recorded steps it reuses."""
    epoch: int = 0
    lease: Lease | None = None
    losses: int = 0
    """How often in a row a worker was lost without a newly recorded step."""
    cancel_requested: bool = False
    last_event: int = 0
    progress: Progress = Progress()
    outcome: Outcome | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    origin: Origin = Origin()
    version: int = 1
    """Goes up with each stored change but that of the lease's end."""

    def throttled(self, throttle: Throttle | None) -> Self:
        """Return a new job as one of those that share this throttle."""
        return self if throttle is None else replace(self, concurrency=throttle.concurrency)

    def is_claimable(self, now: datetime) -> bool:
        """Tell whether a worker may take it now."""
        return not self.status.is_over and self.due_at is not None and self.due_at <= now

    def claim(self, worker: WorkerId, *, now: datetime, lease: timedelta) -> Self:
        """Lease a due job to a worker; a lease that ran out counts as a loss."""
        if not self.is_claimable(now):
            raise LeaseLost(self.id)
        lost = self.status is JobStatus.RUNNING
        return self._changed(
            now,
            status=JobStatus.RUNNING,
            epoch=self.epoch + 1,
            lease=Lease(owner=worker, epoch=self.epoch + 1, until=now + lease),
            due_at=now + lease,
            losses=self.losses + 1 if lost else self.losses,
            started_at=self.started_at or now,
        )

    @property
    def is_dead_letter(self) -> bool:
        """Tell whether it lost too many workers in a row to be tried again."""
        return self.losses >= LOSSES_IN_A_ROW

    def held(self, *, now: datetime, until: datetime, progress: Progress | None) -> Self:
        """Lengthen the lease, which nobody is shown: it is a change only where the job got further."""
        lease = replace(self._own_lease(), until=until)
        told = self if progress in (None, self.progress) else self._changed(now, progress=progress)
        return replace(told, lease=lease, due_at=until)

    def recorded(self, *, now: datetime, until: datetime, last_event: int, progress: Progress | None) -> Self:
        """Take note of a newly recorded step: the lease is longer, the losses are forgotten."""
        lease = self._own_lease()
        return self._changed(
            now,
            lease=replace(lease, until=until),
            due_at=until,
            losses=0,
            last_event=last_event,
            progress=progress or self.progress,
        )

    def park(self, *, now: datetime, wake_at: datetime | None) -> Self:
        """Give the lease back and wait; `wake_at` is when it goes on at the latest."""
        self._own_lease()
        return self._changed(now, status=JobStatus.WAITING, lease=None, due_at=wake_at)

    def release(self, *, now: datetime, until: datetime | None = None) -> Self:
        """Give the lease back without a loss: queue again, or wait until a moment, unless it is cancelled."""
        self._own_lease()
        if until is not None and not self.cancel_requested:
            return self._changed(now, status=JobStatus.WAITING, lease=None, due_at=until)
        return self._changed(now, status=JobStatus.QUEUED, lease=None, due_at=AT_ONCE)

    def wake(self, *, now: datetime) -> Self:
        """Queue a waiting job, for there is news for it; any other stays as it is."""
        if self.status is not JobStatus.WAITING:
            return self
        return self._changed(now, status=JobStatus.QUEUED, due_at=AT_ONCE)

    def abandon(self, *, now: datetime) -> Self:
        """Make a running job claimable at once, for its worker is known to be dead."""
        if self.lease is None:
            return self
        return self._changed(now, lease=replace(self.lease, until=now), due_at=AT_ONCE)

    def end(self, outcome: Outcome, *, now: datetime) -> Self:
        """End it; what has ended stays ended. The epoch goes up, so that no worker writes it any more."""
        if self.status.is_over:
            raise JobIsOver(self.id, self.status)
        return self._changed(
            now,
            status=outcome.status,
            outcome=outcome,
            lease=None,
            due_at=None,
            epoch=self.epoch + 1,
            ended_at=now,
        )

    def cancel(self, *, now: datetime) -> Self:
        """Cancel it: at once when nobody leases it, else by asking its worker."""
        if self.status.is_over:
            raise JobIsOver(self.id, self.status)
        if self.lease is not None:
            return self._changed(now, cancel_requested=True)
        failure = Failure(code=CANCELLED, message="The job was cancelled.")
        return self.end(Outcome(status=JobStatus.CANCELLED, failure=failure), now=now)

    def retry(self, job_id: JobId, *, by: str, now: datetime, input: JsonObject | None = None) -> "Job":
        """Return a new job that continues this ended one."""
        if not self.status.is_over:
            raise JobNotOver(self.id, self.status)
        return Job(
            id=job_id,
            kind=self.kind,
            project=self.project,
            input=self.input if input is None else input,
            created_by=by,
            created_at=now,
            updated_at=now,
            priority=self.priority,
            subject=self.subject,
            lock=self.lock,
            concurrency=self.concurrency,
            root=job_id,
            continues=self.id,
        )

    def _own_lease(self) -> Lease:
        if self.lease is None or self.status is not JobStatus.RUNNING:
            raise LeaseLost(self.id)
        return self.lease

    def _changed(self, now: datetime, **changes: object) -> Self:
        return replace(self, updated_at=now, version=self.version + 1, **changes)  # type: ignore[arg-type]
