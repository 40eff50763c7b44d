"""Sources, their catalogues and the audit in a SQL database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, UnaryExpression, bindparam, func, or_, select

from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.marketplace.changes import BeginScan, FailScan, StoreScan
from taskforce.core.marketplace.errors import EntryNotFound, SourceNotFound
from taskforce.core.marketplace.model import (
    AuditRow,
    Entry,
    EntryId,
    Source,
    SourceId,
    Visibility,
)
from taskforce.core.marketplace.ports import (
    AuditLog,
    CatalogueStore,
    EntryFilter,
    EntryOrder,
    SourceFilter,
    SourceStore,
)
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.marketplace_tables import (
    marketplace_audit,
    marketplace_entries,
    marketplace_sources,
)
from taskforce.infrastructure.jobs.sql_requests import remember_request
from taskforce.infrastructure.marketplace import rules
from taskforce.infrastructure.marketplace.sql_ledger import SqlMarketplaceLedger
from taskforce.infrastructure.marketplace.sql_rows import audit_from, entry_from, source_from

T = TypeVar("T")
Conditions = list[ColumnElement[bool]]
_sources = marketplace_sources.c
_entries = marketplace_entries.c
_audit = marketplace_audit.c


class SqlSourceStore(SourceStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, source: Source, *, audit: AuditRow, changes: Sequence[RememberRequest] = ()) -> None:
        def write(connection: Connection) -> None:
            for change in changes:
                remember_request(connection, change)
            rules.add_source(SqlMarketplaceLedger(connection), source, audit)

        await self._database.write(write)

    async def get(self, source_id: SourceId) -> Source:
        source = await self._database.read(
            lambda connection: SqlMarketplaceLedger(connection).source(source_id)
        )
        if source is None:
            raise SourceNotFound(source_id)
        return source

    async def list(self, wanted: SourceFilter, page: Page) -> Listing[Source]:
        conditions = _of_sources(wanted)
        query = (
            select(marketplace_sources)
            .where(*conditions)
            .order_by(_sources.created_at.desc(), _sources.id.desc())
        )
        return await self._database.read(lambda connection: _listed(connection, query, page, source_from))

    async def change(
        self, source_id: SourceId, change: Callable[[Source], Source], *, audit: AuditRow
    ) -> Source:
        return await self._database.write(
            lambda connection: rules.change_source(SqlMarketplaceLedger(connection), source_id, change, audit)
        )

    async def remove(self, source_id: SourceId, *, audit: AuditRow) -> None:
        await self._database.write(
            lambda connection: rules.remove_source(SqlMarketplaceLedger(connection), source_id, audit)
        )

    async def due(self, *, now: datetime, limit: int) -> tuple[Source, ...]:
        at = bindparam(None, now, type_=_sources.next_scan_at.type)
        query = (
            select(marketplace_sources)
            .where(_sources.next_scan_at.is_not(None), _sources.next_scan_at <= at)
            .order_by(_sources.next_scan_at)
            .limit(limit)
        )
        return await self._database.read(
            lambda connection: tuple(source_from(row) for row in connection.execute(query))
        )


class SqlCatalogueStore(CatalogueStore):
    """Entries as rows; each order has an index that holds all that entries are filtered by."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, entry_id: EntryId, *, source: SourceId) -> Entry:
        found = await self.find([entry_id], source=source)
        if entry_id not in found:
            raise EntryNotFound(entry_id)
        return found[entry_id]

    async def find(self, entry_ids: Sequence[EntryId], *, source: SourceId) -> Mapping[EntryId, Entry]:
        def read(connection: Connection) -> Mapping[EntryId, Entry]:
            ledger = SqlMarketplaceLedger(connection)
            found = (ledger.entry(entry_id, source=source) for entry_id in entry_ids)
            return {entry.id: entry for entry in found if entry is not None}

        return await self._database.read(read)

    async def list(self, wanted: EntryFilter, page: Page) -> Listing[Entry]:
        return await self._database.read(lambda connection: _entries_of(connection, wanted, page))

    async def change(
        self, entry_id: EntryId, change: Callable[[Entry], Entry], *, source: SourceId, audit: AuditRow
    ) -> Entry:
        return await self._database.write(
            lambda connection: rules.change_entry(
                SqlMarketplaceLedger(connection), entry_id, change, source=source, audit=audit
            )
        )


