"""Tidying: working trees of runs that are over leave the machine, also those that no play could remove."""

import asyncio
from datetime import timedelta

from taskforce.application.pipelines.trees import tidy
from taskforce.core.pipelines.ports import RunStore, SourceTree

EVERY = timedelta(seconds=5)
"""A look costs one folder's listing, and a read of the store where something lies in it."""


class Tidying:
    """Removes what is left of runs that were cancelled while they waited, or whose worker was killed."""

    def __init__(self, *, sources: SourceTree, runs: RunStore, every: timedelta = EVERY) -> None:
        self._sources = sources
        self._runs = runs
        self._every = every

    async def keep(self) -> None:
        """Remove what is left, then wait a while: a duty that is done again and again."""
        await tidy(self._sources, self._runs)
        await asyncio.sleep(self._every.total_seconds())
