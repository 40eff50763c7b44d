"""What the kernel needs from outside."""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from taskforce.core.artifacts import Artifact
from taskforce.core.identity import ArtifactId, JobId, ProjectId, WaitId, WorkerId
from taskforce.core.jobs.changes import Change, RememberRequest
from taskforce.core.jobs.events import Delta, KeyedEvent, RecordedEvent
from taskforce.core.jobs.model import Job, JobStatus, Outcome, Progress
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.jobs.signals import Signal, Wait
from taskforce.core.jobs.steps import StepRecord
from taskforce.core.paging import Listing, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRequest:
    """Who wants a lease, and for how long."""

    worker: WorkerId
    duration: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Which jobs a worker takes: these kinds; if `roots` is given, only jobs of these families."""

    kinds: frozenset[str]
    roots: frozenset[JobId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs are listed; None is any."""

    project: ProjectId
    status: JobStatus | None = None
    kind: str | None = None
    subject: str | None = None
    parent: JobId | None = None
    dead: bool = False
    """Only dead letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is recorded of a job, and of those it continues, to play it again."""

    steps: Mapping[str, StepRecord]
    waits: Mapping[str, Wait]
    events: frozenset[str]
    """Keys of the events told in this job itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What is written at a checkpoint, in one transaction with the fence and the lease."""

    steps: tuple[StepRecord, ...] = ()
    events: tuple[KeyedEvent, ...] = ()
    waits: tuple[Wait, ...] = ()
    children: tuple[Job, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    changes: tuple[Change, ...] = ()
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a job's log goes, and whether the job has ended."""

    last_event: int
    status: JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What a heartbeat learns: of the claimed jobs, which are lost, cancelled, or have news for a wait."""

    lost: frozenset[JobId] = field(default_factory=frozenset)
    cancelled: frozenset[JobId] = field(default_factory=frozenset)
    answered: frozenset[JobId] = field(default_factory=frozenset)


class JobStore(Protocol):
    """The truth about jobs. Every method is one transaction; every write of a worker names its epoch.

    A `job` given by a worker is the one it claimed: its id and epoch are the fence. Where the lease is lost,
    LeaseLost is raised and nothing is written. Methods may be awaited on any event loop.
    """

    @abstractmethod
    async def submit(
        self,
        job: Job,
        *,
        events: Sequence[KeyedEvent] = (),
        changes: Sequence[Change] = (),
        lease: LeaseRequest | None = None,
        most_waiting: int | None = None,
    ) -> Job:
        """Accept a new job with its first events; with a lease it is born running, if its key has room.

        Beside the jobs of its key that may run at once so many may wait for that; None: any number. Raises
        TooManyJobs when all these places are taken by jobs that run or are queued.

        Raises LockHeld when another job that is not over holds its lock, JobNotOver when one below the job
        that it continues is not: what that one does yet would not be handed on. JobNotFound when that job
        is gone.
        """

    @abstractmethod
    async def get(self, job_id: JobId, *, project: ProjectId | None) -> Job:
        """Return the job; raise JobNotFound, also when it is another project's. None: of any project."""

    @abstractmethod
    async def list(self, wanted: JobFilter, page: Page) -> Listing[Job]:
        """Return jobs, newest first."""

    @abstractmethod
    async def latest(self, subjects: Sequence[str], *, project: ProjectId) -> Mapping[str, Job]:
        """Return the newest job of each subject that has one."""

    @abstractmethod
    async def below(self, job_id: JobId) -> tuple[Job, ...]:
        """Return the jobs that a job has started, and those in turn, that are not over, oldest first."""

    @abstractmethod
    async def claim(self, claims: Claims, lease: LeaseRequest) -> Job | None:
        """Lease one due job, or return None at once.

        Expired leases first, then priority, then age; concurrency limits are kept. A job that lost its
        worker too often ends as a dead letter instead.
        """

    @abstractmethod
    async def load(self, job: Job) -> Record:
        """Return what is recorded of the job, and what those it continues hand on.

        They hand on answered waits, and steps that outlive their job. Of several under one key the nearest
        job's counts, also when it hands on nothing.
        """

    @abstractmethod
    async def commit(self, job: Job, commit: Commit, *, lease: timedelta) -> int:
        """Write a checkpoint, lengthen the lease, and return the number of the last event.

        Events whose key was told before are left out. A recorded step with a new key forgets losses.
        """

    @abstractmethod
    async def park(self, job: Job, commit: Commit) -> Job:
        """Write a checkpoint and give the lease back: waiting for news of an open wait, or queued if it came.

        News is an answer that came while the job was leased, or a wait's end; a claim records such ends.
        """

    @abstractmethod
    async def end(self, job: Job, commit: Commit, outcome: Outcome) -> Job:
        """Write the last checkpoint and end the job with its closing events.

        In the same transaction its parent's wait is answered; children that are not over are cancelled.
        """

    @abstractmethod
    async def release(self, job: Job, *, pause: timedelta | None = None) -> None:
        """Give the lease back without a loss; a lease that is lost already is no error.

        The job may be claimed at once; after a pause when one is given, or news or a cancellation comes.
        """

    @abstractmethod
    async def heartbeat(
        self, jobs: Sequence[Job], *, lease: timedelta, progress: Mapping[JobId, Progress]
    ) -> Pulse:
        """Lengthen the leases that still hold, and tell what became of the jobs."""

    @abstractmethod
    async def glance(self, jobs: Sequence[Job]) -> Pulse:
        """Tell what became of the jobs, without a write."""

    @abstractmethod
    async def owners(self) -> frozenset[WorkerId]:
        """Return who holds leases."""

    @abstractmethod
    async def abandon(self, owners: Collection[WorkerId]) -> int:
        """Make the jobs of dead owners claimable at once; return how many."""

    @abstractmethod
    async def cancel(self, job_id: JobId, *, project: ProjectId) -> Job:
        """Cancel a job and, before it, its children. Raises JobNotFound, JobIsOver."""

    @abstractmethod
    async def answer(self, wait_id: WaitId, signal: Signal, *, job_id: JobId, project: ProjectId) -> Job:
        """Give a wait its signal and let the job go on.

        Raises JobNotFound, WaitNotFound, WaitNotOpen when it was answered before or the job is over.
        """

    @abstractmethod
    async def waits(self, job_id: JobId) -> tuple[Wait, ...]:
        """Return the open waits of a job, oldest first."""

    @abstractmethod
    async def events(self, job_id: JobId, *, after: int, limit: int) -> tuple[RecordedEvent, ...]:
        """Return a page of the log: events with a number above `after`."""

    @abstractmethod
    async def heads(self, job_ids: Collection[JobId]) -> Mapping[JobId, Head]:
        """Return how far the logs of these jobs go."""

    @abstractmethod
    async def is_due(self, claims: Claims) -> bool:
        """Tell whether a job could be claimed now; it costs the same however many wait."""

    @abstractmethod
    async def due(self, claims: Claims) -> int:
        """Return how many jobs could be claimed now, which takes longer the more there are."""

    @abstractmethod
    async def depths(self) -> Mapping[str, int]:
        """Return by kind how many jobs are due now, whether or not a limit of their key has room."""

    @abstractmethod
    async def artifact(self, artifact_id: ArtifactId, *, project: ProjectId) -> Artifact:
        """Return an artifact's record. Raises ArtifactNotFound."""

    @abstractmethod
    async def artifacts(self, job_id: JobId) -> tuple[Artifact, ...]:
        """Return the artifacts of a job, in the order of their keys."""

    @abstractmethod
    async def check(self) -> None:
        """Return when the store answers; raise Unavailable with the reason when not."""


class RequestLog(Protocol):
    """Knows what requests under a key have made; they are written by the change RememberRequest."""

    @abstractmethod
    async def find(self, request: RequestKey) -> RememberRequest | None:
        """Return what is remembered of a request, or None when nothing was made under its key."""

    @abstractmethod
    async def forget(self, *, before: datetime, limit: int) -> int:
        """Forget up to `limit` requests of before a moment, the oldest first, and return how many.

        Their keys are free again; what they made stays. Any number of processes may do it at once.
        """


class Hint(Protocol):
    """Word that there is work of a kind. Whoever takes it claims what is due, be it this job or another.

    Its methods may be called from any thread; none of them blocks or fails.
    """

    is_of_a_job: bool
    """Whether it was given for one job; else it stands for all of its kind that are due."""

    @abstractmethod
    def keep(self) -> None:
        """Say that what it led to goes on."""

    @abstractmethod
    def settle(self) -> None:
        """Say that what it led to is on record, or that it led to nothing."""

    @abstractmethod
    def pass_on(self) -> None:
        """Say that what it led to was cut off and is somebody else's."""


class JobQueue(Protocol):
    """Carries hints that there is work of a kind. A hint may be lost, doubled or late without harm."""

    reaches_others: bool = False
    """Whether hints reach workers of other processes; then these need not look often for themselves."""

    @abstractmethod
    def notify(self, kind: str, job_id: JobId | None = None) -> None:
        """Say that a job of this kind is due, and which one if that is known.

        From any thread; never blocks, never fails.
        """

    @abstractmethod
    async def wait(self, kinds: frozenset[str], *, timeout: timedelta) -> Hint | None:
        """Return the next hint for one of the kinds, or None after the timeout."""

    @abstractmethod
    async def check(self) -> None:
        """Return when hints can be carried; raise Unavailable with the reason when not."""


class Watch(Protocol):
    """One watcher's ear on one job."""

    @abstractmethod
    async def next(self, *, timeout: timedelta) -> tuple[Delta, ...]:
        """Return at the next news, with the hints since the last call; none when the log moved or time is up.

        A watcher that is slow loses hints, oldest first; it never holds up anyone.
        """


class JobFeed(Protocol):
    """Wakes watchers. It carries no facts: those are in the log."""

    @abstractmethod
    def moved(self, job_id: JobId) -> None:
        """Say that the job's log or row has moved; from any thread, never blocks."""

    @abstractmethod
    def hint(self, job_id: JobId, delta: Delta) -> None:
        """Show live output to whoever watches now; from any thread, never blocks."""

    @abstractmethod
    def watch(self, job_id: JobId) -> AbstractAsyncContextManager[Watch]:
        """Listen to a job on the running event loop until the context is left."""

    @abstractmethod
    def watched(self) -> frozenset[JobId]:
        """Return the jobs that somebody listens to."""


class WorkerRoster(Protocol):
    """Knows which workers of this host live."""

    @abstractmethod
    def enlist(self, worker: WorkerId) -> None:
        """Be known as alive until this process ends, in whatever way."""

    @abstractmethod
    def leave(self, worker: WorkerId) -> None:
        """Be known as gone."""

    @abstractmethod
    def dead(self, workers: Collection[WorkerId]) -> frozenset[WorkerId]:
        """Return those known to be dead; of whom nothing is known, another host's, is not among them."""


class Probe(Protocol):
    """Is told each place that a crash could fall on; tests die there."""

    @abstractmethod
    def reach(self, place: str) -> None:
        """Be at a place, such as `step.done:turn/2/model`."""
