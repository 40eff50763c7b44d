"""What the rules of the job store need of what it is stored in, within one transaction."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from taskforce.core.artifacts import Artifact
from taskforce.core.identity import JobId, WaitId, WorkerId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job, Progress
from taskforce.core.jobs.ports import Claims
from taskforce.core.jobs.signals import Signal, Wait
from taskforce.core.jobs.steps import StepRecord

Closings = Mapping[str, Callable[[Job], Sequence[KeyedEvent]]]
"""By kind of job, what the log of one that has ended tells before it closes, however it came to its end."""
NOTHING_TO_TELL: Closings = MappingProxyType({})
Endings = Mapping[str, Callable[[Job], Sequence[Change]]]
"""By kind of job, what its capability writes when one has ended, however it came to its end."""
NOTHING_TO_WRITE: Endings = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Held:
    """What is seen of a job whose lease was just lengthened."""

    last_event: int
    losses: int
    cancel_requested: bool


class Ledger(Protocol):
    """Rows of jobs and of what belongs to them; all or nothing of what is written here stays."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the time that leases go by."""

    @abstractmethod
    def find(self, job_id: JobId) -> Job | None:
        """Return the job, held against other transactions."""

    @abstractmethod
    def closing(self, job: Job) -> Sequence[KeyedEvent]:
        """Return what the program of an ended job has its log tell before it closes."""

    @abstractmethod
    def ending(self, job: Job) -> Sequence[Change]:
        """Return what is written beside the end of a job."""

    @abstractmethod
    def add(self, job: Job) -> None:
        """Write a new job. Raises LockHeld."""

    @abstractmethod
    def save(self, job: Job) -> None:
        """Write a job that was found here."""

    @abstractmethod
    def hold(self, job: Job, *, until: datetime, progress: Progress | None, now: datetime) -> Held | None:
        """Lengthen the lease of a job by its epoch, which is no change unless it got further.

        None when the lease is lost.
        """

    @abstractmethod
    def prolong(
        self, job: Job, *, until: datetime, told: int, progress: Progress | None, now: datetime
    ) -> Held | None:
        """Lengthen the lease of a job by its epoch and count its new events; None when the lease is lost."""

    @abstractmethod
    def forget_losses(self, job_id: JobId) -> None:
        """Count the lost workers from none again."""

    @abstractmethod
    def see(self, job_id: JobId) -> Job | None:
        """Return the job as it is now; others may change it."""

    @abstractmethod
    def guard(self, key: str) -> None:
        """Let no other transaction count who runs under a concurrency key before this one is over."""

    @abstractmethod
    def has_room(self, job: Job) -> bool:
        """Tell whether the job's concurrency limit lets it run beside those of its key that do."""

    @abstractmethod
    def crowd(self, key: str) -> int:
        """Return how many jobs of a concurrency key run or are queued."""

    @abstractmethod
    def next_due(self, claims: Claims, *, now: datetime) -> Job | None:
        """Return the job to be claimed next, held against other transactions."""

    @abstractmethod
    def children(self, job_id: JobId) -> Sequence[Job]:
        """Return the children that are not over, oldest first."""

    @abstractmethod
    def below(self, job_id: JobId) -> Sequence[Job]:
        """Return the jobs below it, at every depth, that are not over, oldest first."""

    @abstractmethod
    def leased_by(self, owners: Collection[WorkerId], *, now: datetime) -> Sequence[Job]:
        """Return the running jobs whose leases these hold and that have not run out."""

    @abstractmethod
    def told(self, job_id: JobId, keys: Sequence[str]) -> set[str]:
        """Return those keys under which an event was told before."""

    @abstractmethod
    def tell(self, job: Job, events: Sequence[KeyedEvent], *, after: int, at: datetime) -> None:
        """Write events with the numbers that follow `after`, and into the outbox those that are to leave."""

    @abstractmethod
    def recorded(self, job_id: JobId, keys: Sequence[str]) -> set[str]:
        """Return those keys under which a step is recorded."""

    @abstractmethod
    def record(self, job_id: JobId, step: StepRecord, *, at: datetime) -> None:
        """Write a step. Raises KeyUsedTwice when the one under its key is done or failed."""

    @abstractmethod
    def wait(self, wait_id: WaitId, *, job_id: JobId) -> Wait | None:
        """Return a wait of the job, held against other transactions."""

    @abstractmethod
    def open_waits(self, job_id: JobId) -> Sequence[Wait]:
        """Return the waits of the job that have no signal."""

    @abstractmethod
    def put_wait(self, job_id: JobId, wait: Wait, *, at: datetime) -> None:
        """Write a wait. Of one that is there only a missing signal is written; an answer is kept."""

    @abstractmethod
    def answer(self, wait_id: WaitId, signal: Signal, *, job: Job) -> None:
        """Write somebody else's word to an open wait, as come in the job's present epoch."""

    @abstractmethod
    def was_answered(self, job_id: JobId, *, epoch: int) -> bool:
        """Tell whether somebody else's word came in that epoch."""

    @abstractmethod
    def add_artifact(self, artifact: Artifact) -> None:
        """Write an artifact's record. Raises KeyUsedTwice."""

    @abstractmethod
    def apply(self, change: Change) -> None:
        """Write a capability's own rows."""
