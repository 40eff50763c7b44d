"""The use cases of imports and of the collection."""

from taskforce.application.marketplace.import_schemas import (
    DeletedItemView,
    DeleteItem,
    GetItem,
    ImportArtifacts,
    ImportResult,
    ItemView,
    ListCollection,
    VerificationView,
    VerifyCollection,
)
from taskforce.application.marketplace.importing import Importing, ImportOrder, audit_row
from taskforce.application.marketplace.verifying import Verifying
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError
from taskforce.core.marketplace.access import check_mends
from taskforce.core.marketplace.collection import CollectionFilter
from taskforce.core.marketplace.errors import EntryNotFound
from taskforce.core.marketplace.model import AuditRow, EntryId, Item, ItemId, SourceId
from taskforce.core.marketplace.outcomes import Failed, Outcome, Taken, told
from taskforce.core.marketplace.ports import CatalogueStore, CollectionStore, SourceStore
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal


class CollectionService:
    """Takes artifacts from sources, shows what was taken, and looks whether it is unharmed."""

    def __init__(
        self,
        *,
        sources: SourceStore,
        catalogue: CatalogueStore,
        collection: CollectionStore,
        importing: Importing,
        verifying: Verifying,
        artifacts: ArtifactStore,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._catalogue = catalogue
        self._collection = collection
        self._importing = importing
        self._verifying = verifying
        self._artifacts = artifacts
        self._clock = clock

    async def take(self, principal: Principal, request: ImportArtifacts) -> ImportResult:
        """Import artifacts of a source into the project's collection; each is taken whole or not at all."""
        source = await self._sources.get(SourceId(request.source_id))
        check_mends(principal, source)
        chosen = [EntryId(entry_id) for entry_id in request.chosen]
        known = await self._catalogue.find(chosen, source=source.id)
        order = ImportOrder(
            source=source,
            entries=[known[entry_id] for entry_id in chosen if entry_id in known],
            resolution_of=request.resolution_of,
            by=principal.name,
        )
        try:
            outcomes = await self._importing.outcomes(order)
        except TaskforceError as wrong:
            await self._note(order, (Failed.by(EntryId(source.id), wrong),))
            raise
        strange = (
            Failed.by(entry_id, EntryNotFound(entry_id)) for entry_id in chosen if entry_id not in known
        )
        all_outcomes = (*outcomes, *strange)
        await self._note(order, all_outcomes)
        return ImportResult.of(all_outcomes)

    async def list(self, principal: Principal, request: ListCollection) -> Listing[ItemView]:
        """List the artifacts of the collection, newest first."""
        wanted = CollectionFilter(
            project=principal.project, types=frozenset(request.type), search=request.search
        )
        found = await self._collection.list(wanted, Page(limit=request.limit, offset=request.offset))
        return Listing(items=tuple(map(ItemView.of, found.items)), total=found.total)

    async def get(self, principal: Principal, request: GetItem) -> ItemView:
        """Show an artifact of the collection."""
        return ItemView.of(await self._collection.get(ItemId(request.item_id), project=principal.project))

    async def delete(self, principal: Principal, request: DeleteItem) -> DeletedItemView:
        """Delete an artifact from the collection; missions under way keep what they have loaded."""
        item = await self._collection.get(ItemId(request.item_id), project=principal.project)
        now = self._clock.now()
        audit = AuditRow(
            project=item.project,
            at=now,
            by=principal.name,
            action="delete",
            source=item.source,
            subject=item.id,
            outcome="success",
            details=item.name,
        )
        removed = await self._collection.remove(item.id, project=item.project, at=now, audit=audit)
        await self._artifacts.clear(removed.folder)
        await self._collection.cleared(removed.folder)
        return DeletedItemView(item_id=removed.id)

    async def verify(self, principal: Principal, request: VerifyCollection) -> VerificationView:
        """Read what was imported again, and tell which of it is not what was imported."""
        items = await self._to_verify(principal, request)
        looks = [await self._verifying.verified(item) for item in items]
        return VerificationView.of(looks)

    async def _to_verify(self, principal: Principal, request: VerifyCollection) -> tuple[Item, ...]:
        if request.item_id is not None:
            return (await self._collection.get(ItemId(request.item_id), project=principal.project),)
        everything = CollectionFilter(project=principal.project)
        found = await self._collection.list(everything, Page(limit=_ALL))
        return found.items

    async def _note(self, order: ImportOrder, outcomes: tuple[Outcome, ...]) -> None:
        """Leave a row of the audit for each entry that was not taken; the others have theirs."""
        now = self._clock.now()
        left = [told(outcome) for outcome in outcomes if not isinstance(outcome, Taken)]
        await self._collection.note(
            [audit_row(order, entry, word, at=now, details=details) for entry, word, details in left]
        )


_ALL = 100_000
"""More than a collection has."""
