"""The use cases of imports and of the collection."""

from taskforce.application.injection import providers
from taskforce.application.wiring.collected import Collected
from taskforce.application.wiring.ground import Ground
from taskforce.application.wiring.marketplace_programs import MarketplacePrograms
from taskforce.application.wiring.marketplace_services import MarketplaceServices
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.marketplace.collection import CollectionService
    from taskforce.application.marketplace.importing import Importing
    from taskforce.application.marketplace.verifying import Verifying


class CollectionServices(MarketplaceServices):
    """What the doors ask about what was taken."""

    collection = providers.ThreadSafeSingleton(
        CollectionService,
        sources=MarketplacePrograms.source_store,
        catalogue=MarketplacePrograms.catalogue_store,
        collection=Collected.collection_store,
        importing=providers.Factory(
            Importing,
            collection=Collected.collection_store,
            reading=MarketplaceServices.entry_reading,
            artifacts=Ground.artifacts,
            clock=Ground.clock,
            ids=Ground.ids,
        ),
        verifying=providers.Factory(
            Verifying, collection=Collected.collection_store, artifacts=Ground.artifacts
        ),
        artifacts=Ground.artifacts,
        clock=Ground.clock,
    )
