"""Who plays in tests of runs: sources, configurations and programs that a test writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from taskforce.application.pipelines.following import ReleasesFollow
from taskforce.application.pipelines.measuring import PhaseStopwatch
from taskforce.application.pipelines.program import PipelineProgram
from taskforce.application.pipelines.release_program import ReleaseProgram
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import Job
from taskforce.core.pipelines.actions import ActionSource, ActionWork, AskedAction, StepAction, UnknownAction
from taskforce.core.pipelines.changes import CreateRun
from taskforce.core.pipelines.closing import closing
from taskforce.core.pipelines.config import ProjectConfig, RepositoryConfig
from taskforce.core.pipelines.figures import OF_PIPELINES
from taskforce.core.pipelines.model import Run
from taskforce.core.pipelines.ports import (
    ConfigReader,
    FoundConfig,
    FoundProject,
    Head,
    OpenTree,
    SecretSource,
    SourceTree,
    StepCommand,
    StepEnded,
    StepOutput,
    StepRunner,
)
from taskforce.core.pipelines.release_task import KIND as RELEASE
from taskforce.core.pipelines.task import KIND, facts_of
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.pipelines.memory import MemoryRuns, MemoryRunStore
from taskforce.infrastructure.pipelines.memory_delivery import MemoryDeliveries, MemoryReleaseStore
from taskforce.infrastructure.telemetry.prometheus import PrometheusMeter
from tests.pipeline_builders import SHA
from tests.stage import Script, Stage
from tests.unit.application.pipelines.delivery_cast import Registry

Do = Callable[[StepCommand, StepOutput], StepEnded]
DONE = StepEnded(exit_code=0, error="")


def failed(code: int = 1) -> StepEnded:
    return StepEnded(exit_code=code, error=f"It ended with exit code {code}.")


class Sources(SourceTree):
    """Trees in one folder; what was opened and removed is noted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.opened: list[JobId] = []
        self.kept: set[JobId] = set()

    def is_folder(self, repository: str) -> bool:
        return repository.startswith("/")

    def check(self, repository: str) -> None:
        if " " in repository:
            raise Invalid("repository must be a name.")

    async def head(self, repository: str, branch: str) -> Head:
        return Head(branch="main" if branch == "HEAD" else branch, commit_sha=SHA)

    async def open(self, run: JobId, repository: str, commit_sha: str) -> OpenTree:
        self.opened.append(run)
        self.kept.add(run)
        scratch = self._folder / run
        scratch.mkdir(exist_ok=True)
        return OpenTree(tree=self._folder, scratch=scratch, commit_sha=commit_sha)

    async def remove(self, run: JobId) -> None:
        self.kept.discard(run)

    async def left(self) -> Sequence[JobId]:
        return sorted(self.kept)


@dataclass
class Configs(ConfigReader):
    """A configuration that a test writes."""

    phases: Mapping[str, Any]
    projects: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
    more: Mapping[str, Any] = field(default_factory=dict)
    """What every project says beside its phases."""

    async def read(self, tree: Path) -> FoundConfig:
        projects = [
            FoundProject(
                folder=name,
                config=ProjectConfig.model_validate(
                    {
                        "name": name,
                        "phases": {phase: {"steps": steps} for phase, steps in phases.items()},
                        **self.more,
                    }
                ),
            )
            for name, phases in self.projects.items()
        ]
        repository = RepositoryConfig.model_validate({"phases": self.phases})
        return FoundConfig(repository=repository, projects=tuple(projects))


@dataclass
class Programs(StepRunner):
    """Programs that a test writes, by what a step runs; what was run is noted."""

    do: Mapping[str, Do] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    commands: list[StepCommand] = field(default_factory=list)

    async def run(self, command: StepCommand, *, on_output: StepOutput) -> StepEnded:
        text = command.argv[-1]
        self.ran.append(text)
        self.commands.append(command)
        command.log.parent.mkdir(parents=True, exist_ok=True)
        with command.log.open("a") as log:
            log.write(f"{text}\n")
        do = self.do.get(text)
        return DONE if do is None else do(command, on_output)


