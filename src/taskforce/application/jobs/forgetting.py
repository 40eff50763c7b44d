"""Forgetting: requests under a key are remembered for a time, and then their keys are free again."""

import asyncio
from datetime import timedelta

import structlog

from taskforce.core.clock import Clock
from taskforce.core.jobs.ports import RequestLog

log = structlog.get_logger()

BATCH = 500
"""Forgotten in one transaction, so that nobody waits long for the store."""
EVERY = timedelta(minutes=5)


class Forgetting:
    """Forgets old requests; any number of processes may do it at once."""

    def __init__(self, *, log: RequestLog, clock: Clock, kept: timedelta, every: timedelta = EVERY) -> None:
        self._log = log
        self._clock = clock
        self._kept = kept
        self._every = every

    async def keep(self) -> None:
        """Wait a while, then forget what is too old: a duty that is done again and again."""
        await asyncio.sleep(self._every.total_seconds())
        count = await self.forget()
        if count:
            log.info("requests_forgotten", count=count)

    async def forget(self) -> int:
        """Forget what is too old now, batch by batch, and return how many requests that are."""
        before = self._clock.now() - self._kept
        count = 0
        while (some := await self._log.forget(before=before, limit=BATCH)) > 0:
            count += some
        return count
