"""Rescanning: sources that have a rhythm are scanned by themselves."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.marketplace.intake import ScanIntake
from taskforce.core.clock import Clock
from taskforce.core.errors import Conflict, NotFound
from taskforce.core.marketplace.model import Source
from taskforce.core.marketplace.ports import SourceStore
from taskforce.core.principals import Principal

log = structlog.get_logger()

EVERY = timedelta(seconds=30)
AT_ONCE = 20
"""Sources that are looked at in one go; the others are due still at the next."""
NAME = "schedule"
"""Who has asked, on record, for a scan that nobody asked for."""


class Rescanning:
    """Hands in the scans that are due; any number of processes may do it at once."""

    def __init__(
        self,
        *,
        sources: SourceStore,
        desk: Callable[[], JobDesk],
        clock: Clock,
        every: timedelta = EVERY,
    ) -> None:
        self._sources = sources
        self._desk = desk
        self._clock = clock
        self._every = every

    async def keep(self) -> None:
        """Wait a while, then hand in what is due: a duty that is done again and again."""
        await asyncio.sleep(self._every.total_seconds())
        await self.begin_due()

    async def begin_due(self) -> int:
        """Hand in what is due now, and return how many scans that are."""
        due = await self._sources.due(now=self._clock.now(), limit=AT_ONCE)
        return sum([await self._begin(source) for source in due])

    async def _begin(self, source: Source) -> bool:
        asker = Principal(name=NAME, project=source.project)
        intake = ScanIntake(self._desk())
        job = intake.new(asker, source, is_forced=False)
        try:
            await intake.take(job, source, is_due=True)
        except (Conflict, NotFound) as late:  # it runs, somebody else has seen to it, or it is gone
            log.info("rescan_passed_over", source=source.id, reason=late.message)
            return False
        return True
