"""How sources are scanned: the repositories, the stores of what is found, the program."""

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.scenario_programs import ScenarioPrograms
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.jobs.desk import JobDesk
    from taskforce.application.marketplace.program import ScanProgram
    from taskforce.application.marketplace.rescanning import Rescanning
    from taskforce.application.marketplace.retrying import ScanRetries
    from taskforce.application.marketplace.scanning import Scanning
    from taskforce.infrastructure.marketplace.front_matter import YamlFrontMatter
    from taskforce.infrastructure.marketplace.on_demand import RepositoriesOnDemand
    from taskforce.infrastructure.marketplace.sql import SqlAuditLog, SqlCatalogueStore, SqlSourceStore
    from taskforce.infrastructure.system.home import below


class MarketplacePrograms(ScenarioPrograms):
    """What plays scans."""

    desk_of_scans = providers.Dependency(instance_of=JobDesk)
    """It stands on the kernel, which stands on this: `kernel` gives it."""
    repositories = providers.ThreadSafeSingleton(
        RepositoriesOnDemand,
        providers.Callable(below, Ground.home, "marketplace"),
        allow_local=Ground.settings.provided.git_allow_local,
        private=Ground.settings.provided.private_networks,
        credentials=Ground.settings.provided.marketplace_credentials,
        keys=Ground.settings.provided.marketplace_ssh_keys,
    )
    source_store = providers.ThreadSafeSingleton(SqlSourceStore, Ground.database)
    catalogue_store = providers.ThreadSafeSingleton(SqlCatalogueStore, Ground.database)
    audit_log = providers.ThreadSafeSingleton(SqlAuditLog, Ground.database)
    scan_program = providers.ThreadSafeSingleton(
        ScanProgram,
        providers.Factory(
            Scanning,
            repositories=repositories,
            front_matter=providers.Factory(YamlFrontMatter),
        ),
    )
    rescanning = providers.ThreadSafeSingleton(
        Rescanning, sources=source_store, desk=desk_of_scans.provider, clock=Ground.store_clock
    )
    scan_retries = providers.ThreadSafeSingleton(ScanRetries, source_store)