class SqlAuditLog(AuditLog):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(
        self, project: ProjectId, page: Page, *, source: SourceId | None = None
    ) -> Listing[AuditRow]:
        conditions: Conditions = [_audit.project == project]
        if source is not None:
            conditions.append(_audit.source == source)
        query = select(marketplace_audit).where(*conditions).order_by(_audit.number.desc())
        return await self._database.read(lambda connection: _listed(connection, query, page, audit_from))


APPLIERS: dict[type, Callable[[Connection, Any], None]] = {
    BeginScan: lambda connection, change: rules.begin_scan(SqlMarketplaceLedger(connection), change),
    StoreScan: lambda connection, change: rules.store_scan(SqlMarketplaceLedger(connection), change),
    FailScan: lambda connection, change: rules.fail_scan(SqlMarketplaceLedger(connection), change),
}
"""What the job store writes of the marketplace, in the transactions of jobs."""


def _listed(
    connection: Connection, query: "Select[Any]", page: Page, made: Callable[[Sequence[Any]], T]
) -> Listing[T]:
    total = connection.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = connection.execute(query.limit(page.limit).offset(page.offset))
    return Listing(items=tuple(made(row) for row in rows), total=total or 0)


def _of_sources(wanted: SourceFilter) -> Conditions:
    conditions: Conditions = []
    if wanted.project is not None:
        own = _sources.project == wanted.project
        is_public = _sources.visibility == Visibility.PUBLIC.value
        if wanted.seen_by is not None:
            is_open = _sources.visibility != Visibility.PRIVATE.value
            own = own & (is_open | (_sources.created_by == wanted.seen_by))
        conditions.append(or_(own, is_public))
    if wanted.search:
        sought = wanted.search.casefold()
        conditions.append(
            or_(
                func.lower(_sources.repo_url).contains(sought, autoescape=True),
                func.lower(_sources.branch).contains(sought, autoescape=True),
            )
        )
    return conditions


def _entries_of(connection: Connection, wanted: EntryFilter, page: Page) -> Listing[Entry]:
    """Return a page: which entries they are comes of an index alone, and then those rows are read."""
    conditions = _of_entries(wanted)
    count = select(func.count()).select_from(marketplace_entries).where(*conditions)
    total = connection.scalar(count) or 0
    order = _order(wanted)
    ids = (
        select(_entries.id)
        .where(*conditions)
        .order_by(*order)
        .limit(page.limit)
        .offset(page.offset)
        .scalar_subquery()
    )
    query = select(marketplace_entries).where(_entries.id.in_(ids)).order_by(*order)
    return Listing(items=tuple(map(entry_from, connection.execute(query))), total=total)


def _of_entries(wanted: EntryFilter) -> Conditions:
    conditions: Conditions = [_entries.source == wanted.source]
    if wanted.types:
        conditions.append(_entries.type.in_(sorted(type_.value for type_ in wanted.types)))
    if wanted.statuses:
        conditions.append(_entries.status.in_(sorted(status.value for status in wanted.statuses)))
    if wanted.min_confidence > 0 or wanted.max_confidence < 100:  # noqa: PLR2004 - percent
        conditions.append(_entries.confidence.between(wanted.min_confidence, wanted.max_confidence))
    if wanted.search:
        conditions.append(_entries.sought.contains(wanted.search.casefold(), autoescape=True))
    return conditions


def _order(wanted: EntryFilter) -> tuple[UnaryExpression[Any], UnaryExpression[Any]]:
    """Return the order of an index, or the whole of it reversed."""
    best_first = {
        EntryOrder.CONFIDENCE: _entries.confidence.desc(),
        EntryOrder.DATE: _entries.changed_at.desc(),
        EntryOrder.TYPE: _entries.type.asc(),
    }
    worst_first = {
        EntryOrder.CONFIDENCE: _entries.confidence.asc(),
        EntryOrder.DATE: _entries.changed_at.asc(),
        EntryOrder.TYPE: _entries.type.desc(),
    }
    if wanted.is_reversed:
        return worst_first[wanted.order], _entries.path.desc()
    return best_first[wanted.order], _entries.path.asc()
