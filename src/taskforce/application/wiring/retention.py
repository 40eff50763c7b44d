"""Retention: what is kept for a time, and how it goes."""

from taskforce.application.injection import providers
from taskforce.application.jobs.erasing import Erasing
from taskforce.application.jobs.retention import OldJobs, Retention
from taskforce.application.missions.program import MissionProgram
from taskforce.application.missions.pruning import OldSessions
from taskforce.application.missions.removal import SessionRemoval
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.mission_programs import MissionPrograms
from taskforce.infrastructure.jobs.sql_pruning import SqlJobPruning


class RetentionParts(MissionPrograms):
    """What removes what is old."""

    pruning = providers.ThreadSafeSingleton(
        SqlJobPruning, Ground.database, by_subject=providers.Object([MissionProgram.kind])
    )
    erasing = providers.ThreadSafeSingleton(Erasing, pruning=pruning, artifacts=Ground.artifacts)
    removal = providers.ThreadSafeSingleton(
        SessionRemoval,
        sessions=MissionPrograms.session_store,
        erasing=erasing,
        workspaces=MissionPrograms.workspaces,
        clock=Ground.clock,
    )
    retention = providers.ThreadSafeSingleton(
        Retention,
        rooms=providers.Dict(
            sessions=providers.ThreadSafeSingleton(
                OldSessions, sessions=MissionPrograms.session_store, removal=removal
            ),
            jobs=providers.ThreadSafeSingleton(OldJobs, pruning=pruning, erasing=erasing, clock=Ground.clock),
        ),
        pruning=pruning,
        erasing=erasing,
        clock=Ground.clock,
        days=Ground.settings.provided.retention_days,
    )
