"""A market: a database, files and real repositories, with what imports need; scans are written at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from taskforce.application.marketplace.collected_skills import CollectedSkills
from taskforce.application.marketplace.collection import CollectionService
from taskforce.application.marketplace.import_schemas import ImportArtifacts, ImportResult
from taskforce.application.marketplace.importing import Importing
from taskforce.application.marketplace.reading import EntryReading
from taskforce.application.marketplace.scanning import Scanning, Wanted
from taskforce.application.marketplace.verifying import Verifying
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.identity import JobId
from taskforce.core.marketplace.changes import StoreScan
from taskforce.core.marketplace.collection import CollectionFilter
from taskforce.core.marketplace.model import AuditRow, Entry, Item, Source, SourceId
from taskforce.core.marketplace.ports import CollectionStore, EntryFilter
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT, Principal, Role
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.marketplace import rules
from taskforce.infrastructure.marketplace.front_matter import YamlFrontMatter
from taskforce.infrastructure.marketplace.sql import SqlAuditLog, SqlCatalogueStore, SqlSourceStore
from taskforce.infrastructure.marketplace.sql_collection import SqlCollectionStore
from taskforce.infrastructure.marketplace.sql_ledger import SqlMarketplaceLedger
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.ids import UuidSource
from tests.integration.marketplace.trees_of_git import Bare, a_reader
from tests.unit.core.marketplace.items import a_source

ALL = Page(limit=1_000)
ANN = Principal(name="ann", project=DEFAULT_PROJECT, roles=frozenset({Role.OPERATOR}))


@dataclass(frozen=True, slots=True)
class Market:
    """What a process has open of a home."""

    folder: Path
    database: SqliteDatabase
    clock: SetClock
    artifacts: ArtifactStore
    collection: CollectionStore
    service: CollectionService
    skills: CollectedSkills

    async def add(self, bare: Bare, **fields: object) -> Source:
        """Add a repository of this machine as a source, and scan it."""
        source = a_source(
            id=SourceId(UuidSource().new()), repo_url=f"file://{bare.folder}", created_by=ANN.name, **fields
        )
        await self.database.write(lambda connection: SqlMarketplaceLedger(connection).put_source(source))
        await self.scan(source)
        return source

    async def scan(self, source: Source) -> None:
        """Write what is found in a source, as the scan's job does."""
        scanning = Scanning(repositories=a_reader(self.folder), front_matter=YamlFrontMatter())
        scanned = await scanning.scan(Wanted(url=source.repo_url, ref=source.branch, manual_map={}))
        change = StoreScan(
            source=source.id,
            job=JobId("scan"),
            by=ANN.name,
            at=self.clock.now(),
            commit_sha=scanned.commit_sha,
            scanned_as="",
            found=scanned.found,
        )
        await self.database.write(
            lambda connection: rules.store_scan(SqlMarketplaceLedger(connection), change)
        )

    async def entries(self, source: Source) -> dict[str, Entry]:
        """Return what was found in a source, by path."""
        found = await SqlCatalogueStore(self.database).list(EntryFilter(source=source.id), ALL)
        return {entry.found.path: entry for entry in sorted(found.items, key=lambda one: one.found.path)}

    async def take(self, source: Source, *paths: str, by: Principal = ANN, **said: object) -> ImportResult:
        """Import entries by their paths; all of them without one."""
        entries = await self.entries(source)
        ids = [entries[path].id for path in paths or entries]
        request = ImportArtifacts.model_validate({"source_id": source.id, "entry_ids": ids, **said})
        return await self.service.take(by, request)

    async def items(self) -> dict[str, Item]:
        """Return what is in the collection, by name."""
        found = await self.collection.list(CollectionFilter(project=DEFAULT_PROJECT), ALL)
        return {item.name: item for item in found.items}

    async def audit(self) -> list[AuditRow]:
        """Return what the audit tells of imports and of the collection, oldest first."""
        rows = await SqlAuditLog(self.database).list(DEFAULT_PROJECT, ALL)
        return [row for row in reversed(rows.items) if row.action != rules.RESCAN]

    @property
    def files(self) -> list[str]:
        """Return the files that are stored of collections, by their paths below the items' folders."""
        root = self.folder / "artifacts" / DEFAULT_PROJECT / "collection"
        return sorted(
            path.relative_to(root).as_posix().partition("/")[2] for path in root.rglob("*") if path.is_file()
        )


@asynccontextmanager
async def a_market(
    folder: Path,
    *,
    clock: SetClock | None = None,
    artifacts: ArtifactStore | None = None,
    collection: type[SqlCollectionStore] = SqlCollectionStore,
) -> AsyncIterator[Market]:
    """Open the market of a folder."""
    clock = clock or SetClock()
    database = SqliteDatabase(folder / "taskforce.db")
    artifacts = artifacts or LocalArtifactStore(folder / "artifacts", clock)
    kept = collection(database, SqlMarketplaceLedger)
    importing = Importing(
        collection=kept,
        reading=EntryReading(a_reader(folder)),
        artifacts=artifacts,
        clock=clock,
        ids=UuidSource(),
    )
    service = CollectionService(
        sources=SqlSourceStore(database),
        catalogue=SqlCatalogueStore(database),
        collection=kept,
        importing=importing,
        verifying=Verifying(collection=kept, artifacts=artifacts),
        artifacts=artifacts,
        clock=clock,
    )
    skills = CollectedSkills(
        collection=kept, artifacts=artifacts, front_matter=YamlFrontMatter(), clock=clock
    )
    try:
        yield Market(folder, database, clock, artifacts, kept, service, skills)
    finally:
        database.close()
