"""The rules by which a bucket removes logs by itself: put there, and looked for."""

import asyncio
from datetime import timedelta

import structlog

from taskforce.core.errors import Unavailable
from taskforce.core.pipelines.retention import LogRules

log = structlog.get_logger()

FIRST = timedelta(seconds=2)
"""After this a process puts them there: those that live shorter have other work."""
EVERY = timedelta(hours=1)


class KeptLogRules:
    """Puts the rules into the bucket, as often as they are missing."""

    def __init__(
        self, rules: LogRules | None, *, is_wanted: bool, first: timedelta = FIRST, every: timedelta = EVERY
    ) -> None:
        self._rules = rules
        self._is_wanted = is_wanted
        self._pause = first
        self._every = every

    async def keep(self) -> None:
        """Wait a while, then put the rules there: a duty that is done again and again."""
        await asyncio.sleep(self._pause.total_seconds())
        self._pause = self._every
        if self._rules is None or not self._is_wanted:
            return
        try:
            await self._rules.put()
        except Unavailable as refused:  # logs are removed all the same while a worker runs
            log.warning("log_rules_not_put", reason=refused.message)

    async def told(self) -> str | None:
        """Return which rules the bucket lacks, in words; empty for none, None where there is no bucket."""
        if self._rules is None:
            return None
        try:
            missing = await self._rules.missing()
        except Unavailable as refused:
            return refused.message
        return f"the bucket has no rule {', '.join(missing)}" if missing else ""
