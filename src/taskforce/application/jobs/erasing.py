"""Erasing: what pruned jobs leave is removed, bytes before the rows that lead to them, in small pieces."""

import asyncio
from collections.abc import Callable, Sequence

from taskforce.core.artifacts import ArtifactStore
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.pruning import JobPruning

ROWS = 200
"""How many rows go in one transaction: a few milliseconds of the one writer."""
PAUSE = 0.005
"""Seconds between two pieces of a job, in which writers of other processes get their turn."""
JOBS = 100
"""How many jobs are looked up at once."""


class Erasing:
    """Removes what is out of sight. A crash loses none of it: it is found and begun again."""

    def __init__(
        self, *, pruning: JobPruning, artifacts: ArtifactStore, beside: Sequence[Callable[[JobId], str]] = ()
    ) -> None:
        self._pruning = pruning
        self._artifacts = artifacts
        self._beside = tuple(beside)
        """Further places in the artifact store that are a job's own."""

    async def of(self, job_id: JobId, *, project: ProjectId) -> None:
        """Erase a pruned job."""
        for place in (f"{project}/{job_id}", *(own(job_id) for own in self._beside)):
            await self._artifacts.clear(place)
        while not await self._pruning.erase(job_id, rows=ROWS):  # noqa: ASYNC110 - nobody tells of a turn
            await asyncio.sleep(PAUSE)

    async def all(self) -> None:
        """Erase whatever is pruned, also what somebody else has left."""
        while remains := await self._pruning.remains(limit=JOBS):
            for job in remains:
                await self.of(job.id, project=job.project)
