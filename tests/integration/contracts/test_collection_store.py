"""What a store of collections promises, whatever it is kept in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from taskforce.core.marketplace.collection import CollectionFilter, StoredFile, Taking
from taskforce.core.marketplace.errors import ItemNotFound, NameTaken, TakingLost
from taskforce.core.marketplace.model import ArtifactType, Entry, EntryStatus, Item, ItemId, Source
from taskforce.core.marketplace.ports import AuditLog, CatalogueStore, CollectionStore
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.marketplace.memory import (
    MemoryAuditLog,
    MemoryCatalogueStore,
    MemoryMarketplace,
)
from taskforce.infrastructure.marketplace.memory_collection import MemoryCollectionStore
from taskforce.infrastructure.marketplace.sql import SqlAuditLog, SqlCatalogueStore
from taskforce.infrastructure.marketplace.sql_collection import SqlCollectionStore
from taskforce.infrastructure.marketplace.sql_ledger import SqlMarketplaceLedger
from tests.builders import NOON, OTHER_PROJECT
from tests.unit.core.marketplace.items import FILES, a_row, a_source, an_entry_of, an_item

ALL = Page(limit=100)
LATER = NOON + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection beside the catalogue that it is taken from."""

    collection: CollectionStore
    catalogue: CatalogueStore
    audit: AuditLog
    write: Callable[[Source, Sequence[Entry]], Awaitable[None]]
    """Writes a source with what was found there."""

    async def keep(
        self, item: Item, files: Sequence[StoredFile] = FILES, *, replaces: Item | None = None
    ) -> None:
        """Put an item into the collection, as an import does."""
        await self.collection.begin(Taking(folder=item.folder, since=item.imported_at))
        await self.collection.keep(item, files, replaces=replaces, audit=a_row(item))

    async def told(self) -> list[tuple[str, str]]:
        """Return what the audit tells, newest first."""
        rows = await self.audit.list(DEFAULT_PROJECT, ALL)
        return [(row.action, row.subject) for row in rows.items]


@pytest.fixture(params=["memory", "sqlite"])
async def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shelf]:
    if request.param == "memory":
        tables = MemoryMarketplace()

        async def put(source: Source, entries: Sequence[Entry]) -> None:
            tables.put_source(source)
            tables.put_entries(entries)

        yield Shelf(MemoryCollectionStore(tables), MemoryCatalogueStore(tables), MemoryAuditLog(tables), put)
        return
    database = SqliteDatabase(tmp_path / "taskforce.db", synchronous="NORMAL")

    async def write(source: Source, entries: Sequence[Entry]) -> None:
        await database.write(lambda connection: SqlMarketplaceLedger(connection).put_source(source))
        await database.write(lambda connection: SqlMarketplaceLedger(connection).put_entries(entries))

    yield Shelf(
        SqlCollectionStore(database, SqlMarketplaceLedger),
        SqlCatalogueStore(database),
        SqlAuditLog(database),
        write,
    )
    database.close()


async def test_an_item_is_what_was_kept(shelf: Shelf) -> None:
    item = an_item()
    await shelf.keep(item)
    assert await shelf.collection.get(item.id, project=DEFAULT_PROJECT) == item
    assert await shelf.collection.files(item) == FILES
    assert await shelf.told() == [("import", item.id)]
    for wrong, project in ((ItemId("none"), DEFAULT_PROJECT), (item.id, OTHER_PROJECT)):
        with pytest.raises(ItemNotFound):
            await shelf.collection.get(wrong, project=project)


