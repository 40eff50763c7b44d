"""The ledger of the marketplace in a SQL database."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, bindparam, delete, insert, select, type_coerce

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import AuditRow, Entry, EntryId, EntryStatus, Source, SourceId
from taskforce.core.marketplace.upstream import same_repository
from taskforce.infrastructure.database.columns import Document
from taskforce.infrastructure.database.marketplace_tables import (
    marketplace_audit,
    marketplace_entries,
    marketplace_sources,
)
from taskforce.infrastructure.database.prepared import MakeInsert, Prepared, Statement
from taskforce.infrastructure.marketplace.ledger import Differing, MarketplaceLedger
from taskforce.infrastructure.marketplace.sql_rows import (
    OUTLINE,
    audit_values,
    entry_from,
    entry_values,
    outline_of,
    source_from,
    source_values,
)

_sources = marketplace_sources.c
_entries = marketplace_entries.c


class SqlMarketplaceLedger(MarketplaceLedger):
    """The tables, over a connection that is in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def source(self, source_id: SourceId) -> Source | None:
        row = _SOURCE.one(self._connection, {"own": source_id})
        return None if row is None else source_from(row)

    def same(self, source: Source) -> SourceId | None:
        place = {
            "of_project": source.project,
            "of_repository": same_repository(source.repo_url),
            "of_branch": source.branch,
            "own": source.id,
        }
        row = _SAME.one(self._connection, place)
        return None if row is None else SourceId(row[0])

    def put_source(self, source: Source) -> None:
        _PUT_SOURCE.run(self._connection, source_values(source))

    def drop_source(self, source_id: SourceId) -> None:
        _DROP_SOURCE.run(self._connection, {"own": source_id})

    def entry(self, entry_id: EntryId, *, source: SourceId) -> Entry | None:
        row = _ENTRY.one(self._connection, {"own": entry_id, "of_source": source})
        return None if row is None else entry_from(row)

    def contents(self, source_id: SourceId) -> frozenset[str]:
        return frozenset(row[0] for row in _CONTENTS.all(self._connection, {"of_source": source_id}))

    def differing(self, source_id: SourceId, found: Collection[Found]) -> Differing:
        seen = {outline_of(one): one for one in found}
        paths = {one.artifact.path for one in found}
        known: set[tuple[str | int, ...]] = set()
        others: list[Entry | None] = []
        for entry_id, status, *outline in _OUTLINES.all(self._connection, {"of_source": source_id}):
            if status == EntryStatus.REMOVED.value:
                is_other = outline[0] in paths
            else:
                known.add(tuple(outline))
                is_other = tuple(outline) not in seen
            if is_other:
                others.append(self.entry(entry_id, source=source_id))
        return Differing(
            known=[entry for entry in others if entry is not None],
            found=[one for outline, one in seen.items() if outline not in known],
        )

    def put_entries(self, entries: Collection[Entry]) -> None:
        _PUT_ENTRY.run_each(self._connection, map(entry_values, entries))

    def of_content(self, digests: Collection[str], *, project: ProjectId) -> Sequence[Entry]:
        found: list[Entry] = []
        for digest in sorted(digests):
            place = {"of_project": project, "of_digest": digest}
            alike = _ALIKE.all(self._connection, place)
            if len(alike) > 1 or any(duplicate_of for _, duplicate_of in alike):
                found.extend(map(entry_from, _OF_CONTENT.all(self._connection, place)))
        return found

    def tell(self, row: AuditRow) -> None:
        _TELL.run(self._connection, audit_values(row))


def _put_source(insert: MakeInsert) -> Statement:
    added = insert(marketplace_sources)
    columns = {name: added.excluded[name] for name in _sources.keys() if name != "id"}  # noqa: SIM118 - no dict
    return added.on_conflict_do_update(index_elements=["id"], set_=columns)


def _put_entry(insert: MakeInsert) -> Statement:
    added = insert(marketplace_entries)
    columns = {name: added.excluded[name] for name in _entries.keys() if name != "id"}  # noqa: SIM118 - no dict
    return added.on_conflict_do_update(index_elements=["id"], set_=columns)


def _as_it_lies(name: str) -> ColumnElement[Any]:
    """Return a column whose values are not read, but compared as texts."""
    column = _entries[name]
    return type_coerce(column, Text) if isinstance(column.type, Document) else column


_PUT_SOURCE = Prepared(_put_source)
_PUT_ENTRY = Prepared(_put_entry)
_SOURCE = Prepared(select(marketplace_sources).where(_sources.id == bindparam("own")))
_SAME = Prepared(
    select(_sources.id).where(
        _sources.project == bindparam("of_project"),
        _sources.repository == bindparam("of_repository"),
        _sources.branch == bindparam("of_branch"),
        _sources.id != bindparam("own"),
    )
)
_DROP_SOURCE = Prepared(delete(marketplace_sources).where(_sources.id == bindparam("own")))
_ENTRY = Prepared(
    select(marketplace_entries).where(
        _entries.id == bindparam("own"), _entries.source == bindparam("of_source")
    )
)
_CONTENTS = Prepared(select(_entries.digest).where(_entries.source == bindparam("of_source")))
_OUTLINES = Prepared(
    select(_entries.id, _entries.status, *map(_as_it_lies, OUTLINE)).where(
        _entries.source == bindparam("of_source")
    )
)
_IS_CONTENT = (_entries.project == bindparam("of_project"), _entries.digest == bindparam("of_digest"))
_ALIKE = Prepared(select(_entries.id, _entries.duplicate_of).where(*_IS_CONTENT))
_OF_CONTENT = Prepared(select(marketplace_entries).where(*_IS_CONTENT))
_TELL = Prepared(insert(marketplace_audit))
