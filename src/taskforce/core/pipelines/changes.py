"""What pipelines write beside a job's record, in its transaction."""

from dataclasses import dataclass
from datetime import datetime

from taskforce.core.identity import JobId
from taskforce.core.pipelines.delivery import Deployment, Release
from taskforce.core.pipelines.identity import PhaseId, StepId, TaskId
from taskforce.core.pipelines.model import Phase, PhaseStatus, RunFacts, WorkStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRun:
    """Write what a run is about, beside the job that is to play it, unless it is there.

    Its applier raises TooManyRuns when as many runs of the repository as `most` are not over, and RunUnderWay
    when one of the same commit by the same trigger is not, if the run is to be alone.
    """

    facts: RunFacts
    most: int | None
    """None: any number, as the run was taken in before."""
    is_alone: bool = False
    """Whether no other run of its commit by its trigger may go on, however short that is spelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRun:
    """Write the phases, tasks and steps of a run, once they are known."""

    run: JobId
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePhase:
    """Say how a phase stands. Its applier raises StatusRefused for a move that the words do not allow."""

    phase: PhaseId
    status: PhaseStatus
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTask:
    """Say how a task stands."""

    task: TaskId
    status: WorkStatus
    at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStep:
    """Say how a step stands, and what it came to."""

    step: StepId
    status: WorkStatus
    at: datetime
    exit_code: int | None = None
    error: str = ""
    logs_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRelease:
    """Write a release with its number and first aliases.

    Its applier raises ReleaseExists when the product has one of this commit or number.
    """

    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDeployment:
    """Write a pending deployment, beside the job that carries it out.

    Its applier raises ApprovalSpent when the approval that it names does not count any more, and
    TooManyDeployments when as many as `most` are under way, of all projects.
    """

    deployment: Deployment
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDeployment:
    """Say with which commit a deployment was written to the GitOps repository."""

    deployment: JobId
    gitops_commit_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateDeployment:
    """Make a deployment the active one of its place; the one before it is superseded."""

    deployment: JobId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailDeployment:
    """Say why a deployment did not come to its place."""

    deployment: JobId
    reason: str
