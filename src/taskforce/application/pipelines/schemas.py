"""What is asked of runs, and how they are shown; the fields of the seed, and a few beside them."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from taskforce.application.jobs.schemas import (
    MOST_LEFT_OUT,
    MOST_OF_A_LIST,
    Id,
    Moment,
    Name,
    PageRequest,
    Request,
    View,
    without_nul,
)
from taskforce.core.paging import Listing
from taskforce.core.pipelines.config import NAME
from taskforce.core.pipelines.model import (
    Phase,
    PhaseStatus,
    Run,
    RunStatus,
    Step,
    Task,
    TriggerType,
    WorkStatus,
)
from taskforce.core.shapes import Count, Prose, ShownId, ShownPath, shape, unlimited

HEAD = "HEAD"
Link = Callable[[str], str]
"""Makes an address of a stored log's key."""

_PART = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
Repository = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=rf"^(/[^\u0000-\u001f]*|{_PART}(/{_PART}){{0,5}})$",
        description="Its name, such as owner/name; or a working folder's absolute path, as it is now.",
    ),
]
Branch = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\u0000-\u001f]+$")]
ShownRepository = Annotated[str, shape(maxLength=500)]
ShownBranch = Annotated[str, shape(maxLength=255)]
ShownCommit = Annotated[str, shape(pattern="^[0-9a-f]*$", maxLength=64)]
ShownName = Annotated[str, shape(maxLength=63)]
PartName = Annotated[str, Field(max_length=63, pattern=NAME)]
Told = Annotated[str, Field(max_length=10_000), AfterValidator(without_nul)]


class CreateRun(Request):
    """A run to start."""

    repository: Repository
    branch: Branch = Field(description="The branch, or tag; HEAD is the default one.")
    commit_sha: str = Field(
        pattern=r"^([0-9a-f]{7,40}|[0-9a-f]{64}|HEAD)$",
        max_length=64,
        description="The commit, 7 hex digits or more of it; HEAD is the branch's newest.",
    )
    triggered_by: Name = Field(description="Who, or what, wants it.")
    trigger_type: TriggerType


class ListRuns(PageRequest):
    """Which runs to list."""

    repository: Repository
    branch: Branch | None = Field(default=None, description="Only runs of this branch.")
    status: RunStatus | None = Field(default=None, description="Only runs of this status.")


class GetRun(Request):
    """Which run to show."""

    run_id: Id


class CancelRun(Request):
    """Which run to cancel."""

    run_id: Id


class RerunRun(Request):
    """Which ended run to play again."""

    run_id: Id
    failed: bool = Field(default=False, description="Keep the tasks that succeeded, play the others.")


class GetRunLog(Request):
    """Which step's log to read."""

    run_id: Id
    phase: PartName
    project_name: PartName
    step: PartName


class SignedLog(Request):
    """A log by its signed address."""

    key: Annotated[str, Field(min_length=1, max_length=1_000)]
    expires: int = Field(ge=0, le=2**53, description="When the address is over: seconds since 1970.")
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class TaskReport(Request):
    """How a task stands, by the worker that does it."""

    status: Literal[WorkStatus.RUNNING, WorkStatus.SUCCESS, WorkStatus.FAILED]
    error: Told | None = None


class ReportTask(TaskReport):
    """The task that is reported."""

    task_id: Id


class StepReport(Request):
    """How a step stands, by the worker that does it."""

    status: Literal[WorkStatus.RUNNING, WorkStatus.SUCCESS, WorkStatus.FAILED]
    exit_code: int | None = Field(default=None, ge=-(2**31), le=2**31)
    logs_s3_key: Annotated[str, Field(min_length=1, max_length=1_000)] | None = Field(
        default=None, description="Where its log was stored, under the run's own prefix."
    )


class ReportStep(StepReport):
    """The step that is reported."""

    step_id: Id


class StepView(View):
    """A step as it stands."""

    id: ShownId
    name: ShownName
    action: ShownName
    status: WorkStatus
    exit_code: Annotated[int, shape(minimum=-(2**31), maximum=2**31)] | None
    error: Prose
    logs_url: ShownPath | None = Field(description="Where its log is, for an hour; null while there is none.")
    started_at: Moment | None
    completed_at: Moment | None

    @classmethod
    def of(cls, step: Step, link: Link) -> "StepView":
        """Show a step."""
        return cls(
            id=step.id,
            name=step.name,
            action=step.action,
            status=step.status,
            exit_code=step.exit_code,
            error=step.error,
            logs_url=None if step.logs_key is None else link(step.logs_key),
            started_at=step.started_at,
            completed_at=step.completed_at,
        )

    def placed_at(self, base: str) -> Self:
        """Return it with whole addresses."""
        if self.logs_url is None or not self.logs_url.startswith("/"):
            return self
        return self.model_copy(update={"logs_url": f"{base}{self.logs_url}"})


