"""The plan of a run: what is to be done, in groups, as its configuration says at its commit."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, JsonValue

from taskforce.core.pipelines.config import ArtifactConfig, ReleaseConfig, Tagging


class Planned(BaseModel):
    """A part of a plan; recorded with the run, so that a later configuration changes nothing of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedStep(Planned):
    """A step and what its action is given."""

    name: str
    action: str
    run: str | tuple[str, ...] | None
    arguments: dict[str, JsonValue]
    timeout: timedelta
    retries: int
    required: bool
    env: dict[str, str]
    secrets: tuple[str, ...]


class PlannedTask(Planned):
    """A project's part of a phase."""

    project_name: str
    folder: str
    """Where the project lies in the repository, POSIX, relative; `.` for its root."""
    steps: tuple[PlannedStep, ...]


class PlannedPhase(Planned):
    """A phase and its tasks."""

    name: str
    group_number: int
    required: bool
    timeout: timedelta
    tasks: tuple[PlannedTask, ...]


class PlannedRelease(Planned):
    """A project that may be released after the run."""

    project_name: str
    folder: str
    release: ReleaseConfig
    artifacts: tuple[ArtifactConfig, ...] = ()


class RunPlan(Planned):
    """All of a run: its phases in the order of their groups, then by name."""

    phases: tuple[PlannedPhase, ...]
    releases: tuple[PlannedRelease, ...] = ()
    projects: tuple[str, ...] = ()
    """The names of all projects, also of those that are never released."""
    tagging: Tagging = Tagging.MONOREPO

    def groups(self) -> tuple[tuple[PlannedPhase, ...], ...]:
        """Return the phases by rising group."""
        numbers = sorted({phase.group_number for phase in self.phases})
        return tuple(
            tuple(phase for phase in self.phases if phase.group_number == number) for number in numbers
        )
