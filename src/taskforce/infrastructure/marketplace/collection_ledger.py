"""What the rules of collections need of what they are stored in, within one transaction."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.collection import StoredFile
from taskforce.core.marketplace.model import ArtifactType, EntryId, Item, ItemId
from taskforce.infrastructure.marketplace.ledger import MarketplaceLedger


class CollectionLedger(Protocol):
    """Items, their files, folders without items; all or nothing of what is written here stays."""

    @property
    @abstractmethod
    def catalogue(self) -> MarketplaceLedger:
        """Return the entries and the audit, in the same transaction."""

    @abstractmethod
    def item(self, item_id: ItemId, *, project: ProjectId) -> Item | None:
        """Return an item of a project."""

    @abstractmethod
    def named(self, type_: ArtifactType, name: str, *, project: ProjectId) -> Item | None:
        """Return the item of a type and a name, in whatever case."""

    @abstractmethod
    def has_of_entry(self, entry: EntryId) -> bool:
        """Tell whether something of an entry is in the collection."""

    @abstractmethod
    def put(self, item: Item, files: Sequence[StoredFile]) -> None:
        """Write a new item with its files."""

    @abstractmethod
    def drop(self, item_id: ItemId) -> None:
        """Remove an item with its files."""

    @abstractmethod
    def note(self, folder: str, *, since: datetime, is_left: bool) -> None:
        """Note a folder to which no item refers: not yet, or not any more."""

    @abstractmethod
    def take(self, folder: str) -> bool:
        """Forget a folder that is not left over; tell whether it was one."""

    @abstractmethod
    def leave(self, *, begun_before: datetime) -> None:
        """Take folders that were noted before a moment for what is left over."""

    @abstractmethod
    def left(self, *, limit: int) -> tuple[str, ...]:
        """Return folders that are left over, the oldest first."""

    @abstractmethod
    def allow(self, project: ProjectId, digest: str, *, by: str, at: datetime) -> bool:
        """Remember that a content is allowed; tell whether it was not."""
