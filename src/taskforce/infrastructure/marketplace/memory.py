"""Sources, their catalogues and the audit in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.marketplace.changes import BeginScan, FailScan, StoreScan
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.errors import EntryNotFound, SourceNotFound
from taskforce.core.marketplace.model import AuditRow, Entry, EntryId, Source, SourceId, Visibility
from taskforce.core.marketplace.ports import (
    AuditLog,
    CatalogueStore,
    EntryFilter,
    EntryOrder,
    SourceFilter,
    SourceStore,
)
from taskforce.core.marketplace.upstream import same_repository
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.marketplace import rules
from taskforce.infrastructure.marketplace.ledger import Differing, MarketplaceLedger

T = TypeVar("T")


class MemoryMarketplace(MarketplaceLedger):
    """Dictionaries; the rules refuse before they write, so that nothing is to be undone."""

    def __init__(self) -> None:
        self.sources: dict[SourceId, Source] = {}
        self.catalogue: dict[EntryId, Entry] = {}
        self.audit: list[AuditRow] = []

    @property
    def appliers(self) -> Mapping[type, Callable[[Any], None]]:
        """Return what the job store writes of the marketplace."""
        return {
            BeginScan: lambda change: rules.begin_scan(self, change),
            StoreScan: lambda change: rules.store_scan(self, change),
            FailScan: lambda change: rules.fail_scan(self, change),
        }

    def source(self, source_id: SourceId) -> Source | None:
        return self.sources.get(source_id)

    def same(self, source: Source) -> SourceId | None:
        place = _place(source)
        others = (one for one in self.sources.values() if one.id != source.id)
        return next((one.id for one in others if _place(one) == place), None)

    def put_source(self, source: Source) -> None:
        self.sources[source.id] = source

    def drop_source(self, source_id: SourceId) -> None:
        del self.sources[source_id]
        self.catalogue = {one.id: one for one in self.catalogue.values() if one.source != source_id}

    def entry(self, entry_id: EntryId, *, source: SourceId) -> Entry | None:
        entry = self.catalogue.get(entry_id)
        return entry if entry is not None and entry.source == source else None

    def entries(self, source_id: SourceId) -> Sequence[Entry]:
        """Return all entries of a source."""
        return [entry for entry in self.catalogue.values() if entry.source == source_id]

    def contents(self, source_id: SourceId) -> frozenset[str]:
        return frozenset(entry.digest for entry in self.entries(source_id))

    def differing(self, source_id: SourceId, found: Collection[Found]) -> Differing:
        return Differing(known=self.entries(source_id), found=tuple(found))

    def put_entries(self, entries: Collection[Entry]) -> None:
        self.catalogue.update({entry.id: entry for entry in entries})

    def of_content(self, digests: Collection[str], *, project: ProjectId) -> Sequence[Entry]:
        own = (entry for entry in self.catalogue.values() if entry.project == project)
        return [entry for entry in own if entry.digest in digests]

    def tell(self, row: AuditRow) -> None:
        self.audit.append(row)


class MemorySourceStore(SourceStore):
    def __init__(self, tables: MemoryMarketplace, requests: MemoryRequestLog) -> None:
        self._tables = tables
        self._requests = requests

    async def add(self, source: Source, *, audit: AuditRow, changes: Sequence[RememberRequest] = ()) -> None:
        for change in changes:
            self._requests.remember(change)
        rules.add_source(self._tables, source, audit)

    async def get(self, source_id: SourceId) -> Source:
        source = self._tables.source(source_id)
        if source is None:
            raise SourceNotFound(source_id)
        return source

    async def list(self, wanted: SourceFilter, page: Page) -> Listing[Source]:
        found = [one for one in self._tables.sources.values() if _is_wanted_source(one, wanted)]
        found.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return _page(found, page)

    async def change(
        self, source_id: SourceId, change: Callable[[Source], Source], *, audit: AuditRow
    ) -> Source:
        return rules.change_source(self._tables, source_id, change, audit)

    async def remove(self, source_id: SourceId, *, audit: AuditRow) -> None:
        rules.remove_source(self._tables, source_id, audit)

    async def due(self, *, now: datetime, limit: int) -> tuple[Source, ...]:
        with_rhythm = [
            (one.next_scan_at, one) for one in self._tables.sources.values() if one.next_scan_at is not None
        ]
        due = sorted(((at, one) for at, one in with_rhythm if at <= now), key=lambda pair: pair[0])
        return tuple(one for _, one in due[:limit])


class MemoryCatalogueStore(CatalogueStore):
    def __init__(self, tables: MemoryMarketplace) -> None:
        self._tables = tables

    async def get(self, entry_id: EntryId, *, source: SourceId) -> Entry:
        entry = self._tables.entry(entry_id, source=source)
        if entry is None:
            raise EntryNotFound(entry_id)
        return entry

    async def find(self, entry_ids: Sequence[EntryId], *, source: SourceId) -> Mapping[EntryId, Entry]:
        found = (self._tables.entry(entry_id, source=source) for entry_id in entry_ids)
        return {entry.id: entry for entry in found if entry is not None}

    async def list(self, wanted: EntryFilter, page: Page) -> Listing[Entry]:
        found = [one for one in self._tables.entries(wanted.source) if _is_wanted_entry(one, wanted)]
        found.sort(key=lambda one: one.found.path, reverse=wanted.is_reversed)
        is_best_last = wanted.order is EntryOrder.TYPE
        found.sort(key=_KEYS[wanted.order], reverse=wanted.is_reversed == is_best_last)
        return _page(found, page)

    async def change(
        self, entry_id: EntryId, change: Callable[[Entry], Entry], *, source: SourceId, audit: AuditRow
    ) -> Entry:
        return rules.change_entry(self._tables, entry_id, change, source=source, audit=audit)


class MemoryAuditLog(AuditLog):
    def __init__(self, tables: MemoryMarketplace) -> None:
        self._tables = tables

    async def list(
        self, project: ProjectId, page: Page, *, source: SourceId | None = None
    ) -> Listing[AuditRow]:
        own = [one for one in self._tables.audit if one.project == project]
        return _page([one for one in own if source in {None, one.source}][::-1], page)


def _page(found: Sequence[T], page: Page) -> Listing[T]:
    return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))


def _place(source: Source) -> tuple[str, str, str]:
    return source.project, same_repository(source.repo_url), source.branch


def _is_wanted_source(source: Source, wanted: SourceFilter) -> bool:
    sought = wanted.search.casefold()
    if sought not in source.repo_url.casefold() and sought not in source.branch.casefold():
        return False
    if wanted.project is None or source.visibility is Visibility.PUBLIC:
        return True
    is_open = source.visibility is not Visibility.PRIVATE
    return source.project == wanted.project and (is_open or wanted.seen_by in {None, source.created_by})


def _is_wanted_entry(entry: Entry, wanted: EntryFilter) -> bool:
    found = entry.found
    return (
        (not wanted.types or found.type in wanted.types)
        and (not wanted.statuses or entry.status in wanted.statuses)
        and wanted.min_confidence <= found.confidence <= wanted.max_confidence
        and wanted.search.casefold() in f"{found.name}\n{found.path}".casefold()
    )


_KEYS: Mapping[EntryOrder, Callable[[Entry], Any]] = {
    EntryOrder.CONFIDENCE: lambda entry: entry.found.confidence,
    EntryOrder.DATE: lambda entry: entry.changed_at,
    EntryOrder.TYPE: lambda entry: entry.found.type.value,
}
