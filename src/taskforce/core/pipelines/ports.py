"""What pipelines need from outside."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.pipelines.changes import MoveStep, MoveTask
from taskforce.core.pipelines.config import ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.delivery import Alias, Approval, Deployment, Environment, Product, Release
from taskforce.core.pipelines.forge import CommitStatus, DeployStatus, ForgeDeployment, ReleaseTag
from taskforce.core.pipelines.identity import ApprovalId, StepId, TaskId
from taskforce.core.pipelines.keys import report_key
from taskforce.core.pipelines.model import Run, RunFacts, RunStatus, Step, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs are listed; None is any."""

    project: ProjectId
    repository: str
    branch: str | None = None
    status: RunStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTask:
    """A task, and where it belongs."""

    run: JobId
    phase: str
    task: Task

    def report_key(self, step: Step) -> str:
        """Return the key of the wait that an external step of it opens in the run."""
        return report_key(self.phase, self.task.project_name, step.name)


class RunStore(Protocol):
    """Runs as they stand. They are written by the changes of `changes`, in the transactions of their jobs."""

    @abstractmethod
    async def get(self, run_id: JobId, *, project: ProjectId) -> Run:
        """Return a run, settled if it is over. Raises RunNotFound."""

    @abstractmethod
    async def list(self, wanted: RunFilter, page: Page) -> Listing[Run]:
        """Return runs without their phases, newest first."""

    @abstractmethod
    async def latest(self, facts: RunFacts) -> Run:
        """Return the newest run of the same commit by the same trigger, without its phases.

        Raises RunNotFound when there is none any more.
        """

    @abstractmethod
    async def over(self, runs: Sequence[JobId]) -> frozenset[JobId]:
        """Return those runs that are over or not there, of whatever project."""

    @abstractmethod
    async def task(self, task_id: TaskId, *, project: ProjectId) -> PlacedTask:
        """Return a task, settled if its run is over. Raises WorkNotFound."""

    @abstractmethod
    async def task_of_step(self, step_id: StepId, *, project: ProjectId) -> PlacedTask:
        """Return the task of a step, settled if its run is over. Raises WorkNotFound."""

    @abstractmethod
    async def report(self, move: MoveStep | MoveTask) -> None:
        """Write what somebody outside says of a step or task that is theirs. Raises StatusRefused."""


class ReleaseStore(Protocol):
    """Releases, which never change, and their aliases, which may."""

    @abstractmethod
    async def get(self, release_id: JobId, *, project: ProjectId) -> Release:
        """Return a release by its id. Raises ReleaseNotFound."""

    @abstractmethod
    async def find(self, product: Product, name: str) -> Release:
        """Return a release by commit (7 characters or more of it), number, tag or other alias, in this order.

        Raises ReleaseNotFound, and CommitAmbiguous when several commits begin so.
        """

    @abstractmethod
    async def list(self, product: Product, page: Page) -> Listing[Release]:
        """Return releases, newest first."""

    @abstractmethod
    async def last_number(self, product: Product) -> int:
        """Return the highest number that was given; 0 when none was."""

    @abstractmethod
    async def name(self, release: Release, alias: Alias) -> Release:
        """Give a release a custom alias, taken from another release if that has it.

        Raises AliasTaken when it is the number, branch or tag of one.
        """

    @abstractmethod
    async def unname(self, product: Product, alias: str) -> None:
        """Remove a custom alias. Raises ReleaseNotFound when there is none."""


class DeploymentStore(Protocol):
    """Deployments as they stand; written by the changes of `changes`.

    One that is written as pending while its job is over has failed: it was cancelled, or lost its workers.
    """

    @abstractmethod
    async def get(self, deployment_id: JobId, *, project: ProjectId) -> Deployment:
        """Return a deployment. Raises DeploymentNotFound."""

    @abstractmethod
    async def current(self, product: Product, environment: Environment) -> Deployment:
        """Return the active deployment of a place. Raises DeploymentNotFound."""

    @abstractmethod
    async def history(self, product: Product, environment: Environment, page: Page) -> Listing[Deployment]:
        """Return all deployments of a place, newest first."""

    @abstractmethod
    async def unfinished(self, *, project: ProjectId | None) -> int:
        """Return how many deployments are under way. None: of all projects."""


class ApprovalStore(Protocol):
    """Approvals."""

    @abstractmethod
    async def add(self, approval: Approval, *, changes: Sequence[RememberRequest] = ()) -> None:
        """Write an approval, and what else belongs to the request that made it.

        Raises ApprovalExists when an active one is for the same pair.
        """

    @abstractmethod
    async def get(self, approval_id: ApprovalId, *, project: ProjectId) -> Approval:
        """Return an approval. Raises ApprovalNotFound."""

    @abstractmethod
    async def newest(self, release: JobId, environment: Environment, *, project: ProjectId) -> Approval:
        """Return the newest approval for a pair. Raises ApprovalNotFound."""

    @abstractmethod
    async def revoke(self, approval_id: ApprovalId, *, project: ProjectId, by: str, at: datetime) -> Approval:
        """Revoke an approval; one that is revoked stays as it is. Raises ApprovalNotFound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProject:
    """A project of the repository: where it lies, and what it says."""

    folder: str
    config: ProjectConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundConfig:
    """What a repository says of its pipeline at a commit."""

    repository: RepositoryConfig
    projects: tuple[FoundProject, ...]


class ConfigReader(Protocol):
    """Reads the configuration of a working tree."""

    @abstractmethod
    async def read(self, tree: Path) -> FoundConfig:
        """Return what is configured. Raises ConfigInvalid with every problem, its file, line and column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a branch stands."""

    branch: str
    """Empty when the working folder is on none."""
    commit_sha: str
    """Empty for a working folder without a commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTree:
    """A run's working tree, and the folder for what is not the repository's."""

    tree: Path
    scratch: Path
    """Logs, the steps' home, their temporary files: the run's alone, gone with it."""
    commit_sha: str
    """In full; empty for a working folder without a commit."""


