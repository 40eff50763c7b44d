"""What the marketplace needs from outside."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.marketplace.collection import CollectedSkill, CollectionFilter, StoredFile, Taking
from taskforce.core.marketplace.model import (
    ArtifactType,
    AuditRow,
    Entry,
    EntryId,
    EntryStatus,
    Item,
    ItemId,
    Source,
    SourceId,
    TreeFile,
)
from taskforce.core.paging import Listing, Page

Tell = Callable[[float, str], object]
"""Is told how much of a fetch is done, from 0 to 1, and with what it is busy."""


def to_nobody(share: float, doing: str, /) -> None:
    """Tell nobody how far a fetch is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTree:
    """A commit's tree, as far as a scan may see it."""

    commit_sha: str
    files: tuple[TreeFile, ...]
    """Regular files alone: no links, no submodules; in the order of their paths."""
    left_out: tuple[str, ...]
    """What was left out and why, a line each, for people."""


class OpenRepository(Protocol):
    """A repository at a commit; nothing of it is checked out, and nothing is run."""

    @abstractmethod
    async def tree(self) -> OpenTree:
        """Return all files at the commit. Raises TreeTooLarge for one with more entries than are read."""

    @abstractmethod
    def read(self, files: Sequence[TreeFile]) -> AsyncIterator[tuple[TreeFile, bytes]]:
        """Give the contents of files of the tree, in their order; a few MB are held at a time.

        Raises FileTooLarge for one over 10 MB, before any is read; SourceUnreachable when one is not there.
        """


class RepositoryReader(Protocol):
    """Reads git repositories over the git protocol: one commit, without the files that are over the limit."""

    @abstractmethod
    def check(self, url: str, ref: str) -> None:
        """Return when such an address may be asked at all; no name is resolved. Raises RepositoryRefused."""

    @abstractmethod
    def open(
        self, url: str, ref: str, *, commit_sha: str = "", tell: Tell = to_nobody
    ) -> AbstractAsyncContextManager[OpenRepository]:
        """Resolve a branch, tag or commit and fetch its tree; leaving removes what was fetched.

        With a commit it is that one, and the ref is not asked for. Raises RepositoryRefused for an address
        that may not be asked, RepositoryNotFound and RefNotFound for what is not there, RepositoryTooLarge,
        SourceUnreachable when trying again may help.
        """


class FrontMatterReader(Protocol):
    """Reads what files say of themselves; believes nothing of it, and runs none of it."""

    @abstractmethod
    def fields(self, path: str, content: bytes) -> Mapping[str, object]:
        """Return the fields of a Markdown file's head, or of a YAML or JSON file; none when it has no head.

        A value is a text, a list or a mapping; of JSON also true, false and null. Raises FrontMatterInvalid
        with the line, for what is not UTF-8, too large, nested too deep, or uses aliases or tags.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFilter:
    """Which sources are listed: those of a project, and the public ones of all."""

    project: ProjectId | None
    """None: those of every project."""
    seen_by: str | None = None
    """Of the private ones only this principal's; None: all of them."""
    search: str = ""
    """A part of the address or of the branch, in whatever case; "" is any."""


class SourceStore(Protocol):
    """Keeps sources. Every method is one transaction; a row of the audit is written with what it tells."""

    @abstractmethod
    async def add(self, source: Source, *, audit: AuditRow, changes: Sequence[RememberRequest] = ()) -> None:
        """Keep a new one. Raises SourceExists for one of its project's, Conflict for a change's key."""

    @abstractmethod
    async def get(self, source_id: SourceId) -> Source:
        """Return a source of whatever project. Raises SourceNotFound."""

    @abstractmethod
    async def list(self, wanted: SourceFilter, page: Page) -> Listing[Source]:
        """Return sources, newest first."""

    @abstractmethod
    async def change(
        self, source_id: SourceId, change: Callable[[Source], Source], *, audit: AuditRow
    ) -> Source:
        """Keep what `change` makes of it, and return that. Raises SourceNotFound, SourceExists."""

    @abstractmethod
    async def remove(self, source_id: SourceId, *, audit: AuditRow) -> None:
        """Remove a source with its entries; what was imported stays. Raises SourceNotFound."""

    @abstractmethod
    async def due(self, *, now: datetime, limit: int) -> tuple[Source, ...]:
        """Return sources that are to be scanned by themselves, the longest due first."""


