"""Collections in a SQL database."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.collection import CollectedSkill, CollectionFilter, StoredFile, Taking
from taskforce.core.marketplace.errors import ItemNotFound
from taskforce.core.marketplace.model import ArtifactType, AuditRow, Item, ItemId
from taskforce.core.marketplace.ports import CollectionStore
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.database.collection_tables import collection_items
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.marketplace import collection_rules as rules
from taskforce.infrastructure.marketplace.ledger import MarketplaceLedger
from taskforce.infrastructure.marketplace.sql_collection_ledger import (
    FORGET,
    SqlCollectionLedger,
    files_of,
    item_from,
    skills_of,
)

_items = collection_items.c


class SqlCollectionStore(CollectionStore):
    def __init__(self, database: Database, catalogue: Callable[[Connection], MarketplaceLedger]) -> None:
        self._database = database
        self._catalogue = catalogue

    async def begin(self, taking: Taking) -> None:
        def write(connection: Connection) -> None:
            self._ledger(connection).note(taking.folder, since=taking.since, is_left=False)

        await self._database.write(write)

    async def keep(
        self, item: Item, files: Sequence[StoredFile], *, replaces: Item | None = None, audit: AuditRow
    ) -> None:
        def write(connection: Connection) -> None:
            rules.keep(self._ledger(connection), item, files, replaces=replaces, audit=audit)

        await self._database.write(write)

    async def get(self, item_id: ItemId, *, project: ProjectId) -> Item:
        item = await self._database.read(
            lambda connection: self._ledger(connection).item(item_id, project=project)
        )
        if item is None:
            raise ItemNotFound(item_id)
        return item

    async def named(self, type_: ArtifactType, name: str, *, project: ProjectId) -> Item | None:
        return await self._database.read(
            lambda connection: self._ledger(connection).named(type_, name, project=project)
        )

    async def names(self, type_: ArtifactType, *, project: ProjectId) -> frozenset[str]:
        query = select(_items.name).where(_items.project == project, _items.type == type_.value)
        return frozenset(await self._database.read(lambda connection: connection.scalars(query).all()))

    async def list(self, wanted: CollectionFilter, page: Page) -> Listing[Item]:
        return await self._database.read(lambda connection: _listed(connection, wanted, page))

    async def files(self, item: Item) -> tuple[StoredFile, ...]:
        return await self._database.read(lambda connection: files_of(connection, item))

    async def remove(self, item_id: ItemId, *, project: ProjectId, at: datetime, audit: AuditRow) -> Item:
        def write(connection: Connection) -> Item:
            return rules.remove(self._ledger(connection), item_id, project=project, at=at, audit=audit)

        return await self._database.write(write)

    async def litter(self, *, begun_before: datetime, limit: int) -> tuple[str, ...]:
        def write(connection: Connection) -> tuple[str, ...]:
            return rules.litter(self._ledger(connection), begun_before=begun_before, limit=limit)

        return await self._database.write(write)

    async def cleared(self, folder: str) -> None:
        await self._database.write(lambda connection: FORGET.run(connection, {"of_folder": folder}))

    async def skills(self, project: ProjectId) -> tuple[CollectedSkill, ...]:
        return await self._database.read(lambda connection: skills_of(connection, project))

    async def allow(self, item: Item, *, audit: AuditRow) -> None:
        def write(connection: Connection) -> None:
            rules.allow(self._ledger(connection), item, audit=audit)

        await self._database.write(write)

    async def note(self, rows: Sequence[AuditRow]) -> None:
        def write(connection: Connection) -> None:
            catalogue = self._catalogue(connection)
            for row in rows:
                catalogue.tell(row)

        if rows:
            await self._database.write(write)

    def _ledger(self, connection: Connection) -> SqlCollectionLedger:
        return SqlCollectionLedger(connection, self._catalogue(connection))


def _listed(connection: Connection, wanted: CollectionFilter, page: Page) -> Listing[Item]:
    limits = _limits(wanted)
    total = connection.scalar(select(func.count()).select_from(collection_items).where(*limits))
    query = select(collection_items).where(*limits)
    newest = query.order_by(_items.imported_at.desc(), _items.id.desc())
    rows: Sequence[Any] = connection.execute(newest.limit(page.limit).offset(page.offset)).all()
    return Listing(items=tuple(item_from(tuple(row)) for row in rows), total=total or 0)


def _limits(wanted: CollectionFilter) -> Sequence[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = [_items.project == wanted.project]
    if wanted.types:
        limits.append(_items.type.in_(sorted(type_.value for type_ in wanted.types)))
    if wanted.search:
        text = wanted.search.casefold()
        limits.append(
            or_(
                _items.folded_name.contains(text, autoescape=True),
                func.lower(_items.repo_url).contains(text, autoescape=True),
            )
        )
    return limits
