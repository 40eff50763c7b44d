"""How often a step is tried, and how long is waited between."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from taskforce.core.errors import Exhausted, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """At most `attempts` tries; the n-th wait is `first * factor**(n-1)`, never above `most`.

    Who is away or overloaded may ask for a longer wait, and gets it.
    """

    attempts: int = 1
    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    most: timedelta = timedelta(minutes=5)
    jitter: float = 0.0
    """By how much of itself a wait may grow, so that those who failed together do not come back together."""
    unless: tuple[type[Exception], ...] = ()
    """Errors that no further try can mend."""
    only: tuple[type[Exception], ...] = (Exception,)
    """Errors that a further try may mend, of those that are left."""

    def delay_after(self, failed: int, error: Exception, *, seed: str = "") -> timedelta | None:
        """Return how long to wait after the n-th failed try (n from 1), or None to give up.

        The jitter follows from the seed: the same try always waits the same.
        """
        if failed >= self.attempts or isinstance(error, self.unless):
            return None
        if not isinstance(error, self.only):
            return None
        own = self.first.total_seconds() * self.factor ** (failed - 1)
        seconds = max(own, _asked_by(error)) * (1 + self.jitter * _part(f"{seed}/{failed}"))
        return min(timedelta(seconds=seconds), self.most)


def _asked_by(error: Exception) -> float:
    return error.retry_after.total_seconds() if isinstance(error, Exhausted | Unavailable) else 0.0


def _part(seed: str) -> float:
    """Return a number from 0 to 1 that looks like chance and is the same for the same seed."""
    return int.from_bytes(sha256(seed.encode()).digest()[:4]) / 2**32


ONCE = RetryPolicy()
