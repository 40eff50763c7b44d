"""Retention: what is kept for a time, and how it goes."""

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.mission_programs import MissionPrograms
from taskforce.core.missions.kinds import MISSION
from taskforce.core.pipelines.kinds import PIPELINE
from taskforce.on_demand import on_demand
from taskforce.settings import variable

with on_demand(__name__):
    from taskforce.application.jobs.erasing import Erasing
    from taskforce.application.jobs.retention import OldJobs, Retention
    from taskforce.application.missions.pruning import OldSessions
    from taskforce.application.missions.removal import SessionRemoval
    from taskforce.application.pipelines.log_rules import KeptLogRules
    from taskforce.application.pipelines.pruning import OldLogs, OldRuns, run_place
    from taskforce.infrastructure.jobs.sql_pruning import SqlJobPruning
    from taskforce.infrastructure.pipelines.bucket_logs import log_keeping_in, log_rules_in
    from taskforce.infrastructure.pipelines.sql_log_pruning import SqlLogPruning


class RetentionParts(MissionPrograms):
    """What removes what is old."""

    pruning = providers.ThreadSafeSingleton(
        SqlJobPruning, Ground.database, by_subject=providers.Object([MISSION])
    )
    erasing = providers.ThreadSafeSingleton(
        Erasing,
        pruning=pruning,
        artifacts=Ground.artifacts,
        beside=providers.List(providers.Object(run_place)),
    )
    removal = providers.ThreadSafeSingleton(
        SessionRemoval,
        sessions=MissionPrograms.session_store,
        erasing=erasing,
        workspaces=MissionPrograms.workspaces,
        clock=Ground.clock,
    )
    old_sessions = providers.Factory(OldSessions, sessions=MissionPrograms.session_store, removal=removal)
    old_jobs = providers.Factory(
        OldJobs, pruning=pruning, erasing=erasing, clock=Ground.clock, subjects=old_sessions
    )
    old_runs = providers.Factory(
        OldRuns,
        jobs=providers.Factory(
            OldJobs,
            pruning=pruning,
            erasing=erasing,
            clock=Ground.clock,
            subjects=old_sessions,
            kind=PIPELINE,
        ),
        clock=Ground.clock,
        days=Ground.settings.provided.retention_run_days,
    )
    old_logs = providers.Factory(
        OldLogs,
        pruning=providers.Factory(SqlLogPruning, Ground.database),
        artifacts=Ground.artifacts,
        clock=Ground.clock,
        environment=Ground.settings.provided.retention_environment,
        days=Ground.settings.provided.log_days,
    )
    retention = providers.ThreadSafeSingleton(
        Retention,
        rooms=providers.List(
            providers.List("sessions", old_sessions),
            providers.List("jobs", old_jobs),
            providers.List("jobs", old_runs),
            providers.List("logs", old_logs),
        ),
        pruning=pruning,
        erasing=erasing,
        clock=Ground.clock,
        days=Ground.settings.provided.retention_days,
    )
    log_keeping = providers.ThreadSafeSingleton(
        log_keeping_in, Ground.artifacts, Ground.settings.provided.log_days
    )
    log_rules = providers.ThreadSafeSingleton(
        KeptLogRules,
        providers.Callable(
            log_rules_in,
            Ground.bucket,
            Ground.settings.provided.log_days,
            Ground.clock,
            variable=providers.Object(variable),
        ),
        is_wanted=Ground.settings.provided.retention_bucket_rules,
    )
