"""THE composition root: one container; the only module that knows the adapters."""

import atexit
import os
import socket
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock

from taskforce.application.injection import containers, providers
from taskforce.application.jobs.attendance import Attendance
from taskforce.application.jobs.checkpoints import Kernel
from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.loop import LoopThread
from taskforce.application.jobs.once import Once
from taskforce.application.jobs.player import Player
from taskforce.application.jobs.poller import LogPoller
from taskforce.application.jobs.readiness import Readiness
from taskforce.application.jobs.recovery import Recovery
from taskforce.application.jobs.repertoire import Repertoire
from taskforce.application.jobs.service import JobService
from taskforce.application.jobs.settling import Settling
from taskforce.application.jobs.worker import Worker
from taskforce.application.missions.checking import ServerChecks
from taskforce.application.missions.choosing import ModelChooser
from taskforce.application.missions.intake import MissionIntake
from taskforce.application.missions.observing import MissionCounter, ObservedMissions, ObservedModels
from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.application.missions.program import MissionProgram
from taskforce.application.missions.recorder import Recorder
from taskforce.application.missions.removal import SessionRemoval
from taskforce.application.missions.replaying import MissionReplays
from taskforce.application.missions.schemas import GetSession, ListSessions
from taskforce.application.missions.service import MissionService
from taskforce.application.missions.sessions import SessionService
from taskforce.application.missions.spending import SessionSpending
from taskforce.application.missions.transcripts import SessionTranscripts
from taskforce.core.documents import JsonObject
from taskforce.core.errors import NotFound
from taskforce.core.identity import WorkerId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.program import Program
from taskforce.core.missions.changes import CreateSession, JoinSession
from taskforce.core.missions.counters import COUNTERS
from taskforce.core.missions.redaction import Redaction
from taskforce.core.missions.semantics import Content
from taskforce.core.missions.task import SHARED
from taskforce.core.principals import local_principal
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_requests import SqlRequestLog, remember_request
from taskforce.infrastructure.missions.cassettes import FileCassettes
from taskforce.infrastructure.missions.mcp.servers import McpServers
from taskforce.infrastructure.missions.models import KnownModels
from taskforce.infrastructure.missions.offered import OfferedTools
from taskforce.infrastructure.missions.sandbox import Bubblewrap
from taskforce.infrastructure.missions.skill_folders import SkillFolders
from taskforce.infrastructure.missions.sql import SqlSessionStore, create_session, join_session
from taskforce.infrastructure.missions.strategies import OfferedStrategies
from taskforce.infrastructure.missions.workspaces import FolderWorkspaces
from taskforce.infrastructure.missions.yaml_profiles import YamlProfiles
from taskforce.infrastructure.network.addresses import AddressRules, Network
from taskforce.infrastructure.queues.in_process import InProcessQueue
from taskforce.infrastructure.system.clock import SystemClock
from taskforce.infrastructure.system.ids import UuidSource
from taskforce.infrastructure.system.log import log_to
from taskforce.infrastructure.system.probe import SilentProbe
from taskforce.infrastructure.system.roster import FlockRoster
from taskforce.infrastructure.telemetry.prometheus import PrometheusMeter
from taskforce.infrastructure.telemetry.tracers import tracer_to
from taskforce.plugins import program_plugins, strategy_plugins, tool_plugins
from taskforce.settings import Settings, known_secrets, load_settings, model_access, user_folders, variable


def _offered_tools(
    bubblewrap: Bubblewrap, private_networks: tuple[Network, ...], given: tuple[object, ...]
) -> OfferedTools:
    from taskforce.infrastructure.missions.toolbox import BuiltinTools  # most commands call no tool

    own = BuiltinTools(bubblewrap=bubblewrap, addresses=AddressRules(private_networks))
    return OfferedTools(own, given=given, plugins=tool_plugins)


