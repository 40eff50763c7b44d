"""What a repository says of its pipeline: `.forge/repo.yaml` and each project's `.forge/project.yaml`."""

import math
import re
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from taskforce.core.pipelines.branch_patterns import checked_pattern

REPOSITORY_FILE = ".forge/repo"
PROJECT_FILE = ".forge/project"
"""Without their endings: .yaml, .yml, .json or .cue, one of them."""

NAME = r"^[a-z][a-z0-9_-]{0,62}$"
PHASE_TIMEOUT = timedelta(minutes=30)
LONGEST = timedelta(days=7)

_DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")


def duration(text: object) -> timedelta:
    """Read a duration such as `30m`, `1h30m` or `45s`.

    Raises ValueError for any other spelling, for none at all, and for more than seven days.
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text else None
    if found is None:
        raise ValueError('must be a duration such as "30m", "1h30m" or "45s"')
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < length <= LONGEST:
        raise ValueError("must be more than nothing and at most seven days (168h)")
    return length


def spelled(length: timedelta) -> str:
    """Return a length as a configuration says it, such as `1h30m`; parts of a second count as one."""
    seconds = math.ceil(length.total_seconds())
    parts = {"h": seconds // 3600, "m": seconds // 60 % 60, "s": seconds % 60}
    return "".join(f"{number}{unit}" for unit, number in parts.items() if number) or "0s"


def inside(path: str) -> str:
    """Return a path that stays in the folder from which it is told, POSIX. Raises ValueError."""
    if path.startswith("/") or ".." in path.split("/") or "\\" in path or not path.isprintable():
        raise ValueError("must lie in the project's folder: a relative path without .., such as dist/app")
    return path


Duration = Annotated[timedelta, BeforeValidator(duration)]
ConfigName = Annotated[str, Field(pattern=NAME)]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
InnerPath = Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(inside)]
Words = Annotated[str, Field(min_length=1, max_length=100_000)]
BranchPattern = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(checked_pattern)]


class Config(BaseModel):
    """A part of a configuration; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PhaseConfig(Config):
    """A phase: when it is played, and how long it may take."""

    group: int = Field(default=1, ge=1, le=1_000, strict=True)
    """Groups are played in rising order; the phases of one group side by side."""
    timeout: Duration = PHASE_TIMEOUT
    required: bool = Field(default=True, strict=True)
    """Whether the run fails when the phase does."""
    description: str = Field(default="", max_length=1_000)


class Tagging(StrEnum):
    """Whose a tag is; the only project of a repository has all of them."""

    MONOREPO = "monorepo"
    """The project's with which it begins: `app/v1.2.3` or `app-v1.2.3` is that of `app`."""
    TAG_ALL = "tag-all"
    """Each tag is every project's."""


class GitOpsConfig(Config):
    """Where deployments are written."""

    url: Words
    branch: Words = "main"


class RepositoryConfig(Config):
    """`.forge/repo.yaml`."""

    phases: dict[ConfigName, PhaseConfig] = Field(min_length=1, max_length=100)
    tagging: Tagging = Tagging.MONOREPO
    gitops: GitOpsConfig | None = None


class StepConfig(Config):
    """A step: an action and what it is given."""

    name: ConfigName
    action: ConfigName = "command"
    """command, mission, scenario, video, scan, external, or one of a plugin's."""
    run: Words | tuple[Words, ...] | None = None
    """What `command` runs: a list of words, or a text that is given to `sh -eu`."""
    arguments: dict[str, JsonValue] = Field(default={}, alias="with", max_length=100)
    """What any other action is given."""
    timeout: Duration | None = None
    """Left out: as long as its phase may take."""
    retries: int = Field(default=0, ge=0, le=10, strict=True)
    required: bool = Field(default=True, strict=True)
    """Whether the task fails when the step does."""
    env: dict[VariableName, str] = Field(default={}, max_length=200)
    secrets: tuple[VariableName, ...] = Field(default=(), max_length=50)
    """Names of variables that the worker's own environment holds; their values are shown nowhere."""

    @model_validator(mode="after")
    def _fits_its_action(self) -> Self:
        if self.action == "command" and (not self.run or self.arguments):
            raise ValueError("a command has `run` and no `with`")
        if self.action != "command" and self.run is not None:
            raise ValueError(f"`run` is for commands: give the action {self.action} what it needs in `with`")
        return self


class ProjectPhaseConfig(Config):
    """What a project does in a phase."""

    steps: tuple[StepConfig, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        twice = _said_twice([step.name for step in self.steps])
        if twice is not None:
            raise ValueError(f"two steps are named {twice}: their logs would be one")
        return self


class ReleaseCondition(Config):
    """When a successful run makes a release: exactly one of the three is said."""

    branch: BranchPattern | None = None
    """A push to a branch: a regular expression that its whole name matches."""
    tag: Literal[True] | None = None
    """A push of a tag that is the project's, as the repository's `tagging` tells."""
    manual: Literal[True] | None = None
    """A run that somebody starts by hand."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if [self.branch, self.tag, self.manual].count(None) != 2:  # noqa: PLR2004 - of the three
            raise ValueError("says one of branch, tag and manual")
        return self


class ReleaseConfig(Config):
    """When a project is released."""

    on: tuple[ReleaseCondition, ...] = Field(default=(), max_length=20)
    """One that holds is enough; without any, a project is released when somebody asks for it."""


class DeployConfig(Config):
    """What a deployment takes along."""

    resources: dict[str, JsonValue] = Field(default={}, max_length=100)


class ArtifactConfig(Config):
    """A file or image that the project builds."""

    name: ConfigName
    type: Literal["container", "binary", "archive"] = "binary"
    path: InnerPath | None = None
    """Where it lies after the run, from the project's folder."""
    uri: str | None = Field(default=None, min_length=1, max_length=2_000)
    """Where it was published, if a step did that."""


def named_apart(artifacts: tuple[ArtifactConfig, ...]) -> tuple[ArtifactConfig, ...]:
    """Return artifacts of which each has a name of its own. Raises ValueError."""
    twice = _said_twice([artifact.name for artifact in artifacts])
    if twice is not None:
        raise ValueError(f"two artifacts are named {twice}. Give each a name of its own")
    return artifacts


class ProjectConfig(Config):
    """`.forge/project.yaml`."""

    name: ConfigName
    phases: dict[ConfigName, ProjectPhaseConfig] = Field(default={}, max_length=100)
    artifacts: Annotated[tuple[ArtifactConfig, ...], AfterValidator(named_apart)] = Field(
        default=(), max_length=100
    )
    release: ReleaseConfig = ReleaseConfig()
    deploy: DeployConfig = DeployConfig()


def _said_twice(names: Sequence[str]) -> str | None:
    return next((name for name in names if names.count(name) > 1), None)
