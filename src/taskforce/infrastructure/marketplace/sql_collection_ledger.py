"""Collections in a SQL database, within one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.collection import CollectedSkill, StoredFile
from taskforce.core.marketplace.model import ArtifactType, EntryId, Item, ItemId, TrustLevel
from taskforce.infrastructure.database.collection_tables import (
    collection_allowances,
    collection_files,
    collection_folders,
    collection_items,
)
from taskforce.infrastructure.database.prepared import Prepared, Row
from taskforce.infrastructure.marketplace.collection_ledger import CollectionLedger
from taskforce.infrastructure.marketplace.ledger import MarketplaceLedger

_items, _files = collection_items.c, collection_files.c
_allowed, _folders = collection_allowances.c, collection_folders.c


class SqlCollectionLedger(CollectionLedger):
    """One transaction on a connection."""

    def __init__(self, connection: Connection, catalogue: MarketplaceLedger) -> None:
        self._connection = connection
        self._catalogue = catalogue

    @property
    def catalogue(self) -> MarketplaceLedger:
        return self._catalogue

    def item(self, item_id: ItemId, *, project: ProjectId) -> Item | None:
        row = _ITEM.one(self._connection, {"wanted": item_id, "of_project": project})
        return None if row is None else item_from(row)

    def named(self, type_: ArtifactType, name: str, *, project: ProjectId) -> Item | None:
        place = {"of_project": project, "of_type": type_.value, "called": name.casefold()}
        row = _NAMED.one(self._connection, place)
        return None if row is None else item_from(row)

    def has_of_entry(self, entry: EntryId) -> bool:
        return _OF_ENTRY.one(self._connection, {"of_entry": entry}) is not None

    def put(self, item: Item, files: Sequence[StoredFile]) -> None:
        _PUT.run(self._connection, {**asdict(item), "folded_name": item.name.casefold()})
        _PUT_FILE.run_each(self._connection, ({**asdict(file), "item": item.id} for file in files))

    def drop(self, item_id: ItemId) -> None:
        _DROP_FILES.run(self._connection, {"of_item": item_id})
        _DROP.run(self._connection, {"wanted": item_id})

    def note(self, folder: str, *, since: datetime, is_left: bool) -> None:
        _NOTE.run(self._connection, {"folder": folder, "since": since, "is_left": is_left})

    def take(self, folder: str) -> bool:
        return _TAKE.run(self._connection, {"of_folder": folder}) == 1

    def leave(self, *, begun_before: datetime) -> None:
        _LEAVE.run(self._connection, {"begun_before": begun_before})

    def left(self, *, limit: int) -> tuple[str, ...]:
        rows = _LEFT.all(self._connection, {"most": limit})
        return tuple(folder for (folder,) in rows)

    def allow(self, project: ProjectId, digest: str, *, by: str, at: datetime) -> bool:
        values = {"project": project, "digest": digest, "allowed_by": by, "allowed_at": at}
        return _ALLOW.run(self._connection, values) == 1


def item_from(row: Row) -> Item:
    """Return the item of a row."""
    fields = dict(zip(collection_items.columns.keys(), row, strict=True))
    del fields["folded_name"]
    fields["type"] = ArtifactType(fields["type"])
    fields["trust_level"] = TrustLevel(fields["trust_level"])
    return Item(**fields)


def files_of(connection: Connection, item: Item) -> tuple[StoredFile, ...]:
    """Return the files of an item that is still the same."""
    rows = _FILES.all(connection, {"of_item": item.id, "of_folder": item.folder})
    return tuple(_file_from(row) for row in rows)


def skills_of(connection: Connection, project: ProjectId) -> tuple[CollectedSkill, ...]:
    """Return the skills of a project by name."""
    place = {"of_project": project}
    rows = _SKILLS.all(connection, place)
    if not rows:
        return ()
    files: Mapping[str, list[StoredFile]] = defaultdict(list)
    for item, *row in _SKILL_FILES.all(connection, place):
        files[item].append(_file_from(tuple(row)))
    allowed = {digest for (digest,) in _ALLOWANCES.all(connection, place)}
    items = [item_from(row) for row in rows]
    return tuple(
        CollectedSkill(item=item, files=tuple(files[item.id]), is_allowed=item.digest in allowed)
        for item in items
    )


def _file_from(row: Row) -> StoredFile:
    path, blob_sha, size, sha256 = row
    return StoredFile(path=path, blob_sha=blob_sha, size=size, sha256=sha256)


_PROJECT = _items.project == bindparam("of_project")
_IS_SKILL = _items.type == ArtifactType.SKILL.value
_FILE = (_files.path, _files.blob_sha, _files.size, _files.sha256)
_ITEM = Prepared(select(collection_items).where(_items.id == bindparam("wanted"), _PROJECT))
_NAMED = Prepared(
    select(collection_items).where(
        _PROJECT, _items.type == bindparam("of_type"), _items.folded_name == bindparam("called")
    )
)
_OF_ENTRY = Prepared(select(_items.id).where(_items.entry == bindparam("of_entry")).limit(1))
_PUT = Prepared(lambda insert: insert(collection_items))
_PUT_FILE = Prepared(lambda insert: insert(collection_files))
_DROP = Prepared(delete(collection_items).where(_items.id == bindparam("wanted")))
_DROP_FILES = Prepared(delete(collection_files).where(_files.item == bindparam("of_item")))
_NOTE = Prepared(lambda insert: insert(collection_folders))
_TAKE = Prepared(
    delete(collection_folders).where(_folders.folder == bindparam("of_folder"), _folders.is_left.is_(False))
)
FORGET = Prepared(delete(collection_folders).where(_folders.folder == bindparam("of_folder")))
_LEAVE = Prepared(
    update(collection_folders).where(_folders.since < bindparam("begun_before")).values(is_left=True)
)
_LEFT = Prepared(
    select(_folders.folder)
    .where(_folders.is_left.is_(True))
    .order_by(_folders.since, _folders.folder)
    .limit(bindparam("most"))
)
_ALLOW = Prepared(lambda insert: insert(collection_allowances).on_conflict_do_nothing())
_ALLOWANCES = Prepared(select(_allowed.digest).where(_allowed.project == bindparam("of_project")))
_FILES = Prepared(
    select(*_FILE)
    .join(collection_items, _items.id == _files.item)
    .where(_files.item == bindparam("of_item"), _items.folder == bindparam("of_folder"))
    .order_by(_files.path)
)
_SKILLS = Prepared(select(collection_items).where(_PROJECT, _IS_SKILL).order_by(_items.name))
_SKILL_FILES = Prepared(
    select(_files.item, *_FILE)
    .join(collection_items, _items.id == _files.item)
    .where(_PROJECT, _IS_SKILL)
    .order_by(_files.item, _files.path)
)
