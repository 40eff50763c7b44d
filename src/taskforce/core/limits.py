"""How often one may ask: a quota, how one stands against it, and who counts."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from math import floor
from typing import Protocol

from taskforce.core.errors import Exhausted, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `limit` requests within any `seconds`; its name is told to clients."""

    name: str
    limit: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one stands after a request."""

    quota: Quota
    remaining: int
    reset: float
    """Seconds until there is more: until the next request goes, or, while some remain, the window's end."""
    is_over: bool
    """This request was one too many; it was not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidingWindow:
    """Two counts: of the window that is filled now, and of the one before it, which weighs less and less.

    Within any stretch of a window's length no more than the limit goes, if requests came evenly in the window
    before. It takes the same room for any limit, and its weights are those of the library `limits`.
    """

    before: int
    before_left: float
    """Seconds for which a part of the count before still weighs."""
    now: int
    left: float
    """Seconds until the next window begins."""

    def has_room(self, quota: Quota) -> bool:
        """Tell whether one more goes."""
        return self._weight(quota) < quota.limit

    def standing(self, quota: Quota, *, is_over: bool) -> Standing:
        """Return how one stands who has these counts."""
        remaining = max(0, quota.limit - self._weight(quota))
        reset = self.left if remaining else self._wait(quota)
        return Standing(quota=quota, remaining=remaining, reset=reset, is_over=is_over)

    def _weight(self, quota: Quota) -> int:
        return floor(self.before * self.before_left / quota.seconds) + self.now

    def _wait(self, quota: Quota) -> float:
        """Return the seconds until one more goes, if nobody asks meanwhile."""
        room = quota.limit - self.now
        if room > 0:  # until the count before weighs less than this
            return max(0.0, self.before_left - room * quota.seconds / max(1, self.before))
        return self.left + quota.seconds * (1 - quota.limit / self.now)


class RateLimiter(Protocol):
    """Counts requests by quota and by who asks. May be awaited on any event loop."""

    @abstractmethod
    async def hit(self, quota: Quota, who: str) -> Standing:
        """Count a request if the quota has room for it, and return how this one stands. It never fails."""


class TooManyRequests(Exhausted):
    """More requests than the quota of who asks; none of it was done."""

    title = "Too many requests"

    def __init__(self, standing: Standing) -> None:
        quota = standing.quota
        super().__init__(
            f"More than {quota.limit} requests in {quota.seconds} seconds. Ask again after the seconds of "
            "Retry-After; RateLimit tells with every answer how many are left.",
            retry_after=timedelta(seconds=standing.reset),
            details={"policy": quota.name, "limit": quota.limit, "window_seconds": quota.seconds},
        )


class TooManyFailures(Exhausted):
    """More failed authentications than one peer may have."""

    code = "too_many_failed_authentications"
    title = "Too many failed authentications"

    def __init__(self, standing: Standing) -> None:
        super().__init__(
            "Too many requests from this address had no valid credentials. Check the key or token.",
            retry_after=timedelta(seconds=standing.reset),
        )


class TooManyStreams(Exhausted):
    """More open streams than one principal may have."""

    code = "too_many_streams"
    title = "Too many streams"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} streams are open for you already. Close one, or read the log in pages of JSON.",
            retry_after=timedelta(seconds=5),
            details={"limit": limit},
        )


class StreamsTaken(Unavailable):
    """All the streams that this process keeps open are taken."""

    code = "streams_taken"
    title = "All streams taken"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This process keeps {limit} streams open already. Come back later, or read pages of JSON.",
            retry_after=timedelta(seconds=5),
            details={"limit": limit},
        )
