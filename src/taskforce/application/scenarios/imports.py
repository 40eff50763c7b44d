"""The use cases of imports."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.scenarios.import_schemas import ImportPlant, ProjectSnapshot, ValidationReport
from taskforce.application.scenarios.projects import check_project
from taskforce.application.scenarios.reading import ReadPayload, read_payload
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.principals import Principal
from taskforce.core.scenarios.canonical import checksum
from taskforce.core.scenarios.errors import DataInvalid
from taskforce.core.scenarios.files import JSON, snapshot_key
from taskforce.core.scenarios.model import Snapshot, SnapshotId, snapshot_id
from taskforce.core.scenarios.ports import SnapshotStore, TableFiles


class ScenarioImportService:
    """Looks at plants' data, and takes it in."""

    def __init__(
        self,
        *,
        snapshots: SnapshotStore,
        artifacts: ArtifactStore,
        files: TableFiles,
        once: Once,
        clock: Clock,
    ) -> None:
        self._snapshots = snapshots
        self._artifacts = artifacts
        self._files = files
        self._once = once
        self._clock = clock
        # One at a time: it computes, and holds all of its data in memory.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imports")

    async def validate(self, principal: Principal, request: ImportPlant) -> ValidationReport:
        """Look at a plant's data, and tell every problem at once."""
        check_project(principal, request.project_id)
        return ValidationReport.of((await self._read(request)).report)

    async def commit(
        self, principal: Principal, request: ImportPlant, *, key: str | None = None
    ) -> ProjectSnapshot:
        """Import a plant's data as the project's newest snapshot; the same data is the same snapshot."""
        check_project(principal, request.project_id)

        async def make(note: Note) -> ProjectSnapshot:
            read = await self._read(request)
            if not read.report.valid:
                raise DataInvalid(read.report)
            snapshot = self._snapshot(principal, read)
            # Bytes first: without a row they harm nobody, and the next attempt finds them in their place.
            await self._artifacts.put(snapshot.key, read.content, media_type=JSON)
            return ProjectSnapshot.of(await self._snapshots.add(snapshot, changes=note(snapshot.id)))

        async def again(made: str) -> ProjectSnapshot:
            snapshot = await self._snapshots.get(SnapshotId(made), project=principal.project)
            return ProjectSnapshot.of(snapshot, is_replayed=True)

        keyed = Keyed.of("scenario_imports.commit", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def _read(self, request: ImportPlant) -> ReadPayload:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, read_payload, self._files, request)

    def _snapshot(self, principal: Principal, read: ReadPayload) -> Snapshot:
        digest = checksum(read.content)
        return Snapshot(
            id=snapshot_id(principal.project, digest),
            project=principal.project,
            checksum=digest,
            created_at=self._clock.now(),
            rows=read.rows,
            key=snapshot_key(principal.project, digest),
            size=len(read.content),
        )
