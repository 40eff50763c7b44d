"""Imports: each entry is taken whole or not at all, whatever becomes of the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from taskforce.application.marketplace.copying import Copying
from taskforce.application.marketplace.reading import EntryFiles, EntryReading, OpenEntries
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.errors import TaskforceError
from taskforce.core.identity import IdSource
from taskforce.core.marketplace.collection import (
    Resolution,
    StoredFile,
    Taking,
    folder_of,
    name_in_collection,
)
from taskforce.core.marketplace.errors import EntryExcluded, EntryRemoved, NameTaken
from taskforce.core.marketplace.model import AuditRow, Entry, EntryId, EntryStatus, Item, ItemId, Source
from taskforce.core.marketplace.naming import suggested_name
from taskforce.core.marketplace.outcomes import Conflicting, Failed, Outcome, Skipped, Taken
from taskforce.core.marketplace.ports import CollectionStore

log = structlog.get_logger()

ACTION = "import"
LITTER = timedelta(hours=1)
"""How old a folder is before it is taken for one that a crash left."""
_MOST_LITTER = 20
_TRIES = 10
"""How often a name is chosen that another import takes meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What somebody wants imported."""

    source: Source
    entries: Sequence[Entry]
    resolution_of: Callable[[str], Resolution | None]
    """What becomes of an entry whose name is taken, by the entry's id."""
    by: str


def audit_row(order: ImportOrder, subject: str, outcome: str, *, at: datetime, details: str = "") -> AuditRow:
    """Return the row of the audit that tells what became of an entry, or of the whole import."""
    return AuditRow(
        project=order.source.project,
        at=at,
        by=order.by,
        action=ACTION,
        source=order.source.id,
        subject=subject,
        outcome=outcome,
        details=details,
    )


class Importing:
    """Takes entries into the collection of their source's project, one after the other.

    A crash leaves those that were taken, and a folder that the next import clears when it is an hour old.
    """

    def __init__(
        self,
        *,
        collection: CollectionStore,
        reading: EntryReading,
        artifacts: ArtifactStore,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._collection = collection
        self._reading = reading
        self._copying = Copying(artifacts)
        self._artifacts = artifacts
        self._clock = clock
        self._ids = ids

    async def outcomes(self, order: ImportOrder) -> tuple[Outcome, ...]:
        """Return what became of each entry. Raises as `RepositoryReader.open` does, and nothing is taken."""
        await self._clear_litter()
        judged = [(entry, await self._judged(order, entry)) for entry in order.entries]
        wanted = [entry for entry, outcome in judged if outcome is None]
        found: dict[EntryId, Outcome] = {
            entry.id: outcome for entry, outcome in judged if outcome is not None
        }
        if wanted:
            async with self._reading.open_all(order.source, wanted) as opened:
                for entry in wanted:
                    found[entry.id] = await self._taken(order, entry, opened)
        return tuple(found[entry.id] for entry in order.entries)

    async def _judged(self, order: ImportOrder, entry: Entry) -> Outcome | None:
        """Return what becomes of an entry that need not be read; None when it is to be taken."""
        path = entry.found.path
        if entry.status is EntryStatus.REMOVED:
            return Failed.by(entry.id, EntryRemoved(entry.id, path))
        if entry.status is EntryStatus.EXCLUDED:
            return Failed.by(entry.id, EntryExcluded(path))
        existing = await self._existing(entry)
        return None if existing is None else await self._left(order, entry, existing)

    async def _left(self, order: ImportOrder, entry: Entry, existing: Item) -> Outcome | None:
        """Return what becomes of an entry whose name is taken; None when it is taken all the same."""
        match order.resolution_of(entry.id):
            case None:
                return Conflicting(
                    entry=entry,
                    name=existing.name,
                    existing=existing.id,
                    suggested=await self._free_name(entry),
                )
            case Resolution.SKIP:
                return Skipped(entry=entry, existing=existing.id)
        return None

    async def _taken(self, order: ImportOrder, entry: Entry, opened: OpenEntries) -> Outcome:
        """Take an entry; what was copied in vain is cleared, but after a crash or when the asker left."""
        taking = Taking(folder=folder_of(order.source.project, self._ids.new()), since=self._clock.now())
        try:
            files = opened.files_of(entry)
            was_free = await self._existing(entry) is None
            await self._collection.begin(taking)
            stored = await self._copying.copied(files, folder=taking.folder)
            item = self._item(order, entry, files, stored, taking)
            outcome = await self._placed(order, entry, item, stored, was_free=was_free)
        except TaskforceError as wrong:
            log.warning("import_failed", entry=entry.id, path=entry.found.path, reason=wrong.message)
            outcome = Failed.by(entry.id, wrong)
        if not isinstance(outcome, Taken):
            await self._clear(taking.folder)
        return outcome

    async def _placed(
        self, order: ImportOrder, entry: Entry, item: Item, stored: Sequence[StoredFile], *, was_free: bool
    ) -> Outcome:
        """Put an item in its place, by what is said of names that are taken."""
        for _ in range(_TRIES):
            existing = await self._existing(entry)
            if existing is None:
                placed, replaces = item, None
            else:
                outcome = await self._left(order, entry, existing)
                if outcome is not None:
                    return outcome
                if order.resolution_of(entry.id) is Resolution.FORCE:
                    placed, replaces = replace(item, id=existing.id), existing
                elif was_free and (existing.entry, existing.digest) == (item.entry, item.digest):
                    return Skipped(entry=entry, existing=existing.id)  # another import of it was faster
                else:
                    placed, replaces = replace(item, name=await self._free_name(entry)), None
            try:
                audit = audit_row(order, entry.id, "success", at=item.imported_at, details=placed.name)
                await self._collection.keep(placed, stored, replaces=replaces, audit=audit)
            except NameTaken as taken:
                lost = taken
                continue
            if replaces is not None:
                await self._clear(replaces.folder)
            return Taken(entry=entry, item=placed)
        raise lost

    async def _existing(self, entry: Entry) -> Item | None:
        name = name_in_collection(entry)
        return await self._collection.named(entry.found.type, name, project=entry.project)

    async def _free_name(self, entry: Entry) -> str:
        taken = await self._collection.names(entry.found.type, project=entry.project)
        return suggested_name(name_in_collection(entry), taken)

    def _item(
        self,
        order: ImportOrder,
        entry: Entry,
        files: EntryFiles,
        stored: Sequence[StoredFile],
        taking: Taking,
    ) -> Item:
        return Item(
            id=ItemId(self._ids.new()),
            project=order.source.project,
            name=name_in_collection(entry),
            type=entry.found.type,
            source=order.source.id,
            entry=entry.id,
            repo_url=order.source.repo_url,
            commit_sha=files.commit_sha,
            path=entry.found.path,
            digest=entry.digest,
            trust_level=order.source.trust_level,
            folder=taking.folder,
            files=len(stored),
            size=sum(file.size for file in stored),
            imported_by=order.by,
            imported_at=self._clock.now(),
        )

    async def _clear_litter(self) -> None:
        before = self._clock.now() - LITTER
        for folder in await self._collection.litter(begun_before=before, limit=_MOST_LITTER):
            await self._clear(folder)

    async def _clear(self, folder: str) -> None:
        await self._artifacts.clear(folder)
        await self._collection.cleared(folder)