class Container(containers.DeclarativeContainer):
    """Everything, wired. Providers are synchronous; what has threads starts them on first use."""

    settings = providers.Dependency(instance_of=Settings)
    foreground = providers.Dependency(instance_of=bool, default=False)
    guests = providers.Dependency(instance_of=tuple, default=())
    given_tools = providers.Dependency(instance_of=tuple, default=())
    home = providers.Callable(lambda settings: settings.home.absolute(), settings)

    clock = providers.ThreadSafeSingleton(SystemClock)
    ids = providers.ThreadSafeSingleton(UuidSource)
    probe = providers.ThreadSafeSingleton(SilentProbe)
    roster = providers.ThreadSafeSingleton(FlockRoster, home)
    database = providers.ThreadSafeSingleton(
        SqliteDatabase,
        providers.Callable(lambda home: home / "taskforce.db", home),
        synchronous=settings.provided.synchronous,
    )
    store = providers.ThreadSafeSingleton(
        SqlJobStore,
        database,
        clock,
        providers.Object(
            {
                CreateSession: create_session,
                JoinSession: join_session,
                RememberRequest: remember_request,
            }
        ),
        shared=providers.Object({MissionProgram.kind: SHARED}),
    )
    requests = providers.ThreadSafeSingleton(SqlRequestLog, database)
    artifacts = providers.ThreadSafeSingleton(
        LocalArtifactStore, providers.Callable(lambda home: home / "artifacts", home), clock
    )
    queue = providers.ThreadSafeSingleton(InProcessQueue)
    feed = providers.ThreadSafeSingleton(InProcessFeed)

    session_store = providers.ThreadSafeSingleton(SqlSessionStore, database)
    redaction = providers.ThreadSafeSingleton(lambda: Redaction(known_secrets(model_access())))
    models = providers.ThreadSafeSingleton(
        KnownModels,
        providers.Callable(model_access),
        probe=settings.provided.model_probe,
        redaction=redaction,
    )
    bubblewrap = providers.ThreadSafeSingleton(
        Bubblewrap, providers.Callable(lambda home: (home.resolve(),), home)
    )
    tools = providers.ThreadSafeSingleton(
        _offered_tools, bubblewrap, settings.provided.private_networks, given_tools
    )
    servers = providers.ThreadSafeSingleton(McpServers, providers.Object(variable))
    strategies = providers.ThreadSafeSingleton(OfferedStrategies, plugins=providers.Object(strategy_plugins))
    profiles = providers.ThreadSafeSingleton(
        YamlProfiles.around, home, users=providers.Callable(user_folders), strategies=strategies
    )
    server_checks = providers.ThreadSafeSingleton(ServerChecks, profiles=profiles, servers=servers)
    skills = providers.ThreadSafeSingleton(SkillFolders.around, home, users=providers.Callable(user_folders))
    workspaces = providers.ThreadSafeSingleton(FolderWorkspaces, home, settings.provided.workspace_roots)

    tracer = providers.ThreadSafeSingleton(tracer_to, settings.provided.otlp_endpoint)
    meter = providers.ThreadSafeSingleton(PrometheusMeter, COUNTERS)
    traced_content = providers.Callable(
        lambda is_told, redaction: Content(redaction) if is_told else None,
        settings.provided.trace_content,
        redaction,
    )

    chooser = providers.ThreadSafeSingleton(ModelChooser, models=models, setting=settings.provided.model)
    mission_programs = providers.Factory(
        MissionProgram,
        chooser=chooser,
        profiles=profiles,
        tools=tools,
        servers=servers,
        skills=skills,
        strategies=strategies,
        sessions=session_store,
        workspaces=workspaces,
    )
    mission_program = providers.ThreadSafeSingleton(
        ObservedMissions,
        providers.Factory(
            mission_programs,
            models=providers.Factory(ObservedModels, models, tracer=tracer, content=traced_content),
        ),
        tracer=tracer,
        meter=meter,
        content=traced_content,
    )
    programs = providers.ThreadSafeSingleton(
        Repertoire,
        providers.Dict({MissionProgram.kind: mission_program.provider}),
        guests,
        plugins=providers.Object(program_plugins),
    )

    kernel = providers.ThreadSafeSingleton(
        Kernel,
        store=store,
        artifacts=artifacts,
        feed=feed,
        clock=clock,
        ids=ids,
        probe=probe,
        lease=settings.provided.lease_duration,
    )
    mission_counter = providers.ThreadSafeSingleton(MissionCounter, meter)
    player = providers.ThreadSafeSingleton(Player, kernel=kernel, programs=programs, on_end=mission_counter)
    worker = providers.ThreadSafeSingleton(
        Worker,
        name=providers.Callable(lambda ids: _worker_name(ids.new()), ids),
        store=store,
        queue=queue,
        feed=feed,
        roster=roster,
        player=player,
        recovery=providers.ThreadSafeSingleton(Recovery, store=store, queue=queue, roster=roster),
        poller=providers.ThreadSafeSingleton(LogPoller, store=store, feed=feed),
        slots=settings.provided.workers,
        lease=settings.provided.lease_duration,
        foreground=foreground,
        lane=providers.Object(LoopThread),
    )
    settling = providers.ThreadSafeSingleton(Settling, store=store, feed=feed, worker=worker)
    desk = providers.ThreadSafeSingleton(
        JobDesk,
        store=store,
        queue=queue,
        feed=feed,
        worker=worker,
        clock=clock,
        ids=ids,
        on_end=mission_counter,
    )
    readiness = providers.ThreadSafeSingleton(
        Readiness,
        checks=providers.Dict(
            store=store.provided.check,
            migrations=database.provided.check_schema,
            queue=queue.provided.check,
            artifacts=artifacts.provided.check,
        ),
    )

    once = providers.ThreadSafeSingleton(Once, log=requests, clock=clock)
    jobs = providers.ThreadSafeSingleton(
        JobService,
        store=store,
        artifacts=artifacts,
        feed=feed,
        desk=desk,
        once=once,
        attendance=providers.ThreadSafeSingleton(Attendance, roster=roster, clock=clock),
    )
    mission_outcomes = providers.ThreadSafeSingleton(MissionOutcomes, store)
    spending = providers.ThreadSafeSingleton(SessionSpending, store=store, outcomes=mission_outcomes)
    intake = providers.ThreadSafeSingleton(
        MissionIntake,
        profiles=profiles,
        chooser=chooser,
        spending=spending,
        skills=skills,
        workspaces=workspaces,
        clock=clock,
        ids=ids,
    )
    missions = providers.ThreadSafeSingleton(
        MissionService,
        intake=intake,
        desk=desk,
        sessions=session_store,
        profiles=profiles,
        models=models,
        chooser=chooser,
        tools=tools,
        skills=skills,
        once=once,
    )
    mission_replays = providers.ThreadSafeSingleton(
        MissionReplays,
        store=store,
        artifacts=artifacts,
        program=mission_programs.provider,
        outcomes=mission_outcomes,
    )
    recorder = providers.ThreadSafeSingleton(
        Recorder,
        store=store,
        replays=mission_replays,
        cassettes=providers.ThreadSafeSingleton(FileCassettes, redaction),
    )
    sessions = providers.ThreadSafeSingleton(
        SessionService,
        intake=intake,
        desk=desk,
        store=store,
        sessions=session_store,
        outcomes=mission_outcomes,
        transcripts=providers.ThreadSafeSingleton(
            SessionTranscripts, store=store, sessions=session_store, outcomes=mission_outcomes
        ),
        spending=spending,
        removal=providers.ThreadSafeSingleton(
            SessionRemoval, sessions=session_store, artifacts=artifacts, workspaces=workspaces, clock=clock
        ),
        replays=mission_replays,
        once=once,
    )


