"""The library's door: Taskforce in an asyncio program, and one call for a script without it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, Self, TypedDict, Unpack

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.log_schemas import EventView
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import JobView
from taskforce.application.missions.replay_schemas import ReplaySession
from taskforce.application.missions.schemas import (
    CancelSession,
    CreateSession,
    ExecuteMission,
    GetSession,
    ListMessages,
    ListSessions,
    MissionJobView,
    MissionView,
    ModelView,
    ProfileView,
    RespondSession,
    ResumeSession,
    SessionDetailView,
    ToolView,
)
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.session_schemas import DeleteSession, ForkSession, MessagePlace
from taskforce.application.missions.sessions import SessionService
from taskforce.application.missions.skill_schemas import SkillView
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.program import Program
from taskforce.core.principals import DEFAULT_PROJECT, Principal, local_principal
from taskforce.core.tools import Tool
from taskforce.rooms.access import Keys, Members, Projects
from taskforce.rooms.asking import asked
from taskforce.rooms.deliveries import Approvals, Deployments, Releases
from taskforce.rooms.jobs import Jobs
from taskforce.rooms.marketplace import Collections, Scans, SourceArtifacts, Sources
from taskforce.rooms.runs import Runs
from taskforce.rooms.scenario_imports import ScenarioImports
from taskforce.rooms.scenario_runs import Debriefs, Experiments, ScenarioRuns
from taskforce.rooms.videos import VideoFiles, VideoForks, Videos
from taskforce.rooms.webhooks import Webhooks
from taskforce.settings import Settings, load_settings


class MissionOptions(TypedDict, total=False):
    """What may be said of a mission beside its text; what is left out is settled by settings and profile."""

    profile: str
    """Which model, tools, policy and limits to run with."""
    session_id: str | None
    """The session it belongs to; a new one if left out."""
    skill: str | None
    """A skill to do it with; the mission's own words may then be left out."""
    params: Mapping[str, str]
    """Values for `{{name}}` places in the mission or the skill."""
    model: str | None
    """The model to run with, such as `local:planner`."""
    workspace: str | None
    """The folder to work in, for a new session; one of its own if left out."""
    limits: Limits | None
    """Other limits than the profile's."""
    idempotency_key: str | None
    """Called again with the same words under this key, no new mission is run."""


