"""The use cases of scenarios: imports of plants, runs, experiments, debriefs."""

from taskforce.application.injection import providers
from taskforce.application.wiring.delivery_services import DeliveryServices
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.pipeline_programs import PipelinePrograms
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.scenarios.debriefs import DebriefService
    from taskforce.application.scenarios.ended_runs import EndedRuns
    from taskforce.application.scenarios.experiments import ExperimentService
    from taskforce.application.scenarios.imports import ScenarioImportService
    from taskforce.application.scenarios.outcomes import DebriefOutcomes
    from taskforce.application.scenarios.plants import ScenarioPlants
    from taskforce.application.scenarios.service import ScenarioRunService
    from taskforce.application.scenarios.step_plants import StepPlants
    from taskforce.application.wiring.scenario_action import ScenarioAction
    from taskforce.infrastructure.scenarios.folders import LocalPlantFolders
    from taskforce.infrastructure.scenarios.sql import SqlSnapshotStore
    from taskforce.infrastructure.scenarios.table_files import CsvTableFiles


class ScenarioServices(DeliveryServices):
    """What the doors ask about plants and scenarios."""

    snapshot_store = providers.ThreadSafeSingleton(SqlSnapshotStore, Ground.database)
    plant_folders = providers.ThreadSafeSingleton(LocalPlantFolders)
    table_files = providers.ThreadSafeSingleton(CsvTableFiles)
    scenario_imports = providers.ThreadSafeSingleton(
        ScenarioImportService,
        snapshots=snapshot_store,
        artifacts=Ground.artifacts,
        files=table_files,
        once=KernelParts.once,
        clock=Ground.clock,
    )
    scenario_plants = providers.Factory(ScenarioPlants, snapshots=snapshot_store, artifacts=Ground.artifacts)
    step_scenarios = providers.ThreadSafeSingleton(
        ScenarioAction,
        providers.Factory(
            StepPlants,
            artifacts=Ground.artifacts,
            folders=plant_folders,
            files=table_files,
            plants=scenario_plants,
        ),
    )
    ended_scenarios = providers.Factory(EndedRuns, KernelParts.store)
    scenario_runs = providers.ThreadSafeSingleton(
        ScenarioRunService,
        desk=KernelParts.desk,
        jobs=KernelParts.store,
        runs=ended_scenarios,
        plants=scenario_plants,
        once=KernelParts.once,
    )
    experiments = providers.ThreadSafeSingleton(
        ExperimentService,
        desk=KernelParts.desk,
        jobs=KernelParts.store,
        plants=scenario_plants,
        once=KernelParts.once,
    )
    debriefs = providers.ThreadSafeSingleton(
        DebriefService,
        desk=KernelParts.desk,
        runs=ended_scenarios,
        once=KernelParts.once,
    )
    debrief_outcomes = providers.Factory(DebriefOutcomes, KernelParts.settling)


PipelinePrograms.scenario_action.override(ScenarioServices.step_scenarios)
