"""A run's working tree: opened when a step first needs it, removed when the run is over."""

import asyncio

import structlog

from taskforce.core.errors import TaskforceError
from taskforce.core.identity import JobId
from taskforce.core.pipelines.model import RunFacts
from taskforce.core.pipelines.ports import OpenTree, RunStore, SourceTree

log = structlog.get_logger()


class RunTree:
    """The tree of one run; what is there of it from before a crash is used again."""

    def __init__(self, facts: RunFacts, sources: SourceTree) -> None:
        self._facts = facts
        self._sources = sources
        self._opened: OpenTree | None = None
        self._opening = asyncio.Lock()

    async def get(self) -> OpenTree:
        """Return the tree. Raises as `SourceTree.open` does."""
        async with self._opening:
            if self._opened is None:
                facts = self._facts
                self._opened = await self._sources.open(facts.id, facts.repository, facts.commit_sha)
            return self._opened


async def tidy(sources: SourceTree, runs: RunStore) -> None:
    """Remove what runs left on this machine that are over: those whose worker was killed or is elsewhere."""
    left = await sources.left()
    for run in sorted(await runs.over(left)) if left else ():
        await removed(sources, run)


async def removed(sources: SourceTree, run: JobId) -> None:
    """Remove a run's tree; one that cannot be removed now is found by `tidy` later."""
    try:
        await sources.remove(run)
    except (OSError, TaskforceError) as wrong:
        log.warning("tree_not_removed", run_id=run, reason=str(wrong))
