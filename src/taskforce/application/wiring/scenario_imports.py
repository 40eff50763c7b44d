"""Imports of plants: their stores, files and use cases."""

from taskforce.application.injection import providers
from taskforce.application.scenarios.imports import ScenarioImportService
from taskforce.application.wiring.delivery_services import DeliveryServices
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.infrastructure.scenarios.folders import LocalPlantFolders
from taskforce.infrastructure.scenarios.sql import SqlSnapshotStore
from taskforce.infrastructure.scenarios.table_files import CsvTableFiles


class ScenarioImports(DeliveryServices):
    """What the doors ask about plants' data."""

    snapshot_store = providers.ThreadSafeSingleton(SqlSnapshotStore, Ground.database)
    plant_folders = providers.ThreadSafeSingleton(LocalPlantFolders)
    scenario_imports = providers.ThreadSafeSingleton(
        ScenarioImportService,
        snapshots=snapshot_store,
        artifacts=Ground.artifacts,
        files=providers.ThreadSafeSingleton(CsvTableFiles),
        once=KernelParts.once,
        clock=Ground.clock,
    )
