"""What a command stands on: settings, an open container, who asks; and how its coroutine is run."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import typer

from taskforce.cli import garbage
from taskforce.cli.errors import told, typed_names
from taskforce.cli.flags import Flags
from taskforce.cli.interrupts import Interrupts
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId
from taskforce.core.plugins import PluginReport
from taskforce.core.principals import Principal, local_principal
from taskforce.on_demand import on_demand
from taskforce.settings import DEFAULT, Loaded, Settings, load_settings

with on_demand(__name__):
    from taskforce.application.access.keys import KeyService
    from taskforce.application.access.members import MemberService
    from taskforce.application.access.parts import Parts
    from taskforce.application.access.projects import ProjectService
    from taskforce.application.jobs.log_schemas import EventView
    from taskforce.application.jobs.readiness import Readiness
    from taskforce.application.jobs.schemas import JobView
    from taskforce.application.jobs.service import JobService
    from taskforce.application.jobs.settling import Settling
    from taskforce.application.jobs.worker import Worker
    from taskforce.application.marketplace.artifacts import SourceArtifactService
    from taskforce.application.marketplace.collection import CollectionService
    from taskforce.application.marketplace.scans import ScanService
    from taskforce.application.marketplace.service import SourceService
    from taskforce.application.missions.checking import ServerChecks
    from taskforce.application.missions.schemas import MissionView
    from taskforce.application.missions.service import MissionService
    from taskforce.application.missions.sessions import SessionService
    from taskforce.application.pipelines.approvals import ApprovalService
    from taskforce.application.pipelines.deployments import DeploymentService
    from taskforce.application.pipelines.log_rules import KeptLogRules
    from taskforce.application.pipelines.outcomes import DeliveryOutcomes
    from taskforce.application.pipelines.releases import ReleaseService
    from taskforce.application.pipelines.service import RunService
    from taskforce.application.scenarios.debriefs import DebriefService
    from taskforce.application.scenarios.experiments import ExperimentService
    from taskforce.application.scenarios.imports import ScenarioImportService
    from taskforce.application.scenarios.outcomes import DebriefOutcomes
    from taskforce.application.scenarios.service import ScenarioRunService
    from taskforce.application.videos.files import VideoFileService
    from taskforce.application.videos.forks import VideoForkService
    from taskforce.application.videos.service import VideoService
    from taskforce.application.webhooks.service import WebhookService

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Executor(Protocol):
    """What a command needs of the AgentExecutor, which is loaded only when a command runs."""

    def follow(
        self, principal: Principal, job: JobView, *, after: int = 0
    ) -> AsyncIterator[tuple[EventView, ...]]: ...

    async def result(self, principal: Principal, job: JobView) -> MissionView: ...

    def check_cassette(self, file: Path) -> None: ...

    async def record(self, principal: Principal, job: JobView, file: Path) -> int: ...

    async def standing(self, principal: Principal, job: JobView) -> MissionView: ...


class Walls(Protocol):
    """What programs that missions start are held by."""

    def lack(self) -> str | None: ...


class Extensible(Protocol):
    """What plugins add to."""

    def plugged(self) -> Sequence[PluginReport]: ...


class Folders(Protocol):
    """Plants' data on this machine."""

    async def read(self, place: Path) -> dict[str, bytes]: ...


