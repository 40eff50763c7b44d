"""The use cases of missions and sessions."""

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.mission_programs import MissionPrograms
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.missions.intake import MissionIntake
    from taskforce.application.missions.naming import NamedPaths
    from taskforce.application.missions.outcomes import MissionOutcomes
    from taskforce.application.missions.recorder import Recorder
    from taskforce.application.missions.replaying import MissionReplays
    from taskforce.application.missions.service import MissionService
    from taskforce.application.missions.sessions import SessionService
    from taskforce.application.missions.spending import SessionSpending
    from taskforce.application.missions.transcripts import SessionTranscripts
    from taskforce.infrastructure.missions.cassettes import FileCassettes


class MissionServices(KernelParts):
    """What the doors ask about missions."""

    mission_outcomes = providers.ThreadSafeSingleton(MissionOutcomes, KernelParts.store)
    spending = providers.ThreadSafeSingleton(
        SessionSpending, store=KernelParts.store, outcomes=mission_outcomes
    )
    intake = providers.ThreadSafeSingleton(
        MissionIntake,
        profiles=MissionPrograms.profiles,
        chooser=MissionPrograms.chooser,
        spending=spending,
        skills=MissionPrograms.skills,
        workspaces=MissionPrograms.workspaces,
        paths=providers.ThreadSafeSingleton(
            NamedPaths, MissionPrograms.models, is_allowed=Ground.settings.provided.request_paths
        ),
        clock=Ground.clock,
        ids=Ground.ids,
    )
    missions = providers.ThreadSafeSingleton(
        MissionService,
        intake=intake,
        desk=KernelParts.desk,
        sessions=MissionPrograms.session_store,
        profiles=MissionPrograms.profiles,
        models=MissionPrograms.models,
        chooser=MissionPrograms.chooser,
        tools=MissionPrograms.tools,
        skills=MissionPrograms.skills,
        once=KernelParts.once,
    )
    mission_replays = providers.ThreadSafeSingleton(
        MissionReplays,
        store=KernelParts.store,
        artifacts=Ground.artifacts,
        program=MissionPrograms.mission_programs.provider,
        outcomes=mission_outcomes,
    )
    recorder = providers.ThreadSafeSingleton(
        Recorder,
        store=KernelParts.store,
        replays=mission_replays,
        cassettes=providers.ThreadSafeSingleton(FileCassettes, Ground.redaction),
    )
    sessions = providers.ThreadSafeSingleton(
        SessionService,
        intake=intake,
        desk=KernelParts.desk,
        store=KernelParts.store,
        sessions=MissionPrograms.session_store,
        outcomes=mission_outcomes,
        transcripts=providers.ThreadSafeSingleton(
            SessionTranscripts,
            store=KernelParts.store,
            sessions=MissionPrograms.session_store,
            outcomes=mission_outcomes,
        ),
        spending=spending,
        removal=KernelParts.removal,
        replays=mission_replays,
        once=KernelParts.once,
    )