class ReportedStepView(StepView):
    """A step as it stands, and where its worker may put its log."""

    logs_upload_url: ShownPath | None = Field(
        default=None, description="Where PUT stores its log while it runs, for an hour; then report the key."
    )
    logs_upload_key: ShownPath | None = Field(
        default=None, description="What `logs_s3_key` is to say once the log is there."
    )

    def placed_at(self, base: str) -> Self:
        """Return it with whole addresses."""
        placed = super().placed_at(base)
        if placed.logs_upload_url is None or not placed.logs_upload_url.startswith("/"):
            return placed
        return placed.model_copy(update={"logs_upload_url": f"{base}{placed.logs_upload_url}"})


class TaskView(View):
    """A task as it stands."""

    id: ShownId
    project_name: ShownName
    status: WorkStatus
    error: Prose
    started_at: Moment | None
    completed_at: Moment | None
    steps: Annotated[tuple[StepView, ...], shape(maxItems=200)]

    @classmethod
    def of(cls, task: Task, link: Link) -> "TaskView":
        """Show a task and its steps."""
        return cls(
            id=task.id,
            project_name=task.project_name,
            status=task.status,
            error=task.error,
            started_at=task.started_at,
            completed_at=task.completed_at,
            steps=tuple(StepView.of(step, link) for step in task.steps),
        )

    def placed_at(self, base: str) -> Self:
        """Return it with whole addresses."""
        steps = tuple(part.placed_at(base) for part in self.steps)
        return self.model_copy(update={"steps": steps})


class PhaseView(View):
    """A phase as it stands."""

    id: ShownId
    name: ShownName
    group_number: Annotated[int, shape(minimum=1, maximum=1_000)]
    status: PhaseStatus
    started_at: Moment | None
    completed_at: Moment | None
    tasks: Annotated[tuple[TaskView, ...], unlimited("one a project")]

    @classmethod
    def of(cls, phase: Phase, link: Link) -> "PhaseView":
        """Show a phase and its tasks."""
        return cls(
            id=phase.id,
            name=phase.name,
            group_number=phase.group_number,
            status=phase.status,
            started_at=phase.started_at,
            completed_at=phase.completed_at,
            tasks=tuple(TaskView.of(task, link) for task in phase.tasks),
        )

    def placed_at(self, base: str) -> Self:
        """Return it with whole addresses."""
        tasks = tuple(part.placed_at(base) for part in self.tasks)
        return self.model_copy(update={"tasks": tasks})


class CreatedRunView(View):
    """A run that was accepted, as it stood then."""

    id: ShownId
    status: RunStatus
    started_at: Moment | None
    is_replayed: bool = Field(default=False, exclude=True)
    """The same request, under the same key, has made it before."""

    @classmethod
    def of(cls, run_id: str, *, is_replayed: bool = False) -> "CreatedRunView":
        """Show a run that nothing has begun yet."""
        return cls(id=run_id, status=RunStatus.PENDING, started_at=None, is_replayed=is_replayed)


class ListedRunView(View):
    """A run of a list."""

    id: ShownId
    repository: ShownRepository
    commit_sha: ShownCommit
    status: RunStatus
    started_at: Moment | None

    @classmethod
    def of(cls, run: Run) -> "ListedRunView":
        """Show a run without its parts."""
        return cls(
            id=run.facts.id,
            repository=run.facts.repository,
            commit_sha=run.facts.commit_sha,
            status=run.status,
            started_at=run.started_at,
        )


class RunsView(View):
    """A part of the list of runs, newest first."""

    runs: Annotated[tuple[ListedRunView, ...], shape(maxItems=MOST_OF_A_LIST)]
    total: Count
    limit: Annotated[int, shape(minimum=1, maximum=MOST_OF_A_LIST)]
    offset: Annotated[int, shape(minimum=0, maximum=MOST_LEFT_OUT)]

    @classmethod
    def of(cls, found: Listing[ListedRunView], request: ListRuns) -> "RunsView":
        """Show what was found of what was asked for."""
        return cls(runs=found.items, total=found.total, limit=request.limit, offset=request.offset)


class RunView(View):
    """A run as it stands, with its phases, tasks and steps."""

    id: ShownId
    repository: ShownRepository
    branch: ShownBranch
    commit_sha: ShownCommit
    status: RunStatus
    triggered_by: Annotated[str, shape(maxLength=256)]
    trigger_type: TriggerType
    started_at: Moment | None
    completed_at: Moment | None
    error: Prose
    phases: Annotated[tuple[PhaseView, ...], shape(maxItems=100)]

    @classmethod
    def of(cls, run: Run, link: Link) -> "RunView":
        """Show a run."""
        facts = run.facts
        return cls(
            id=facts.id,
            repository=facts.repository,
            branch=facts.branch,
            commit_sha=facts.commit_sha,
            status=run.status,
            triggered_by=facts.triggered_by,
            trigger_type=facts.trigger_type,
            started_at=run.started_at,
            completed_at=run.completed_at,
            error=run.error,
            phases=tuple(PhaseView.of(phase, link) for phase in run.phases),
        )

    def placed_at(self, base: str) -> Self:
        """Return it with whole addresses."""
        phases = tuple(part.placed_at(base) for part in self.phases)
        return self.model_copy(update={"phases": phases})
