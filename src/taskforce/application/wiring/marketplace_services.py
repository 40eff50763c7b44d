"""The use cases of the marketplace: sources, what was found in them, scans that stand alone."""

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.kernel import KernelParts
from taskforce.application.wiring.marketplace_programs import MarketplacePrograms
from taskforce.application.wiring.pipeline_programs import PipelinePrograms
from taskforce.application.wiring.scenario_services import ScenarioServices
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.marketplace.artifacts import SourceArtifactService
    from taskforce.application.marketplace.reading import EntryReading
    from taskforce.application.marketplace.scans import ScanService
    from taskforce.application.marketplace.service import SourceService
    from taskforce.application.wiring.scan_action import ScanAction


class MarketplaceServices(ScenarioServices):
    """What the doors ask about sources."""

    marketplace_sources = providers.ThreadSafeSingleton(
        SourceService,
        sources=MarketplacePrograms.source_store,
        audit=MarketplacePrograms.audit_log,
        repositories=MarketplacePrograms.repositories,
        desk=KernelParts.desk,
        clock=Ground.store_clock,
        ids=Ground.ids,
        once=KernelParts.once,
    )
    entry_reading = providers.ThreadSafeSingleton(EntryReading, MarketplacePrograms.repositories)
    source_artifacts = providers.ThreadSafeSingleton(
        SourceArtifactService,
        sources=MarketplacePrograms.source_store,
        catalogue=MarketplacePrograms.catalogue_store,
        reading=entry_reading,
        clock=Ground.clock,
    )
    scans = providers.ThreadSafeSingleton(
        ScanService,
        repositories=MarketplacePrograms.repositories,
        desk=KernelParts.desk,
        once=KernelParts.once,
    )
    step_scans = providers.ThreadSafeSingleton(ScanAction, MarketplacePrograms.repositories)


PipelinePrograms.scan_action.override(MarketplaceServices.step_scans)
