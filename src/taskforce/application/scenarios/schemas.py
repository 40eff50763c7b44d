"""What is asked of runs, experiments and debriefs, and how they are shown, by the fields of the seed."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from taskforce.application.jobs.schemas import (
    MOST_LEFT_OUT,
    MOST_OF_A_LIST,
    Id,
    Moment,
    PageRequest,
    ProjectId,
    Request,
    ShownProject,
    View,
)
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.model import Job
from taskforce.core.paging import Listing
from taskforce.core.scenarios.model import RunStatus
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.statuses import message_of, status_of
from taskforce.core.scenarios.task import KeptFile, facts_of
from taskforce.core.shapes import MOST, Count, Prose, Sha256, ShownId, shape, unlimited

MOST_RUNS = 1_000
ONE_PAGE = "one-page"
Percent = Annotated[float, shape(minimum=0, maximum=100)]
Seed = Annotated[int, shape(minimum=0, maximum=MOST)]
Word = Annotated[str, unlimited("as the capability says it")]
Address = Annotated[str, shape(maxLength=2_000)]
Kpis = Annotated[JsonObject, unlimited("the KPIs by name")]


class StartRun(Request):
    """A scenario to simulate."""

    project_id: ProjectId
    scenario: ScenarioConfig


class SimulateInStep(Request):
    """What a pipeline's step simulates."""

    plant: Annotated[str, Field(min_length=1, max_length=1_000)] | None = None
    """A folder of CSV files, relative to the project's."""
    snapshot: Literal["newest"] | None = None
    """What the project has imported last."""
    scenario: ScenarioConfig

    @model_validator(mode="after")
    def _has_one_plant(self) -> Self:
        if (self.plant is None) == (self.snapshot is None):
            raise ValueError("give `plant`, a folder of CSV files, or `snapshot: newest`")
        return self


class GetScenarioRun(Request):
    """Which run to show."""

    project_id: ProjectId
    run_id: Id


class ListScenarioRuns(PageRequest):
    """Whose runs to list."""

    project_id: ProjectId


class NewExperiment(Request):
    """A scenario, and what is varied of it: each value of each field with each of the others."""

    base: ScenarioConfig = Field(default=ScenarioConfig(), description="What all runs have in common.")
    sweeps: dict[
        Annotated[str, Field(max_length=100)],
        Annotated[list[JsonValue], Field(min_length=1, max_length=MOST_RUNS)],
    ] = Field(min_length=1, max_length=20, description="Fields of a scenario, and the values of each.")
    parallelism: int = Field(default=2, strict=True, ge=1, le=64, description="Runs side by side.")
    seed_base: int = Field(
        default=0, strict=True, ge=0, le=2**53 - 1 - MOST_RUNS, description="The seed of the first run."
    )


class StartExperiment(NewExperiment):
    """An experiment to make in a project."""

    project_id: ProjectId


class GetExperiment(Request):
    """Which experiment to show."""

    project_id: ProjectId
    experiment_id: Id


class NewDebrief(Request):
    """Which run to tell of, and which other one to compare it with."""

    run_id: Id
    baseline_run_id: Id | None = Field(default=None, description="The run that it is compared with.")
    template_id: str = Field(default=ONE_PAGE, pattern=f"^{ONE_PAGE}$", description="How it looks.")


class WriteDebrief(NewDebrief):
    """A debrief to write in a project."""

    project_id: ProjectId


class CancelledView(View):
    """What was cancelled, for doors that always answer."""

    id: ShownId


class RunEnqueued(View):
    """A run that was taken in."""

    run_id: ShownId
    project_id: ShownProject
    status: RunStatus
    seed: Seed
    status_url: Address
    is_replayed: bool = Field(default=False, exclude=True)

    @classmethod
    def of(cls, job: Job, *, is_replayed: bool = False) -> Self:
        """Show a run as it was taken in, whatever has become of it since."""
        return cls(
            run_id=job.id,
            project_id=job.project,
            status=RunStatus.QUEUED,
            seed=facts_of(job).scenario.seed,
            status_url=f"/api/v1/projects/{job.project}/runs/{job.id}",
            is_replayed=is_replayed,
        )


class RunStatusView(View):
    """How a run stands."""

    run_id: ShownId
    status: RunStatus
    started_at: Moment | None
    finished_at: Moment | None
    progress_pct: Percent
    message: Prose
    version: int = Field(exclude=True)

    @classmethod
    def of(cls, job: Job) -> Self:
        """Show a run."""
        status = status_of(job)
        is_done = status is RunStatus.COMPLETED
        return cls(
            run_id=job.id,
            status=status,
            started_at=job.started_at,
            finished_at=job.ended_at,
            progress_pct=100.0 if is_done else job.progress.percent,
            message="" if is_done else message_of(job),
            version=job.version,
        )


class RunStatusesView(View):
    """A part of the list of runs, newest first."""

    runs: Annotated[tuple[RunStatusView, ...], shape(maxItems=MOST_OF_A_LIST)]
    total: Count
    limit: Annotated[int, shape(minimum=1, maximum=MOST_OF_A_LIST)]
    offset: Annotated[int, shape(minimum=0, maximum=MOST_LEFT_OUT)]

    @classmethod
    def of(cls, found: Listing[RunStatusView], request: PageRequest) -> Self:
        """Show what was found of what was asked for."""
        return cls(runs=found.items, total=found.total, limit=request.limit, offset=request.offset)


class ArtifactHandle(View):
    """A file, and where it is read."""

    artifact_id: ShownId
    name: Word
    kind: Word
    media_type: Word
    size: Count
    url: Address
    sha256: Sha256

    @classmethod
    def of(cls, file: KeptFile) -> Self:
        """Show a file."""
        return cls(
            artifact_id=file.ref.id,
            name=file.name,
            kind=file.ref.kind,
            media_type=file.ref.media_type,
            size=file.ref.size,
            url=f"/api/v1/artifacts/{file.ref.id}",
            sha256=file.ref.sha256,
        )


Handles = Annotated[tuple[ArtifactHandle, ...], unlimited("all that it has left")]


class RunResultsIndex(View):
    """What a run came to."""

    artifacts: Handles
    kpis: Kpis


class DebriefView(ArtifactHandle):
    """A debrief: its page, and the same in other formats."""

    alternates: Handles


class ExperimentRunView(View):
    """A run of an experiment."""

    run_id: ShownId
    status: RunStatus
    seed: Seed
    name: Word
    progress_pct: Percent
    message: Prose
    kpis: Kpis | None


class ExperimentView(View):
    """An experiment as it stands."""

    experiment_id: ShownId
    project_id: ShownProject
    status: RunStatus
    started_at: Moment | None
    finished_at: Moment | None
    progress_pct: Percent
    message: Prose
    total: Count
    """Runs that it has in all; one that has not begun is not shown."""
    runs: Annotated[tuple[ExperimentRunView, ...], unlimited("at most as many as an experiment may have")]
    version: int = Field(exclude=True)
    is_replayed: bool = Field(default=False, exclude=True)
