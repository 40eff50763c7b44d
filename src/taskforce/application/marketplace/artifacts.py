"""The use cases of what scans have found."""

from taskforce.application.jobs.schemas import ItemsView
from taskforce.application.marketplace.reading import EntryReading
from taskforce.application.marketplace.schemas import (
    ArtifactFile,
    ArtifactFileView,
    CatalogSchema,
    GetSourceArtifact,
    ListArtifacts,
    ReadSourceArtifact,
    UpdateSourceArtifact,
)
from taskforce.core.clock import Clock
from taskforce.core.marketplace.access import check_mends, check_sees
from taskforce.core.marketplace.model import AuditRow, Entry, EntryId, Source, SourceId
from taskforce.core.marketplace.ports import CatalogueStore, EntryFilter, EntryOrder, SourceStore
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal


class SourceArtifactService:
    """Shows what was found in a source, and leaves out what nobody wants."""

    def __init__(
        self, *, sources: SourceStore, catalogue: CatalogueStore, reading: EntryReading, clock: Clock
    ) -> None:
        self._sources = sources
        self._catalogue = catalogue
        self._reading = reading
        self._clock = clock

    async def list(self, principal: Principal, request: ListArtifacts) -> Listing[CatalogSchema]:
        """List what was found in a source."""
        source = await self._seen(principal, request.source_id)
        natural = "asc" if request.sort is EntryOrder.TYPE else "desc"
        wanted = EntryFilter(
            source=source.id,
            types=frozenset(request.type),
            statuses=frozenset(request.status),
            min_confidence=request.min_confidence,
            max_confidence=request.max_confidence,
            search=request.search,
            order=request.sort,
            is_reversed=request.order not in {None, natural},
        )
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._catalogue.list(wanted, page)
        items = tuple(CatalogSchema.of(entry, source) for entry in found.items)
        return Listing(items=items, total=found.total)

    async def get(self, principal: Principal, request: GetSourceArtifact) -> CatalogSchema:
        """Show an artifact that was found."""
        source = await self._seen(principal, request.source_id)
        return CatalogSchema.of(await self._entry(source, request.entry_id), source)

    async def update(self, principal: Principal, request: UpdateSourceArtifact) -> CatalogSchema:
        """Offer an artifact again that was left out, or leave it out."""
        source = await self._seen(principal, request.source_id)
        check_mends(principal, source)
        action = "exclude" if request.excluded else "include"
        audit = AuditRow(
            project=source.project,
            at=self._clock.now(),
            by=principal.name,
            action=action,
            source=source.id,
            subject=request.entry_id,
            outcome="success",
        )
        change = Entry.exclude if request.excluded else Entry.include
        changed = await self._catalogue.change(
            EntryId(request.entry_id), change, source=source.id, audit=audit
        )
        return CatalogSchema.of(changed, source)

    async def files(self, principal: Principal, request: GetSourceArtifact) -> ItemsView[ArtifactFileView]:
        """List the files of an artifact, as its repository holds them now."""
        source = await self._seen(principal, request.source_id)
        entry = await self._entry(source, request.entry_id)
        async with self._reading.open(source, entry) as files:
            return ItemsView.all([ArtifactFileView.of(path, file) for path, file in files.by_path.items()])

    async def read(self, principal: Principal, request: ReadSourceArtifact) -> ArtifactFile:
        """Read a file of an artifact."""
        source = await self._seen(principal, request.source_id)
        entry = await self._entry(source, request.entry_id)
        async with self._reading.open(source, entry) as files:
            return ArtifactFile(path=request.path, content=await files.content(request.path))

    async def _seen(self, principal: Principal, source_id: str) -> Source:
        source = await self._sources.get(SourceId(source_id))
        check_sees(principal, source)
        return source

    async def _entry(self, source: Source, entry_id: str) -> Entry:
        return await self._catalogue.get(EntryId(entry_id), source=source.id)