class SourceTree(Protocol):
    """Gives runs their working trees.

    A repository is a name, or the absolute path of a working folder, which is then used as it is, uncommitted
    changes included. Raises Invalid for a repository that is not allowed, RepositoryUnreachable.
    """

    @abstractmethod
    def is_folder(self, repository: str) -> bool:
        """Tell whether it is the path of a working folder and no name."""

    @abstractmethod
    def check(self, repository: str) -> None:
        """Return when runs of this repository are allowed, whether it is there or not."""

    @abstractmethod
    async def head(self, repository: str, branch: str) -> Head:
        """Return where a branch, or a tag, stands now; `HEAD` is the default branch, or what is checked out.

        Raises CommitNotFound when there is none of this name.
        """

    @abstractmethod
    async def open(self, run: JobId, repository: str, commit_sha: str) -> OpenTree:
        """Check out exactly this commit for a run; the tree that the run has on this machine already stays.

        Raises CommitNotFound.
        """

    @abstractmethod
    async def remove(self, run: JobId) -> None:
        """Remove what `open` made for a run; a working folder stays."""

    @abstractmethod
    async def left(self) -> Sequence[JobId]:
        """Return the runs of which something lies on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCommand:
    """A program that a step starts."""

    argv: tuple[str, ...]
    tree: OpenTree
    folder: str
    """Where it works in the tree: POSIX, relative, `.` for its root."""
    log: Path
    """Where all that it prints is added, masked."""
    env: Mapping[str, str]
    """Added to a clean environment."""
    secrets: Mapping[str, str]
    """Added too; their values are masked wherever the program prints them."""
    timeout: timedelta
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Values by name that it is not given, and that are masked all the same: of other steps of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """How a step's program ended."""

    exit_code: int | None
    """None when a signal ended it, or it could not be started."""
    error: str
    """Empty, or what went wrong in words."""
    is_silent: bool = False
    """Nothing was printed, by earlier tries neither: there is no file of its log."""


class StepOutput(Protocol):
    """Is told what a step prints, as it does, masked."""

    @abstractmethod
    def __call__(self, text: str, /) -> None:
        """Show a piece of output; never blocks."""


class StepRunner(Protocol):
    """Runs the programs of steps, each in a process group of its own."""

    @abstractmethod
    async def run(self, command: StepCommand, *, on_output: StepOutput) -> StepEnded:
        """Run a program to its end, its time limit or the cancellation of the awaiting task.

        Then SIGTERM goes to the group, and SIGKILL ten seconds later; nothing that it started stays.
        """


class LogLinks(Protocol):
    """Makes addresses under which a log can be read, or put, without asking who does it, for a while."""

    @abstractmethod
    def link(self, key: str) -> str:
        """Return the address of a stored log: a path of this API, or all of one elsewhere, that is signed."""

    @abstractmethod
    def upload(self, key: str) -> str:
        """Return the address to which a log may be put, in the same way. It is good for nothing else."""

    @abstractmethod
    def check(self, key: str, *, expires: int, signature: str, is_upload: bool = False) -> None:
        """Return when an address was made here, for this, and is not over. Raises Forbidden."""


class SecretSource(Protocol):
    """Knows the values of secrets by name."""

    @abstractmethod
    def values(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return the values. Raises Invalid that names those which are not set."""

    @abstractmethod
    def known(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return the values of those of them that are set and may be given; the others are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A release as an OCI artifact: where it was written, and its manifest's digest."""

    uri: str
    digest: str


class ReleaseRegistry(Protocol):
    """Keeps releases as OCI artifacts (image spec 1.1): a layout on disk, or a registry."""

    @abstractmethod
    async def pack(self, release_document: bytes, *, product: Product, tag: str) -> Packed:
        """Write the artifact and its tag; the same content gives the same digest. Raises Unavailable."""


class GitOps(Protocol):
    """The repository that environments are made from."""

    @abstractmethod
    async def push(self, path: str, content: bytes, *, message: str) -> str:
        """Commit a file and return the commit that holds it; content that is there already is no new commit.

        A push that another one overtook is tried again on top of it. Raises PushRefused when the answer is
        no, GitOpsUnreachable when trying again may help.
        """

    @abstractmethod
    async def holds(self, path: str, content: bytes) -> bool:
        """Tell whether the remote head holds the file with this content. Raises GitOpsUnreachable."""


class Forge(Protocol):
    """Tells a forge (GitHub) how commits and deployments stand. Told twice, it is as if told once.

    Every method raises ForgeAway when trying again may help, ForgeRefused when not.
    """

    @abstractmethod
    async def set_commit_status(self, status: CommitStatus) -> None:
        """Set how a commit stands with one context."""

    @abstractmethod
    async def create_deployment(self, deployment: ForgeDeployment) -> str:
        """Return the forge's id of the deployment of this task, made unless it is there."""

    @abstractmethod
    async def set_deployment_status(self, repository: str, deployment: str, status: DeployStatus) -> None:
        """Set how a deployment stands, by the forge's id of it."""

    @abstractmethod
    async def create_tag(self, tag: ReleaseTag) -> None:
        """Tag a commit; raises TagTaken when the tag names another one."""
