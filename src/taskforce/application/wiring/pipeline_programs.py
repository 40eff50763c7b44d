"""How runs are played: repositories, configurations, the programs of steps, their actions."""

import secrets

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.webhook_delivery import WebhookDelivery
from taskforce.core.marketplace.kinds import SCAN
from taskforce.core.missions.kinds import MISSION
from taskforce.core.scenarios.kinds import SCENARIO
from taskforce.on_demand import on_demand
from taskforce.settings import PREFIX, PROVIDER_VARIABLES, variable

with on_demand(__name__):
    from taskforce.application.missions.intake import MissionIntake
    from taskforce.application.pipelines.following import ReleasesFollow
    from taskforce.application.pipelines.measuring import PhaseStopwatch, RunStopwatch
    from taskforce.application.pipelines.program import PipelineProgram
    from taskforce.application.pipelines.tidying import Tidying
    from taskforce.application.wiring.mission_action import MissionAction
    from taskforce.application.wiring.scan_action import ScanAction
    from taskforce.application.wiring.scenario_action import ScenarioAction
    from taskforce.infrastructure.pipelines.addresses import Addresses
    from taskforce.infrastructure.pipelines.bucket_logs import log_links_at
    from taskforce.infrastructure.pipelines.checkout import GitCheckouts
    from taskforce.infrastructure.pipelines.config_files import FileConfigReader
    from taskforce.infrastructure.pipelines.cue_program import CueProgram
    from taskforce.infrastructure.pipelines.offered_actions import OfferedActions
    from taskforce.infrastructure.pipelines.secrets import EnvironmentSecrets
    from taskforce.infrastructure.pipelines.sql import SqlRunStore
    from taskforce.infrastructure.pipelines.sql_releases import SqlReleaseStore
    from taskforce.infrastructure.pipelines.steps import ProcessStepRunner
    from taskforce.infrastructure.system.home import below
    from taskforce.plugins import action_plugins


class PipelinePrograms(WebhookDelivery):
    """What plays runs."""

    mission_intake = providers.Dependency(instance_of=MissionIntake)
    """It stands on the kernel, which stands on this: `pipeline_services` gives it."""
    scenario_action = providers.Dependency(instance_of=ScenarioAction)
    """It stands on the plants of scenarios: `scenario_services` gives it."""
    scan_action = providers.Dependency(instance_of=ScanAction)
    """It stands on the repositories of sources: `marketplace_services` gives it."""
    run_store = providers.ThreadSafeSingleton(SqlRunStore, Ground.database)
    release_store = providers.ThreadSafeSingleton(SqlReleaseStore, Ground.database)
    sources = providers.ThreadSafeSingleton(
        GitCheckouts,
        providers.Callable(below, Ground.home, "pipelines"),
        addresses=providers.Factory(
            Addresses,
            known=Ground.settings.provided.repositories,
            template=Ground.settings.provided.git_url,
            allow_local=Ground.settings.provided.git_allow_local,
        ),
        roots=Ground.settings.provided.workspace_roots,
    )
    log_links = providers.ThreadSafeSingleton(
        log_links_at,
        Ground.bucket,
        providers.Callable(lambda home: below(home, "pipelines") / "signing.key", Ground.home),
        Ground.clock,
        new_key=providers.Object(secrets.token_bytes),
        secret=Ground.settings.provided.pepper,
    )
    actions = providers.ThreadSafeSingleton(
        OfferedActions,
        providers.Dict(
            {
                MISSION: providers.Factory(
                    MissionAction,
                    intake=mission_intake.provider,
                    clock=Ground.clock,
                    ids=Ground.ids,
                ).provider,
                SCENARIO: scenario_action.provider,
                SCAN: scan_action.provider,
            }
        ),
        plugins=providers.Object(action_plugins),
    )
    run_stopwatch = providers.ThreadSafeSingleton(RunStopwatch, Ground.meter)
    tidying = providers.ThreadSafeSingleton(Tidying, sources=sources, runs=run_store)
    pipeline_program = providers.ThreadSafeSingleton(
        PipelineProgram,
        sources=sources,
        configs=providers.Factory(FileConfigReader, providers.Factory(CueProgram)),
        runner=providers.Factory(ProcessStepRunner),
        secrets=providers.Factory(
            EnvironmentSecrets,
            providers.Object(variable),
            withheld=providers.Object(PROVIDER_VARIABLES),
            prefix=providers.Object(PREFIX),
        ),
        actions=actions,
        artifacts=Ground.artifacts,
        runs=run_store,
        after=providers.Factory(ReleasesFollow, sources=sources, releases=release_store),
        stopwatch=providers.Factory(PhaseStopwatch, Ground.meter),
        clock=Ground.store_clock,
        limit=providers.Callable(lambda workers: max(1, workers), Ground.settings.provided.workers),
    )
