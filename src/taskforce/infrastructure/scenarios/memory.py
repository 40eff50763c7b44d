"""Scenarios in memory."""

from collections.abc import Sequence

from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.scenarios.errors import NoSnapshot, SnapshotNotFound
from taskforce.core.scenarios.model import Snapshot, SnapshotId
from taskforce.core.scenarios.ports import SnapshotStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog


class MemorySnapshotStore(SnapshotStore):
    """Snapshots in the order of their last commits."""

    def __init__(self, requests: MemoryRequestLog) -> None:
        self._requests = requests
        self._snapshots: dict[tuple[ProjectId, str], Snapshot] = {}

    async def add(self, snapshot: Snapshot, *, changes: Sequence[RememberRequest] = ()) -> Snapshot:
        for change in changes:
            self._requests.remember(change)
        place = snapshot.project, snapshot.checksum
        self._snapshots[place] = self._snapshots.pop(place, snapshot)
        return self._snapshots[place]

    async def get(self, snapshot_id: SnapshotId, *, project: ProjectId) -> Snapshot:
        for one in self._of(project):
            if one.id == snapshot_id:
                return one
        raise SnapshotNotFound(snapshot_id)

    async def newest(self, project: ProjectId) -> Snapshot:
        found = self._of(project)
        if not found:
            raise NoSnapshot(project)
        return found[-1]

    def _of(self, project: ProjectId) -> Sequence[Snapshot]:
        return [one for one in self._snapshots.values() if one.project == project]
