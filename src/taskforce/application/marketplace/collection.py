"""The use cases of imports and of the collection."""

from taskforce.application.marketplace.import_schemas import (
    ConflictView,
    DeletedItemView,
    DeleteItem,
    DifferenceView,
    GetItem,
    ImportArtifacts,
    ImportedView,
    ImportErrorView,
    ImportResult,
    ItemView,
    ListCollection,
    VerificationView,
    VerifiedView,
    VerifyCollection,
)
from taskforce.application.marketplace.importing import (
    Conflicting,
    Failed,
    Importing,
    ImportOrder,
    Outcome,
    Skipped,
    Taken,
    audit_row,
)
from taskforce.application.marketplace.verifying import Verified, Verifying
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError
from taskforce.core.marketplace.access import check_mends
from taskforce.core.marketplace.collection import CollectionFilter
from taskforce.core.marketplace.errors import EntryNotFound
from taskforce.core.marketplace.model import AuditRow, EntryId, Item, ItemId, SourceId
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
            await self._note(order, (Failed(entry=EntryId(source.id), code=wrong.code, problem=wrong.message),))
            raise
        strange = [_strange(entry_id) for entry_id in chosen if entry_id not in known]
        await self._note(order, (*outcomes, *strange))
        return _result_of((*outcomes, *strange))

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
        sound = sum(look.is_sound for look in looks)
        return VerificationView(
            sound_count=sound, damaged_count=len(looks) - sound, items=tuple(map(_verified_view, looks))
        )

    async def _to_verify(self, principal: Principal, request: VerifyCollection) -> tuple[Item, ...]:
        if request.item_id is not None:
            return (await self._collection.get(ItemId(request.item_id), project=principal.project),)
        everything = CollectionFilter(project=principal.project)
        found = await self._collection.list(everything, Page(limit=_ALL))
        return found.items

    async def _note(self, order: ImportOrder, outcomes: tuple[Outcome, ...]) -> None:
        """Leave a row of the audit for each entry that was not taken; the others have theirs."""
        now = self._clock.now()
        told = [(outcome, _told(outcome)) for outcome in outcomes if not isinstance(outcome, Taken)]
        await self._collection.note(
            [
                audit_row(order, _entry_of(outcome), word, at=now, details=details)
                for outcome, (word, details) in told
            ]
        )


_ALL = 100_000
"""More than a collection has."""


def _entry_of(outcome: Outcome) -> EntryId:
    return outcome.entry if isinstance(outcome, Failed) else outcome.entry.id


def _told(outcome: Outcome) -> tuple[str, str]:
    """Return what became of an entry in a word, and more of it for people."""
    match outcome:
        case Failed(problem=problem):
            return "error", problem
        case Skipped(existing=existing):
            return "skipped", f"its name is that of {existing}"
        case Conflicting(name=name, existing=existing):
            return "conflict", f"{name} is the name of {existing}"
        case Taken(item=item):
            return "success", item.name


def _strange(entry_id: EntryId) -> Failed:
    missing = EntryNotFound(entry_id)
    return Failed(entry=entry_id, code=missing.code, problem=missing.message)


def _result_of(outcomes: tuple[Outcome, ...]) -> ImportResult:
    taken = [one for one in outcomes if isinstance(one, Taken)]
    conflicts = [one for one in outcomes if isinstance(one, Conflicting)]
    failed = [one for one in outcomes if isinstance(one, Failed)]
    return ImportResult(
        imported_count=len(taken),
        conflict_count=len(conflicts),
        skipped_count=len(outcomes) - len(taken) - len(conflicts) - len(failed),
        error_count=len(failed),
        imported=tuple(
            ImportedView(entry_id=one.entry.id, item_id=one.item.id, name=one.item.name, type=one.item.type)
            for one in taken
        ),
        conflicts=tuple(
            ConflictView(
                entry_id=one.entry.id,
                name=one.name,
                type=one.entry.found.type,
                existing_id=one.existing,
                suggested_name=one.suggested,
            )
            for one in conflicts
        ),
        errors=tuple(
            ImportErrorView(entry_id=one.entry, code=one.code, detail=one.problem) for one in failed
        ),
    )


def _verified_view(look: Verified) -> VerifiedView:
    item = look.item
    return VerifiedView(
        item_id=item.id,
        type=item.type,
        name=item.name,
        repo_url=item.repo_url,
        commit_sha=item.commit_sha,
        digest=item.digest,
        found_digest=look.found_digest,
        is_sound=look.is_sound,
        differences=tuple(
            DifferenceView(path=one.path, problem=one.problem) for one in look.differences
        ),
    )