class Container(Protocol):
    """What a command needs of the container; each part is built, and loaded, when it is asked for."""

    def missions(self) -> MissionService: ...
    def sessions(self) -> SessionService: ...
    def jobs(self) -> JobService: ...
    def settling(self) -> Settling: ...
    def runs(self) -> RunService: ...
    def releases(self) -> ReleaseService: ...
    def deployments(self) -> DeploymentService: ...
    def approvals(self) -> ApprovalService: ...
    def delivery_outcomes(self) -> DeliveryOutcomes: ...
    def scenario_imports(self) -> ScenarioImportService: ...
    def plant_folders(self) -> Folders: ...
    def scenario_runs(self) -> ScenarioRunService: ...
    def experiments(self) -> ExperimentService: ...
    def debriefs(self) -> DebriefService: ...
    def marketplace_sources(self) -> SourceService: ...
    def source_artifacts(self) -> SourceArtifactService: ...
    def scans(self) -> ScanService: ...
    def collection(self) -> CollectionService: ...
    def debrief_outcomes(self) -> DebriefOutcomes: ...
    def videos(self) -> VideoService: ...
    def video_forks(self) -> VideoForkService: ...
    def video_files(self) -> VideoFileService: ...
    def actions(self) -> Extensible: ...
    def keys(self) -> KeyService: ...
    def projects(self) -> ProjectService: ...
    def members(self) -> MemberService: ...
    def parts(self) -> Parts: ...
    def webhooks(self) -> WebhookService: ...
    def worker(self) -> Worker: ...
    def readiness(self) -> Readiness: ...
    def peers(self) -> Readiness: ...
    def clock(self) -> Clock: ...
    def bubblewrap(self) -> Walls: ...
    def tools(self) -> Extensible: ...
    def strategies(self) -> Extensible: ...
    def programs(self) -> Extensible: ...
    def server_checks(self) -> ServerChecks: ...
    def log_rules(self) -> KeptLogRules: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An open container, as far as a command needs it."""

    flags: Flags
    settings: Settings
    principal: Principal
    interrupts: Interrupts
    executor: Executor
    container: Container

    @property
    def missions(self) -> MissionService:
        """Return the use cases of missions."""
        return self.container.missions()

    @property
    def sessions(self) -> SessionService:
        """Return the use cases of sessions."""
        return self.container.sessions()

    @property
    def jobs(self) -> JobService:
        """Return the use cases of jobs."""
        return self.container.jobs()

    @property
    def settling(self) -> Settling:
        """Return who waits for the ends of jobs."""
        return self.container.settling()

    @property
    def runs(self) -> RunService:
        """Return the use cases of runs."""
        return self.container.runs()

    @property
    def releases(self) -> ReleaseService:
        """Return the use cases of releases."""
        return self.container.releases()

    @property
    def deployments(self) -> DeploymentService:
        """Return the use cases of deployments."""
        return self.container.deployments()

    @property
    def approvals(self) -> ApprovalService:
        """Return the use cases of approvals."""
        return self.container.approvals()

    @property
    def outcomes(self) -> DeliveryOutcomes:
        """Return what waits for releases and deployments."""
        return self.container.delivery_outcomes()

    @property
    def scenario_imports(self) -> ScenarioImportService:
        """Return the use cases of imports."""
        return self.container.scenario_imports()

    @property
    def scenario_runs(self) -> ScenarioRunService:
        """Return the use cases of simulated runs."""
        return self.container.scenario_runs()

    @property
    def experiments(self) -> ExperimentService:
        """Return the use cases of experiments."""
        return self.container.experiments()

    @property
    def debriefs(self) -> DebriefService:
        """Return the use cases of debriefs."""
        return self.container.debriefs()

    @property
    def sources(self) -> SourceService:
        """Return the use cases of sources."""
        return self.container.marketplace_sources()

    @property
    def source_artifacts(self) -> SourceArtifactService:
        """Return the use cases of what was found in sources."""
        return self.container.source_artifacts()

    @property
    def scans(self) -> ScanService:
        """Return the use cases of scans that stand alone."""
        return self.container.scans()

    @property
    def collection(self) -> CollectionService:
        """Return the use cases of imports and of the collection."""
        return self.container.collection()

    @property
    def videos(self) -> VideoService:
        """Return the use cases of video projects."""
        return self.container.videos()

    @property
    def video_forks(self) -> VideoForkService:
        """Return what makes video projects of others."""
        return self.container.video_forks()

    @property
    def video_files(self) -> VideoFileService:
        """Return what opens films, clips and pictures."""
        return self.container.video_files()

    @property
    def keys(self) -> KeyService:
        """Return the use cases of API keys."""
        return self.container.keys()

    @property
    def projects(self) -> ProjectService:
        """Return the use cases of projects."""
        return self.container.projects()

    @property
    def members(self) -> MemberService:
        """Return the use cases of a project's members."""
        return self.container.members()

    @property
    def webhooks(self) -> WebhookService:
        """Return the use cases of webhooks."""
        return self.container.webhooks()

    @property
    def worker(self) -> Worker:
        """Return this process's worker."""
        return self.container.worker()

    @property
    def readiness(self) -> Readiness:
        """Return what tells whether everything answers."""
        return self.container.readiness()

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        return self.container.clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a command wants its container: settings of its own, and which jobs it plays."""

    settings: Mapping[str, object] = field(default_factory=dict)
    foreground: bool = True
    """Play only what this command takes in, not whatever is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[T_co]):
    """What a use case answered, and when."""

    answer: T_co
    at: datetime


def ask(ctx: typer.Context, use: Callable[[Door], Awaitable[T]]) -> Asked[T]:
    """Ask a use case through a container of its own, which plays nothing."""

    async def asked(door: Door) -> Asked[T]:
        return Asked(answer=await use(door), at=door.clock.now())

    return call(ctx, asked, Opening(settings={"workers": 0}))


def flags_of(ctx: typer.Context) -> Flags:
    """Return the global flags."""
    return ctx.obj if isinstance(ctx.obj, Flags) else Flags()


def settings_of(flags: Flags, more: Mapping[str, object] | None = None) -> Loaded:
    """Read the settings with these flags. Raises SettingsInvalid."""
    return load_settings(flags={"home": flags.home, **(more or {})}, config_file=flags.config_file)


async def principal_of(flags: Flags, container: Container) -> Principal:
    """Return who asks. Raises ProjectNotFound, as the API does."""
    project = ProjectId(flags.project)
    await container.parts().check(project)
    return local_principal(project)


def call(ctx: typer.Context, use: Callable[[Door], Awaitable[T]], opening: Opening | None = None) -> T:
    """Open the container that the settings name, use it, and close it whatever happens."""
    as_json = bool(ctx.params.get("as_json"))
    with told(as_json=as_json, typed=typed_names(ctx)), Interrupts() as interrupts:
        try:
            return asyncio.run(_used(flags_of(ctx), use, opening or Opening(), interrupts))
        except asyncio.CancelledError:
            raise typer.Exit(interrupts.code) from None


async def _used(
    flags: Flags, use: Callable[[Door], Awaitable[T]], opening: Opening, interrupts: Interrupts
) -> T:
    from taskforce.application.executor import AgentExecutor
    from taskforce.application.factory import close_container, open_container

    interrupts.stops()
    loaded = settings_of(flags, opening.settings)
    settings = _quiet(loaded) if opening.foreground else loaded.settings
    container = open_container(settings, foreground=opening.foreground)
    garbage.resume()
    try:
        return await use(
            Door(
                flags=flags,
                settings=settings,
                principal=await principal_of(flags, container),
                interrupts=interrupts,
                executor=AgentExecutor(container),
                container=container,
            )
        )
    finally:
        close_container(container)


def _quiet(loaded: Loaded) -> Settings:
    """Return settings that log errors alone, unless somebody chose a level: the command tells the rest."""
    if loaded.origins["log_level"] != DEFAULT:
        return loaded.settings
    return loaded.settings.model_copy(update={"log_level": "error"})