class EntryOrder(StrEnum):
    """By what entries are listed; those that are equal in it are listed by path."""

    CONFIDENCE = "by_confidence"
    DATE = "by_date"
    """Of the last change of the content."""
    TYPE = "by_type"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries of a source are listed, and in which order; an empty set is any."""

    source: SourceId
    types: frozenset[ArtifactType] = frozenset()
    statuses: frozenset[EntryStatus] = frozenset()
    min_confidence: int = 0
    max_confidence: int = 100
    search: str = ""
    """A part of the name or of the path, in whatever case; "" is any."""
    order: EntryOrder = EntryOrder.CONFIDENCE
    is_reversed: bool = False
    """The best, the latest and the first of the alphabet come first, or last."""


class CatalogueStore(Protocol):
    """Keeps what scans found; they write it by the change StoreScan. Every method is one transaction."""

    @abstractmethod
    async def get(self, entry_id: EntryId, *, source: SourceId) -> Entry:
        """Return an entry of the source. Raises EntryNotFound."""

    @abstractmethod
    async def find(self, entry_ids: Sequence[EntryId], *, source: SourceId) -> Mapping[EntryId, Entry]:
        """Return those of the entries that the source has."""

    @abstractmethod
    async def list(self, wanted: EntryFilter, page: Page) -> Listing[Entry]:
        """Return entries of a source."""

    @abstractmethod
    async def change(
        self, entry_id: EntryId, change: Callable[[Entry], Entry], *, source: SourceId, audit: AuditRow
    ) -> Entry:
        """Keep what `change` makes of an entry, and return that. Raises EntryNotFound."""


class AuditLog(Protocol):
    """What was done in the marketplace; rows are written in the transactions of what they tell."""

    @abstractmethod
    async def list(
        self, project: ProjectId, page: Page, *, source: SourceId | None = None
    ) -> Listing[AuditRow]:
        """Return a project's rows, newest first; with a source only what was done with it."""


class CollectionStore(Protocol):
    """Keeps what projects took from sources. Every method is one transaction.

    Files lie in the artifact store, under the folder of their item. A folder is noted here before anything is
    written to it, and when no item refers to it any more: so that what a crash leaves is found and cleared.
    """

    @abstractmethod
    async def begin(self, taking: Taking) -> None:
        """Note that files are about to be written to a folder of their own."""

    @abstractmethod
    async def keep(
        self, item: Item, files: Sequence[StoredFile], *, replaces: Item | None = None, audit: AuditRow
    ) -> None:
        """Put an item into the collection, in place of another one or as a new one.

        Its entry is marked as imported if its content is still that of the item. The folder of what is
        replaced is noted, that of the item no longer. Raises NameTaken when the project has another one of
        this type and name, or what is to be replaced is another one by now; TakingLost when the attempt is
        lost.
        """

    @abstractmethod
    async def get(self, item_id: ItemId, *, project: ProjectId) -> Item:
        """Return an item. Raises ItemNotFound."""

    @abstractmethod
    async def named(self, type_: ArtifactType, name: str, *, project: ProjectId) -> Item | None:
        """Return the item of a type and a name; names that differ in case alone are one."""

    @abstractmethod
    async def names(self, type_: ArtifactType, *, project: ProjectId) -> frozenset[str]:
        """Return the names that items of a type have."""

    @abstractmethod
    async def list(self, wanted: CollectionFilter, page: Page) -> Listing[Item]:
        """Return items, newest first."""

    @abstractmethod
    async def files(self, item: Item) -> tuple[StoredFile, ...]:
        """Return the files of an item by path; none when it is gone or was replaced."""

    @abstractmethod
    async def remove(self, item_id: ItemId, *, project: ProjectId, at: datetime, audit: AuditRow) -> Item:
        """Remove an item and return it; its folder is noted. Raises ItemNotFound."""

    @abstractmethod
    async def litter(self, *, begun_before: datetime, limit: int) -> tuple[str, ...]:
        """Return folders that hold nothing but what is left over, the oldest first.

        Attempts that began before a moment are lost from now on: no item can be kept with their files.
        """

    @abstractmethod
    async def cleared(self, folder: str) -> None:
        """Forget a folder that was cleared."""

    @abstractmethod
    async def skills(self, project: ProjectId) -> tuple[CollectedSkill, ...]:
        """Return the skills of a project by name."""

    @abstractmethod
    async def allow(self, item: Item, *, audit: AuditRow) -> None:
        """Remember that somebody allowed the use of an item's content in its project; once is enough."""

    @abstractmethod
    async def note(self, rows: Sequence[AuditRow]) -> None:
        """Write rows of the audit that tell of what came to nothing."""
