"""How missions are played: models, tools, skills, profiles."""

from collections.abc import Iterable
from pathlib import Path

from taskforce.application.injection import providers
from taskforce.application.wiring.collected import Collected
from taskforce.application.wiring.ground import Ground
from taskforce.on_demand import on_demand
from taskforce.settings import model_access, user_folders, variable

with on_demand(__name__):
    from taskforce.application.missions.checking import ServerChecks
    from taskforce.application.missions.choosing import ModelChooser
    from taskforce.application.missions.known_skills import KnownSkills
    from taskforce.application.missions.observing import MissionCounter, ObservedMissions, ObservedModels
    from taskforce.application.missions.program import MissionProgram
    from taskforce.core.missions.ports import StrategySource
    from taskforce.core.missions.semantics import Content
    from taskforce.infrastructure.missions.mcp.servers import McpServers
    from taskforce.infrastructure.missions.models import KnownModels
    from taskforce.infrastructure.missions.offered import OfferedTools
    from taskforce.infrastructure.missions.sandbox import Bubblewrap
    from taskforce.infrastructure.missions.skill_folders import SkillFolders
    from taskforce.infrastructure.missions.sql import SqlSessionStore
    from taskforce.infrastructure.missions.strategies import OfferedStrategies
    from taskforce.infrastructure.missions.workspaces import FolderWorkspaces
    from taskforce.infrastructure.missions.yaml_profiles import YamlProfiles
    from taskforce.infrastructure.network.addresses import AddressRules, Network
    from taskforce.plugins import strategy_plugins, tool_plugins


def _offered_tools(
    bubblewrap: Bubblewrap, private_networks: tuple[Network, ...], given: tuple[object, ...]
) -> OfferedTools:
    from taskforce.infrastructure.missions.toolbox import BuiltinTools  # most commands call no tool

    own = BuiltinTools(bubblewrap=bubblewrap, addresses=AddressRules(private_networks))
    return OfferedTools(own, given=given, plugins=tool_plugins)


def _profiles(home: Path, *, users: Iterable[Path], strategies: StrategySource) -> YamlProfiles:
    return YamlProfiles.around(home, users=users, strategies=strategies)


def _skill_folders(home: Path, *, users: Iterable[Path]) -> SkillFolders:
    return SkillFolders.around(home, users=users)


class MissionPrograms(Collected):
    """What plays missions."""

    models = providers.ThreadSafeSingleton(
        KnownModels,
        providers.Callable(model_access),
        probe=Ground.settings.provided.model_probe,
        redaction=Ground.redaction,
    )
    bubblewrap = providers.ThreadSafeSingleton(
        Bubblewrap, providers.Callable(lambda home: (home.resolve(),), Ground.home)
    )
    tools = providers.ThreadSafeSingleton(
        _offered_tools, bubblewrap, Ground.settings.provided.private_networks, Ground.given_tools
    )
    servers = providers.ThreadSafeSingleton(McpServers, providers.Object(variable))
    strategies = providers.ThreadSafeSingleton(OfferedStrategies, plugins=providers.Object(strategy_plugins))
    profiles = providers.ThreadSafeSingleton(
        _profiles, Ground.home, users=providers.Callable(user_folders), strategies=strategies
    )
    server_checks = providers.ThreadSafeSingleton(ServerChecks, profiles=profiles, servers=servers)
    skills = providers.ThreadSafeSingleton(
        KnownSkills,
        folders=providers.ThreadSafeSingleton(
            _skill_folders, Ground.home, users=providers.Callable(user_folders)
        ),
        collection=Collected.collected_skills,
    )
    workspaces = providers.ThreadSafeSingleton(
        FolderWorkspaces, Ground.home, Ground.settings.provided.workspace_roots
    )
    session_store = providers.ThreadSafeSingleton(SqlSessionStore, Ground.database)
    traced_content = providers.Callable(
        lambda is_told, redaction: Content(redaction) if is_told else None,
        Ground.settings.provided.trace_content,
        Ground.redaction,
    )
    chooser = providers.ThreadSafeSingleton(
        ModelChooser, models=models, setting=Ground.settings.provided.model
    )
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
            models=providers.Factory(ObservedModels, models, tracer=Ground.tracer, content=traced_content),
        ),
        tracer=Ground.tracer,
        meter=Ground.meter,
        content=traced_content,
    )
    mission_counter = providers.ThreadSafeSingleton(MissionCounter, Ground.meter)