def open_container(
    settings: Settings,
    *,
    foreground: bool = False,
    programs: Iterable[Program] = (),
    tools: Iterable[object] = (),
) -> Container:
    """Return a new container on these settings, with programs and tools beside Taskforce's own.

    One of the foreground plays only what this process takes in itself, and its children.
    """
    log_to(sys.stderr, level=settings.log_level)
    return Container(
        settings=settings, foreground=foreground, guests=tuple(programs), given_tools=tuple(tools)
    )


def close_container(container: Container) -> None:
    """Let running steps end, give leases back, close the database. Blocks for a few seconds at most."""
    with ExitStack() as stack:
        stack.callback(container.database().close)
        stack.callback(container.tracer().close)
        stack.callback(container.worker().stop)


_default: list[Container] = []
_opening = Lock()


def default_container() -> Container:
    """Return the container of the default settings, opened on first use and closed when the process ends."""
    with _opening:
        if not _default:
            container = open_container(load_settings().settings)
            atexit.register(close_container, container)
            _default.append(container)
        return _default[0]


class StateManager:
    """Where an agent's sessions are: as much of them as a look from outside needs."""

    def __init__(self, sessions: SessionService, *, profile: str) -> None:
        self._sessions = sessions
        self._profile = profile

    async def list_sessions(self) -> list[str]:
        """Return the ids of the newest hundred sessions of the agent's profile, newest first."""
        found = await self._sessions.list(local_principal(), ListSessions(profile=self._profile, limit=100))
        return [view.session_id for view in found.items]

    async def load_state(self, session_id: str) -> JsonObject | None:
        """Return a session's state (mission, status, created_at …), or None when there is no such session."""
        try:
            view = await self._sessions.get(local_principal(), GetSession(session_id=session_id))
        except NotFound:
            return None
        return view.model_dump(mode="json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent of a profile, and where its sessions are."""

    profile: str
    state_manager: StateManager


class AgentFactory:
    """Makes agents. Without arguments it stands on the container of the default settings."""

    def __init__(self, container: Container | None = None) -> None:
        self._container = container

    def create_agent(self, profile: str = "dev") -> Agent:
        """Return an agent of a profile. Raises ProfileNotFound."""
        container = self._container or default_container()
        name = container.profiles().get(profile).name
        return Agent(profile=name, state_manager=StateManager(container.sessions(), profile=name))


def _worker_name(unique: str) -> WorkerId:
    return WorkerId(f"{socket.gethostname()}:{os.getpid()}:{unique}")