class Secrets(SecretSource):
    """One secret is known."""

    def values(self, names: Sequence[str]) -> Mapping[str, str]:
        if unknown := [name for name in names if name != "TOKEN"]:
            raise Invalid(f"{unknown[0]} is not set in the worker's environment.")
        return dict.fromkeys(names, "correct horse battery")

    def known(self, names: Sequence[str]) -> Mapping[str, str]:
        return self.values([name for name in names if name == "TOKEN"])


class Below(StepAction):
    """Lets a job of kind `below` do it."""

    name: ClassVar[str] = "below"

    async def prepare(self, asked: AskedAction) -> ActionWork:
        return ActionWork(kind="below", input=asked.arguments, subject="about/it")


class Actions(ActionSource):
    """One action is known."""

    def get(self, name: str) -> StepAction:
        if name != Below.name:
            raise UnknownAction(name, [Below.name])
        return Below()


class Scene:
    """A stage on which runs are played."""

    def __init__(
        self,
        folder: Path,
        configs: Configs,
        *,
        limit: int = 4,
        below: Script | None = None,
        **do: Do,
    ) -> None:
        self.rows = MemoryRuns(lambda run: self.stage.store.find(run))  # noqa: PLW0108 - it is made below
        self.meter = PrometheusMeter(OF_PIPELINES)
        self.programs = Programs(do)
        self.sources = Sources(folder)
        others = {} if below is None else {"below": below}
        self.deliveries = MemoryDeliveries(lambda job_id: self.stage.store.find(job_id))  # noqa: PLW0108 - it comes later
        appliers = {**self.rows.appliers, **self.deliveries.appliers}
        self.stage = Stage(None, appliers=appliers, closings={KIND: closing}, **others)
        self.registry = Registry()
        self.releases = MemoryReleaseStore(self.deliveries)
        self.stage.programs[RELEASE] = ReleaseProgram(releases=self.releases, registry=self.registry)
        self.runs = MemoryRunStore(self.rows, self.stage.store)
        self.stage.programs[KIND] = PipelineProgram(
            sources=self.sources,
            configs=configs,
            runner=self.programs,
            secrets=Secrets(),
            actions=Actions(),
            artifacts=self.stage.artifacts,
            runs=self.runs,
            after=ReleasesFollow(sources=self.sources, releases=self.releases),
            stopwatch=PhaseStopwatch(self.meter),
            clock=self.stage.clock,
            limit=limit,
        )

    async def begin(self, **fields: Any) -> JobId:  # noqa: ANN401 - any field of the job's input
        given: JsonObject = {
            "repository": "acme/shop",
            "branch": "main",
            "commit_sha": SHA,
            "trigger_type": "push",
            "triggered_by": "ann",
            **fields,
        }
        run = await self.stage.submit(KIND, given)
        self.rows.create(CreateRun(facts=facts_of(await self.stage.job(run)), most=None))
        return run

    async def run(self, **fields: Any) -> Run:  # noqa: ANN401 - the same
        """Play a run as far as it goes, and return it as it stands then."""
        run = await self.begin(**fields)
        await self.stage.settle()
        return await self.standing(run)

    async def standing(self, run: JobId) -> Run:
        return await self.runs.get(run, project=DEFAULT_PROJECT)

    async def job(self, run: Run) -> Job:
        return await self.stage.job(run.facts.id)

    async def told(self, run: Run) -> list[str]:
        return [f"{type} {message}".strip() for _, type, message in await self.stage.log(run.facts.id)]


def steps(*names: str, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any key of a step
    """Steps that run their own names."""
    return [{"name": name, "run": name, **more} for name in names]


def words(run: Run) -> dict[str, str]:
    """How each part of a run stands, by its path."""
    told: dict[str, str] = {}
    for phase in run.phases:
        told[phase.name] = phase.status.value
        for task in phase.tasks:
            told[f"{phase.name}/{task.project_name}"] = task.status.value
            for step in task.steps:
                told[f"{phase.name}/{task.project_name}/{step.name}"] = step.status.value
    return told


MINUTE = timedelta(minutes=1)
