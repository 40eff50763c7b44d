"""What the jobs of scenarios are given."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import Job
from taskforce.core.scenarios.kinds import SCENARIO
from taskforce.core.scenarios.model import RunFacts, SnapshotId
from taskforce.core.scenarios.scenario import ScenarioConfig

KIND = SCENARIO


class Given(BaseModel):
    """A part of a job's input."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenPlant(Given):
    """Where a plant's document lies, and how to know it unharmed."""

    snapshot_id: SnapshotId
    key: str
    size: int
    checksum: str


class RunTask(Given):
    """The input of a job that simulates a scenario."""

    plant: GivenPlant
    scenario: ScenarioConfig
    experiment: JobId | None = None
    number: int = 0
    """Its place in the experiment, from 0."""


class ExperimentTask(Given):
    """The input of a job that plays the runs of an experiment."""

    plant: GivenPlant
    scenarios: tuple[ScenarioConfig, ...]
    parallelism: Annotated[int, Field(ge=1)]


class KeptFile(Given):
    """A file of a run, and how the artifact store knows it."""

    name: str
    ref: ArtifactRef


class ToldRun(Given):
    """A run that a debrief is about."""

    id: JobId
    snapshot_id: SnapshotId
    checksum: str
    scenario: ScenarioConfig
    files: tuple[KeptFile, ...]

    def facts(self, project: ProjectId) -> RunFacts:
        """Return what the run is about."""
        return RunFacts(
            id=self.id,
            project=project,
            snapshot=self.snapshot_id,
            checksum=self.checksum,
            scenario=self.scenario,
        )


class DebriefTask(Given):
    """The input of a job that writes a debrief."""

    run: ToldRun
    baseline: ToldRun | None


def facts_of(job: Job) -> RunFacts:
    """Return what the run of a job is about."""
    task = RunTask.model_validate(job.input)
    return RunFacts(
        id=job.id,
        project=job.project,
        snapshot=task.plant.snapshot_id,
        checksum=task.plant.checksum,
        scenario=task.scenario,
        experiment=task.experiment,
    )
