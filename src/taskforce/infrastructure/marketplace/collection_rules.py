"""The rules of collections: what each write does, whatever it is stored in."""

from collections.abc import Sequence
from datetime import datetime

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.collection import StoredFile, no_longer_taken
from taskforce.core.marketplace.errors import ItemNotFound, NameTaken, TakingLost
from taskforce.core.marketplace.model import AuditRow, EntryStatus, Item, ItemId
from taskforce.infrastructure.marketplace.collection_ledger import CollectionLedger


def keep(
    ledger: CollectionLedger,
    item: Item,
    files: Sequence[StoredFile],
    *,
    replaces: Item | None,
    audit: AuditRow,
) -> None:
    """Write an item, in place of another one or as a new one; its entry is imported if it is that content."""
    holder = ledger.named(item.type, item.name, project=item.project)
    if holder != replaces:
        raise NameTaken(item.name, (holder or item).id)
    if not ledger.take(item.folder):
        raise TakingLost(item.path)
    if replaces is not None:
        _drop(ledger, replaces, at=item.imported_at)
    ledger.put(item, files)
    entry = ledger.catalogue.entry(item.entry, source=item.source)
    if entry is not None and entry.digest == item.digest and entry.status is not EntryStatus.REMOVED:
        ledger.catalogue.put_entries([entry.imported(at=item.imported_at)])
    ledger.catalogue.tell(audit)


def remove(
    ledger: CollectionLedger, item_id: ItemId, *, project: ProjectId, at: datetime, audit: AuditRow
) -> Item:
    """Remove an item."""
    item = ledger.item(item_id, project=project)
    if item is None:
        raise ItemNotFound(item_id)
    _drop(ledger, item, at=at)
    ledger.catalogue.tell(audit)
    return item


def litter(ledger: CollectionLedger, *, begun_before: datetime, limit: int) -> tuple[str, ...]:
    """Return folders that are left over, those among them whose attempts are lost from now on."""
    ledger.leave(begun_before=begun_before)
    return ledger.left(limit=limit)


def allow(ledger: CollectionLedger, item: Item, *, audit: AuditRow) -> None:
    """Remember that an item's content is allowed; only who was first is told."""
    if ledger.allow(item.project, item.digest, by=audit.by, at=audit.at):
        ledger.catalogue.tell(audit)


def _drop(ledger: CollectionLedger, item: Item, *, at: datetime) -> None:
    """Remove an item; nothing refers to its folder then, and maybe nothing is taken of its entry."""
    ledger.drop(item.id)
    ledger.note(item.folder, since=at, is_left=True)
    entry = ledger.catalogue.entry(item.entry, source=item.source)
    if entry is not None and not ledger.has_of_entry(item.entry):
        ledger.catalogue.put_entries([no_longer_taken(entry)])