async def test_a_name_is_one_items_of_its_type_and_project(shelf: Shelf) -> None:
    item = an_item()
    await shelf.keep(item)
    for other in (an_item(type=ArtifactType.AGENT), an_item(project=OTHER_PROJECT), an_item(name="weigh-2")):
        await shelf.keep(other)
    for name in ("weigh", "WEIGH"):
        with pytest.raises(NameTaken) as taken:
            await shelf.keep(an_item(name=name))
        assert taken.value.details == {"existing_id": item.id}
        assert await shelf.collection.named(ArtifactType.SKILL, name, project=DEFAULT_PROJECT) == item
    assert await shelf.collection.named(ArtifactType.HOOK, "weigh", project=DEFAULT_PROJECT) is None
    names = await shelf.collection.names(ArtifactType.SKILL, project=DEFAULT_PROJECT)
    assert names == {"weigh", "weigh-2"}


async def test_of_imports_at_once_one_gets_the_name(shelf: Shelf) -> None:
    attempts = [shelf.keep(an_item()) for _ in range(5)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["NameTaken"] * 4 + ["NoneType"]
    assert (await shelf.collection.list(CollectionFilter(project=DEFAULT_PROJECT), ALL)).total == 1


async def test_what_is_replaced_is_gone_and_its_folder_is_left_over(shelf: Shelf) -> None:
    item = an_item()
    await shelf.keep(item)
    newer = replace(item, folder=f"{item.folder}-2", files=1, imported_at=LATER)
    await shelf.keep(newer, FILES[:1], replaces=item)
    assert await shelf.collection.get(item.id, project=DEFAULT_PROJECT) == newer
    assert await shelf.collection.files(newer) == FILES[:1]
    assert await shelf.collection.files(item) == ()
    assert await shelf.collection.litter(begun_before=NOON, limit=10) == (item.folder,)
    await shelf.collection.cleared(item.folder)
    assert await shelf.collection.litter(begun_before=NOON, limit=10) == ()
    with pytest.raises(NameTaken):
        await shelf.keep(replace(newer, folder="default/collection/3"), replaces=item)


async def test_what_is_to_be_replaced_and_was_removed_is_not_replaced(shelf: Shelf) -> None:
    item = an_item()
    await shelf.keep(item)
    await shelf.collection.remove(item.id, project=DEFAULT_PROJECT, at=LATER, audit=a_row(item, "delete"))
    with pytest.raises(NameTaken):
        await shelf.keep(replace(item, folder=f"{item.folder}-2"), replaces=item)


async def test_an_attempt_that_is_taken_for_left_over_is_lost(shelf: Shelf) -> None:
    item, other = an_item(), an_item(name="other", imported_at=LATER)
    await shelf.collection.begin(Taking(folder=item.folder, since=NOON))
    await shelf.collection.begin(Taking(folder=other.folder, since=LATER))
    assert await shelf.collection.litter(begun_before=NOON, limit=10) == ()
    assert await shelf.collection.litter(begun_before=LATER, limit=10) == (item.folder,)
    with pytest.raises(TakingLost):
        await shelf.collection.keep(item, FILES, audit=a_row(item))
    await shelf.collection.keep(other, FILES, audit=a_row(other))
    assert await shelf.told() == [("import", other.id)]


async def test_a_folder_is_of_one_item(shelf: Shelf) -> None:
    item = an_item()
    await shelf.keep(item)
    with pytest.raises(TakingLost):
        await shelf.collection.keep(an_item(name="other", folder=item.folder), FILES, audit=a_row(item))


async def test_an_entry_is_imported_with_its_item_and_free_again_when_it_is_removed(shelf: Shelf) -> None:
    source = a_source()
    entry = an_entry_of(source)
    await shelf.write(source, [entry])
    item = an_item(source=source.id, entry=entry.id, imported_at=LATER)
    copy = an_item(source=source.id, entry=entry.id, name="weigh-2", imported_at=LATER)
    await shelf.keep(item)
    await shelf.keep(copy)
    imported = await shelf.catalogue.get(entry.id, source=source.id)
    assert (imported.status, imported.imported_at) == (EntryStatus.IMPORTED, LATER)
    for one, status in ((item, EntryStatus.IMPORTED), (copy, EntryStatus.NEW)):
        removed = await shelf.collection.remove(
            one.id, project=DEFAULT_PROJECT, at=LATER, audit=a_row(one, "delete")
        )
        assert removed == one
        assert (await shelf.catalogue.get(entry.id, source=source.id)).status is status
    assert await shelf.catalogue.get(entry.id, source=source.id) == entry
    assert set(await shelf.collection.litter(begun_before=NOON, limit=10)) == {item.folder, copy.folder}
    with pytest.raises(ItemNotFound):
        await shelf.collection.remove(item.id, project=DEFAULT_PROJECT, at=LATER, audit=a_row(item, "delete"))


@pytest.mark.parametrize("fields", [{"digest": "f" * 64}, {"status": EntryStatus.REMOVED}])
async def test_an_entry_that_is_another_by_now_is_not_marked(shelf: Shelf, fields: dict[str, str]) -> None:
    source = a_source()
    entry = replace(an_entry_of(source), **fields)  # type: ignore[arg-type] # of an entry
    await shelf.write(source, [entry])
    await shelf.keep(an_item(source=source.id, entry=entry.id))
    assert await shelf.catalogue.get(entry.id, source=source.id) == entry


async def test_items_are_listed_newest_first_and_by_what_is_wanted(shelf: Shelf) -> None:
    items = [
        an_item(name=f"item-{number}", type=type_, imported_at=NOON + timedelta(minutes=number))
        for number, type_ in enumerate([ArtifactType.SKILL, ArtifactType.AGENT, ArtifactType.SKILL])
    ]
    items.append(an_item(name="50%_Off", repo_url="https://Host.example/x", imported_at=LATER))
    for item in (*items, an_item(project=OTHER_PROJECT)):
        await shelf.keep(item)

    async def listed(**wanted: object) -> tuple[list[str], int]:
        of = CollectionFilter(project=DEFAULT_PROJECT, **wanted)  # type: ignore[arg-type] # a filter's fields
        found = await shelf.collection.list(of, Page(limit=3))
        return [item.name for item in found.items], found.total

    assert await listed() == (["50%_Off", "item-2", "item-1"], 4)
    assert await listed(types=frozenset({ArtifactType.SKILL})) == (["50%_Off", "item-2", "item-0"], 3)
    assert await listed(search="ITEM-1") == (["item-1"], 1)
    assert await listed(search="%_o") == (["50%_Off"], 1)
    assert await listed(search="HOST.example") == (["50%_Off"], 1)
    page = await shelf.collection.list(CollectionFilter(project=DEFAULT_PROJECT), Page(limit=2, offset=3))
    assert [item.name for item in page.items] == ["item-0"]


async def test_skills_are_told_with_their_files_and_whether_they_are_allowed(shelf: Shelf) -> None:
    assert await shelf.collection.skills(DEFAULT_PROJECT) == ()
    item, other = an_item(), an_item(name="other", digest="f" * 64)
    for one in (item, other, an_item(type=ArtifactType.AGENT), an_item(project=OTHER_PROJECT)):
        await shelf.keep(one, FILES[::-1])
    for _ in range(2):
        await shelf.collection.allow(item, audit=a_row(item, "allow"))
    found = await shelf.collection.skills(DEFAULT_PROJECT)
    assert [(one.item, one.files, one.is_allowed) for one in found] == [
        (other, FILES, False),
        (item, FILES, True),
    ]
    (elsewhere,) = await shelf.collection.skills(OTHER_PROJECT)
    assert not elsewhere.is_allowed
    assert (await shelf.told()).count(("allow", item.id)) == 1


async def test_what_came_to_nothing_is_told_too(shelf: Shelf) -> None:
    item = an_item()
    await shelf.collection.note([])
    await shelf.collection.note([replace(a_row(item), outcome=word) for word in ("conflict", "error")])
    rows = await shelf.audit.list(DEFAULT_PROJECT, ALL)
    assert [row.outcome for row in rows.items] == ["error", "conflict"]