class Executor(Protocol):
    """What the library needs of the AgentExecutor, which is loaded when a Taskforce is opened."""

    async def execute(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionView: ...

    async def start(
        self, principal: Principal, request: ExecuteMission, *, key: str | None = None
    ) -> MissionJobView: ...

    async def result(self, principal: Principal, job: JobView) -> MissionView: ...

    def follow(
        self, principal: Principal, job: JobView, *, after: int = 0
    ) -> AsyncIterator[tuple[EventView, ...]]: ...

    def check_cassette(self, file: Path) -> None: ...

    async def record(self, principal: Principal, job: JobView, file: Path) -> int: ...


class Missions:
    """The use cases of missions."""

    def __init__(self, service: MissionService, principal: Principal) -> None:
        self._service = service
        self._principal = principal

    async def execute(self, mission: str | None = None, **options: Unpack[MissionOptions]) -> MissionJobView:
        """Hand in a mission and return its job at once."""
        request, key = _mission({"mission": mission, **options})
        return await self._service.execute(self._principal, request, key=key)

    def list_tools(self) -> list[ToolView]:
        """List the tools that missions may use."""
        return self._service.list_tools(self._principal)

    async def list_skills(self) -> list[SkillView]:
        """List the skills that missions may use."""
        return await self._service.list_skills(self._principal)

    def list_profiles(self) -> list[ProfileView]:
        """List the profiles that missions may run with."""
        return self._service.list_profiles(self._principal)

    async def list_models(self) -> list[ModelView]:
        """List the models that missions may run with."""
        return await self._service.list_models(self._principal)


class Sessions:
    """The use cases of sessions. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: SessionService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListSessions)
        self.get = asked(principal, service.get, GetSession)
        self.messages = asked(principal, service.messages, ListMessages)
        self.respond = asked(principal, service.respond, RespondSession)
        self.cancel = asked(principal, service.cancel, CancelSession)
        self.delete = asked(principal, service.delete, DeleteSession)
        self.replay = asked(principal, service.replay, ReplaySession)

    async def create(
        self, *, profile: str = "dev", workspace: str | None = None, idempotency_key: str | None = None
    ) -> SessionDetailView:
        """Create a session without a mission yet."""
        request = checked(CreateSession, profile=profile, workspace=workspace)
        return await self._service.create(self._principal, request, key=idempotency_key)

    async def fork(
        self, *, session_id: str, message: MessagePlace | None = None, idempotency_key: str | None = None
    ) -> SessionDetailView:
        """Fork a session: a new one that goes on from what was said in it, up to a message."""
        request = checked(ForkSession, session_id=session_id, message=message)
        return await self._service.fork(self._principal, request, key=idempotency_key)

    async def resume(
        self,
        *,
        session_id: str,
        limits: Limits | None = None,
        model: str | None = None,
        idempotency_key: str | None = None,
    ) -> MissionJobView:
        """Go on with a session's failed mission, with other limits or another model."""
        request = checked(ResumeSession, session_id=session_id, limits=limits, model=model)
        return await self._service.resume(self._principal, request, key=idempotency_key)


class Taskforce:
    """Taskforce, opened: runs missions, and shows and steers sessions and jobs.

    Open it once and use it as long as the program runs:

        async with Taskforce.open() as tf:
            mission = await tf.execute_mission("Count the lines of every file and write report.md")
            print(mission.message)
    """

    def __init__(
        self,
        *,
        settings: Settings,
        executor: Executor,
        missions: Missions,
        sessions: Sessions,
        jobs: Jobs,
        runs: Runs,
        releases: Releases,
        deployments: Deployments,
        approvals: Approvals,
        scenario_imports: ScenarioImports,
        scenario_runs: ScenarioRuns,
        experiments: Experiments,
        debriefs: Debriefs,
        sources: Sources,
        source_artifacts: SourceArtifacts,
        collections: Collections,
        scans: Scans,
        videos: Videos,
        video_forks: VideoForks,
        video_files: VideoFiles,
        keys: Keys,
        projects: Projects,
        members: Members,
        webhooks: Webhooks,
        desk: JobDesk,
        principal: Principal,
    ) -> None:
        self.settings = settings
        self.missions = missions
        self.sessions = sessions
        self.jobs = jobs
        self.runs = runs
        self.releases = releases
        self.deployments = deployments
        self.approvals = approvals
        self.scenario_imports = scenario_imports
        self.scenario_runs = scenario_runs
        self.experiments = experiments
        self.debriefs = debriefs
        self.sources = sources
        self.source_artifacts = source_artifacts
        self.collections = collections
        self.scans = scans
        self.videos = videos
        self.video_forks = video_forks
        self.video_files = video_files
        self.keys = keys
        self.projects = projects
        self.members = members
        self.webhooks = webhooks
        self._executor = executor
        self._desk = desk
        self._principal = principal

    @classmethod
    def open(
        cls,
        settings: Settings | None = None,
        *,
        project: str = DEFAULT_PROJECT,
        programs: Iterable[Program] = (),
        tools: Iterable[Tool[Any]] = (),
    ) -> AbstractAsyncContextManager[Self]:
        """Open the store that the settings name, and a worker in this process; close both at the end.

        Without settings they are read from the environment and the settings files. Jobs that are due in
        the store are played here too; at the end what still runs is given back and stays due. A job of a
        program of one's own is played wherever Taskforce is opened with it, or finds it as a plugin. A tool
        is offered to missions whose profile lists its name. All that is asked is of one project, the
        default one if none is named. Raises KindTaken, ToolNameTaken, NoTool and ProjectNotFound.
        """
        return cls._opened(settings, ProjectId(project), programs, tools)

    @classmethod
    @asynccontextmanager
    async def _opened(
        cls,
        settings: Settings | None,
        project: ProjectId,
        programs: Iterable[Program],
        tools: Iterable[Tool[Any]],
    ) -> AsyncIterator[Self]:
        from taskforce.application.executor import AgentExecutor
        from taskforce.application.factory import close_container, open_container

        known = settings or load_settings().settings
        container = open_container(known, programs=programs, tools=tools)
        principal = local_principal(project)
        outcomes = container.delivery_outcomes()
        try:
            await container.parts().check(project)
            container.desk().open()  # jobs of the store that are due go on at once
            yield cls(
                settings=known,
                executor=AgentExecutor(container),
                missions=Missions(container.missions(), principal),
                sessions=Sessions(container.sessions(), principal),
                jobs=Jobs(container.jobs(), principal, container.clock()),
                runs=Runs(container.runs(), principal),
                releases=Releases(container.releases(), outcomes, principal),
                deployments=Deployments(container.deployments(), outcomes, principal),
                approvals=Approvals(container.approvals(), principal),
                scenario_imports=ScenarioImports(container.scenario_imports(), principal),
                scenario_runs=ScenarioRuns(container.scenario_runs(), principal),
                experiments=Experiments(container.experiments(), principal),
                debriefs=Debriefs(container.debriefs(), container.debrief_outcomes(), principal),
                sources=Sources(container.marketplace_sources(), principal),
                source_artifacts=SourceArtifacts(container.source_artifacts(), principal),
                collections=Collections(container.collection(), principal),
                scans=Scans(container.scans(), principal),
                videos=Videos(container.videos(), principal),
                video_forks=VideoForks(container.video_forks(), principal),
                video_files=VideoFiles(container.video_files(), principal),
                keys=Keys(container.keys(), principal),
                projects=Projects(container.projects(), principal),
                members=Members(container.members(), principal),
                webhooks=Webhooks(container.webhooks(), principal),
                desk=container.desk(),
                principal=principal,
            )
        finally:
            close_container(container)

    async def execute_mission(
        self, mission: str | None = None, *, record: Path | None = None, **options: Unpack[MissionOptions]
    ) -> MissionView:
        """Run a mission and return what it came to: completed, failed, or paused for an answer.

        With `record` a cassette is written there, for the model `replay:FILE`; it holds no secrets.

        Raises:
            Invalid: the mission, the profile, the model or a parameter is not right.
            SessionNotFound: there is no such session.
            SessionBusy: the session runs another mission.
        """
        request, key = self._request(mission, options)
        if record is None:
            return await self._executor.execute(self._principal, request, key=key)
        self._executor.check_cassette(record)
        job = await self._executor.start(self._principal, request, key=key)
        ended = await self._executor.result(self._principal, job)
        await self._executor.record(self._principal, job, record)
        return ended

    async def execute_mission_streaming(
        self, mission: str | None = None, **options: Unpack[MissionOptions]
    ) -> AsyncIterator[EventView]:
        """Run a mission and yield its events as they happen; the last one is `complete`.

        Raises the same errors as `execute_mission`. Who stops listening does not stop the mission.
        """
        request, key = self._request(mission, options)
        job = await self._executor.start(self._principal, request, key=key)
        async for page in self._executor.follow(self._principal, job):
            for event in page:
                yield event

    async def start(self, kind: str, input: JsonObject, *, subject: str | None = None) -> JobView:
        """Start a job of a program that Taskforce was opened with; `jobs.list` finds it by its subject.

        It is stored when this returns. Follow it with `jobs.watch`. Raises UnknownKind.
        """
        job = self._desk.new(kind, self._principal, input, subject=subject, alone=False)
        return JobView.of(await self._desk.accept(job))

    async def result(self, job: JobView) -> MissionView:
        """Wait for what a mission's job comes to, such as the one that `sessions.resume` returned."""
        return await self._executor.result(self._principal, job)

    def _request(self, mission: str | None, options: MissionOptions) -> tuple[ExecuteMission, str | None]:
        return _mission({"profile": self.settings.profile, "mission": mission, **options})


def run_mission(
    mission: str | None = None,
    *,
    settings: Settings | None = None,
    record: Path | None = None,
    **options: Unpack[MissionOptions],
) -> MissionView:
    """Run a mission and return what it came to, in a script without asyncio.

        import taskforce

        print(taskforce.run_mission("List the files here").message)

    In an asyncio program use `Taskforce.open`. Raises the same errors as `Taskforce.execute_mission`.
    """
    if _in_a_loop():
        raise RuntimeError(
            "run_mission is for scripts; here, in a coroutine, use `async with Taskforce.open()`."
        )

    async def run() -> MissionView:
        async with Taskforce.open(settings) as tf:
            return await tf.execute_mission(mission, record=record, **options)

    return asyncio.run(run())


def _mission(words: dict[str, object]) -> tuple[ExecuteMission, str | None]:
    key = words.pop("idempotency_key", None)
    return checked(ExecuteMission, **words), None if key is None else str(key)


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
