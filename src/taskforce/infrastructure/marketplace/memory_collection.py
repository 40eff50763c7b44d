"""Collections in memory."""

from collections.abc import Sequence
from datetime import datetime

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.collection import CollectedSkill, CollectionFilter, StoredFile, Taking
from taskforce.core.marketplace.errors import ItemNotFound
from taskforce.core.marketplace.model import ArtifactType, AuditRow, EntryId, Item, ItemId
from taskforce.core.marketplace.ports import CollectionStore
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.marketplace import collection_rules as rules
from taskforce.infrastructure.marketplace.collection_ledger import CollectionLedger
from taskforce.infrastructure.marketplace.ledger import MarketplaceLedger


class MemoryCollection(CollectionLedger):
    """Items and folders in dictionaries, beside a catalogue in memory."""

    def __init__(self, catalogue: MarketplaceLedger) -> None:
        self._catalogue = catalogue
        self.items: dict[ItemId, Item] = {}
        self.files: dict[ItemId, tuple[StoredFile, ...]] = {}
        self.allowed: set[tuple[ProjectId, str]] = set()
        self._folders: dict[str, tuple[datetime, bool]] = {}

    @property
    def catalogue(self) -> MarketplaceLedger:
        return self._catalogue

    def item(self, item_id: ItemId, *, project: ProjectId) -> Item | None:
        item = self.items.get(item_id)
        return item if item is not None and item.project == project else None

    def named(self, type_: ArtifactType, name: str, *, project: ProjectId) -> Item | None:
        wanted = (project, type_, name.casefold())
        found = (one for one in self.items.values() if (one.project, one.type, one.name.casefold()) == wanted)
        return next(found, None)

    def has_of_entry(self, entry: EntryId) -> bool:
        return any(item.entry == entry for item in self.items.values())

    def put(self, item: Item, files: Sequence[StoredFile]) -> None:
        self.items[item.id] = item
        self.files[item.id] = tuple(sorted(files, key=lambda file: file.path))

    def drop(self, item_id: ItemId) -> None:
        del self.items[item_id], self.files[item_id]

    def note(self, folder: str, *, since: datetime, is_left: bool) -> None:
        self._folders[folder] = (since, is_left)

    def take(self, folder: str) -> bool:
        _, is_left = self._folders.get(folder, (None, True))
        return not is_left and self._folders.pop(folder, None) is not None

    def leave(self, *, begun_before: datetime) -> None:
        for folder, (since, is_left) in self._folders.items():
            self._folders[folder] = (since, is_left or since < begun_before)

    def left(self, *, limit: int) -> tuple[str, ...]:
        found = sorted((since, folder) for folder, (since, is_left) in self._folders.items() if is_left)
        return tuple(folder for _, folder in found[:limit])

    def allow(self, project: ProjectId, digest: str, *, by: str, at: datetime) -> bool:
        is_new = (project, digest) not in self.allowed
        self.allowed.add((project, digest))
        return is_new

    def forget(self, folder: str) -> None:
        """Forget a folder."""
        self._folders.pop(folder, None)


class MemoryCollectionStore(CollectionStore):
    def __init__(self, catalogue: MarketplaceLedger) -> None:
        self._ledger = MemoryCollection(catalogue)

    async def begin(self, taking: Taking) -> None:
        self._ledger.note(taking.folder, since=taking.since, is_left=False)

    async def keep(
        self, item: Item, files: Sequence[StoredFile], *, replaces: Item | None = None, audit: AuditRow
    ) -> None:
        rules.keep(self._ledger, item, files, replaces=replaces, audit=audit)

    async def get(self, item_id: ItemId, *, project: ProjectId) -> Item:
        item = self._ledger.item(item_id, project=project)
        if item is None:
            raise ItemNotFound(item_id)
        return item

    async def named(self, type_: ArtifactType, name: str, *, project: ProjectId) -> Item | None:
        return self._ledger.named(type_, name, project=project)

    async def names(self, type_: ArtifactType, *, project: ProjectId) -> frozenset[str]:
        return frozenset(item.name for item in self._of(project) if item.type is type_)

    async def list(self, wanted: CollectionFilter, page: Page) -> Listing[Item]:
        found = [item for item in self._of(wanted.project) if _fits(item, wanted)]
        found.sort(key=lambda item: (item.imported_at, item.id), reverse=True)
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def files(self, item: Item) -> tuple[StoredFile, ...]:
        return self._ledger.files[item.id] if self._ledger.items.get(item.id) == item else ()

    async def remove(self, item_id: ItemId, *, project: ProjectId, at: datetime, audit: AuditRow) -> Item:
        return rules.remove(self._ledger, item_id, project=project, at=at, audit=audit)

    async def litter(self, *, begun_before: datetime, limit: int) -> tuple[str, ...]:
        return rules.litter(self._ledger, begun_before=begun_before, limit=limit)

    async def cleared(self, folder: str) -> None:
        self._ledger.forget(folder)

    async def skills(self, project: ProjectId) -> tuple[CollectedSkill, ...]:
        found = (item for item in self._of(project) if item.type is ArtifactType.SKILL)
        return tuple(
            CollectedSkill(
                item=item,
                files=self._ledger.files[item.id],
                is_allowed=(project, item.digest) in self._ledger.allowed,
            )
            for item in sorted(found, key=lambda item: item.name)
        )

    async def allow(self, item: Item, *, audit: AuditRow) -> None:
        rules.allow(self._ledger, item, audit=audit)

    async def note(self, rows: Sequence[AuditRow]) -> None:
        for row in rows:
            self._ledger.catalogue.tell(row)

    def _of(self, project: ProjectId) -> Sequence[Item]:
        return [item for item in self._ledger.items.values() if item.project == project]


def _fits(item: Item, wanted: CollectionFilter) -> bool:
    search = wanted.search.casefold()
    is_of_type = not wanted.types or item.type in wanted.types
    return is_of_type and (search in item.name.casefold() or search in item.repo_url.casefold())
