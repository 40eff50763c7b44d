"""Requests counted in Redis, for all processes that share it; needs the extra `redis`."""

import asyncio

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from taskforce.core.clock import Clock
from taskforce.core.limits import Quota, RateLimiter, SlidingWindow, Standing

log = structlog.get_logger()

PATIENCE = 0.25
"""Seconds that a request waits for Redis."""
AWAY = 5.0
"""Seconds for which Redis is left alone when it did not answer."""


class RedisRateLimiter(RateLimiter):
    """Counts by Redis' own clock. While Redis does not answer, this process counts by itself."""

    def __init__(self, url: str, *, spare: RateLimiter, clock: Clock) -> None:
        self._storage = RedisStorage(
            url,
            key_prefix="taskforce",
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type] # handed on to the client as it is
        )
        self._strategy = SlidingWindowCounterRateLimiter(self._storage)
        self._spare = spare
        self._clock = clock
        self._away_until = 0.0

    async def hit(self, quota: Quota, who: str) -> Standing:
        if self._clock.monotonic() < self._away_until:
            return await self._spare.hit(quota, who)
        try:
            return await asyncio.to_thread(self._hit, quota, who)
        except self._storage.base_exceptions as error:
            self._away_until = self._clock.monotonic() + AWAY
            log.warning("rate_limits_not_shared", reason=str(error), again_in=AWAY)
            return await self._spare.hit(quota, who)

    def _hit(self, quota: Quota, who: str) -> Standing:
        item = RateLimitItemPerSecond(quota.limit, quota.seconds, namespace=quota.name)
        is_over = not self._strategy.hit(item, who)
        before, before_left, now, lives = self._storage.get_sliding_window(item.key_for(who), quota.seconds)
        left = max(0.0, lives - quota.seconds)  # a count is kept for its window and the one after it
        window = SlidingWindow(before=before, before_left=before_left, now=now, left=left)
        return window.standing(quota, is_over=is_over)
