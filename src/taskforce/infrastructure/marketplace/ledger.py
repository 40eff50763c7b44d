"""What the rules of the marketplace need of what it is stored in, within one transaction."""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import AuditRow, Entry, EntryId, Source, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """What a scan and the catalogue do not have in common: most of it they do."""

    known: Sequence[Entry]
    """Entries that were found otherwise, or not at all."""
    found: Sequence[Found]
    """What is at no path of the catalogue, or otherwise there."""


class MarketplaceLedger(Protocol):
    """Sources, their entries and the audit; all or nothing of what is written here stays."""

    @abstractmethod
    def source(self, source_id: SourceId) -> Source | None:
        """Return a source of whatever project."""

    @abstractmethod
    def same(self, source: Source) -> SourceId | None:
        """Return another source of the project with the same repository and branch."""

    @abstractmethod
    def put_source(self, source: Source) -> None:
        """Write a source, new or found here."""

    @abstractmethod
    def drop_source(self, source_id: SourceId) -> None:
        """Remove a source with its entries."""

    @abstractmethod
    def entry(self, entry_id: EntryId, *, source: SourceId) -> Entry | None:
        """Return an entry of the source."""

    @abstractmethod
    def contents(self, source_id: SourceId) -> frozenset[str]:
        """Return the digests of a source's entries."""

    @abstractmethod
    def differing(self, source_id: SourceId, found: Collection[Found]) -> Differing:
        """Return what was found otherwise than a source's entries tell."""

    @abstractmethod
    def put_entries(self, entries: Collection[Entry]) -> None:
        """Write entries, new or found here."""

    @abstractmethod
    def of_content(self, digests: Collection[str], *, project: ProjectId) -> Sequence[Entry]:
        """Return a project's entries with one of these contents."""

    @abstractmethod
    def tell(self, row: AuditRow) -> None:
        """Write a row of the audit."""
