"""Imports all skills of a source in a process of its own, which is killed at a place that is said.

`python -m tests.integration.marketplace.import_driver FOLDER SOURCE PLACE COUNT`: PLACE is `put` (before the
file is stored), `keep` (before the item is), or `kept` (after), and COUNT how many pass before.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from taskforce.core.artifacts import Content, StoredBytes
from taskforce.core.marketplace.collection import StoredFile
from taskforce.core.marketplace.model import AuditRow, Item, SourceId
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.marketplace.sql import SqlSourceStore
from taskforce.infrastructure.marketplace.sql_collection import SqlCollectionStore
from taskforce.infrastructure.system.clock import SetClock
from tests.integration.marketplace.markets import a_market


class Fuse:
    """Kills this process the way the system does, when its place is reached once more than it may."""

    place = ""
    left = 0

    @classmethod
    def reach(cls, place: str) -> None:
        if place != cls.place:
            return
        if cls.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        cls.left -= 1


class FusedArtifacts(LocalArtifactStore):
    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        Fuse.reach("put")
        return await super().put(key, content, media_type=media_type)


class FusedCollection(SqlCollectionStore):
    async def keep(
        self, item: Item, files: Sequence[StoredFile], *, replaces: Item | None = None, audit: AuditRow
    ) -> None:
        Fuse.reach("keep")
        await super().keep(item, files, replaces=replaces, audit=audit)
        Fuse.reach("kept")


async def main(folder: Path, source_id: SourceId) -> None:
    """Import everything."""
    clock = SetClock()
    artifacts = FusedArtifacts(folder / "artifacts", clock)
    async with a_market(folder, clock=clock, artifacts=artifacts, collection=FusedCollection) as market:
        source = await SqlSourceStore(market.database).get(source_id)
        await market.take(source, conflict_resolution="force")


if __name__ == "__main__":
    Fuse.place, Fuse.left = sys.argv[3], int(sys.argv[4])
    asyncio.run(main(Path(sys.argv[1]), SourceId(sys.argv[2])))
