"""What projects took from sources, as missions find it."""

from taskforce.application.injection import providers
from taskforce.application.wiring.ground import Ground
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.marketplace.collected_skills import CollectedSkills
    from taskforce.infrastructure.marketplace.front_matter import YamlFrontMatter
    from taskforce.infrastructure.marketplace.sql_collection import SqlCollectionStore
    from taskforce.infrastructure.marketplace.sql_ledger import SqlMarketplaceLedger


class Collected(Ground):
    """The collection, and its skills."""

    collection_store = providers.ThreadSafeSingleton(
        SqlCollectionStore, Ground.database, providers.Object(SqlMarketplaceLedger)
    )
    collected_skills = providers.ThreadSafeSingleton(
        CollectedSkills,
        collection=collection_store,
        artifacts=Ground.artifacts,
        front_matter=providers.Factory(YamlFrontMatter),
        clock=Ground.clock,
    )
