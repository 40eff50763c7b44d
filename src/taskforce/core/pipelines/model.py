"""What pipelines are about: runs with phases, tasks and steps, and where each stands."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TypeVar

from taskforce.core.documents import digest
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.pipelines.identity import PhaseId, StepId, TaskId

Work = TypeVar("Work", "Step", "Task")


class RunStatus(StrEnum):
    """The seed's words for a run."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can come after it."""
        return self in {RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED}


class PhaseStatus(StrEnum):
    """The seed's words for a phase."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"


class WorkStatus(StrEnum):
    """The seed's words for a task and for a step."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


class TriggerType(StrEnum):
    """What a run was started by."""

    PUSH = "push"
    PULL_REQUEST = "pull_request"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a task does."""

    id: StepId
    name: str
    action: str
    status: WorkStatus = WorkStatus.PENDING
    exit_code: int | None = None
    error: str = ""
    logs_key: str | None = None
    """Where its log is in the artifact store; None while there is none."""
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one project of the repository does in a phase: its steps, in order."""

    id: TaskId
    project_name: str
    status: WorkStatus = WorkStatus.PENDING
    error: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    steps: tuple[Step, ...] = ()

    def settled(self, at: datetime | None) -> "Task":
        """Return what is to be said of it once its run is over: what ran has failed, at that moment."""
        steps = tuple(map(partial(_failed, at=at), self.steps))
        return _failed(replace(self, steps=steps), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a run: the tasks of every project that declares it, side by side."""

    id: PhaseId
    name: str
    group_number: int
    """Groups are played in rising order; the phases of one group side by side."""
    required: bool = True
    """Whether the run fails when it does."""
    status: PhaseStatus = PhaseStatus.PENDING
    started_at: datetime | None = None
    completed_at: datetime | None = None
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run is about; nothing changes it."""

    id: JobId
    """The id of the job that plays it."""
    project: ProjectId
    repository: str
    branch: str
    commit_sha: str
    """40 hex digits, or empty for a run of a working folder without a commit."""
    trigger_type: TriggerType
    triggered_by: str
    created_at: datetime

    @property
    def lock(self) -> str:
        """Return what only one run that is not over holds: its commit, as far as its trigger goes.

        It is a digest, for names of repositories may be longer than a lock's.
        """
        about = [self.project, self.repository, self.commit_sha, self.trigger_type.value]
        return f"pipeline/{digest(about)}"

    def is_of_same_commit(self, other: "RunFacts") -> bool:
        """Tell whether another run of the repository is of this commit, however short, by this trigger."""
        longer, shorter = sorted((self.commit_sha, other.commit_sha), key=len, reverse=True)
        return self.trigger_type is other.trigger_type and longer.startswith(shorter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it stands."""

    facts: RunFacts
    status: RunStatus
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: str = ""
    phases: tuple[Phase, ...] = field(default=())
    """None before its projects are discovered."""

    def settled(self) -> "Run":
        """Return what is to be said of a run that ended: nothing of it runs any more.

        What ran when it was cancelled or lost has failed; phases that had not begun are skipped, while
        their tasks and steps stay pending, for the seed has no other word.
        """
        if not self.status.is_over:
            return self
        return replace(self, phases=tuple(_settled(phase, self.completed_at) for phase in self.phases))


_RUN_STATUS = {
    JobStatus.RUNNING: RunStatus.RUNNING,
    JobStatus.WAITING: RunStatus.RUNNING,
    JobStatus.SUCCEEDED: RunStatus.SUCCESS,
    JobStatus.FAILED: RunStatus.FAILED,
    JobStatus.CANCELLED: RunStatus.CANCELLED,
}


def run_status(status: JobStatus, *, has_started: bool) -> RunStatus:
    """Return how a run stands, by how its job does; a queued one has begun or not."""
    begun = RunStatus.RUNNING if has_started else RunStatus.PENDING
    return _RUN_STATUS.get(status, begun)


def _settled(phase: Phase, at: datetime | None) -> Phase:
    settled = replace(phase, tasks=tuple(task.settled(at) for task in phase.tasks))
    if phase.status is PhaseStatus.RUNNING:
        return replace(settled, status=PhaseStatus.FAILED, completed_at=at)
    return replace(settled, status=PhaseStatus.SKIPPED) if phase.status is PhaseStatus.PENDING else settled


def _failed(work: Work, *, at: datetime | None) -> Work:
    if work.status is not WorkStatus.RUNNING:
        return work
    return replace(work, status=WorkStatus.FAILED, completed_at=at)
