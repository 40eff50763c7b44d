"""How often a step is tried, and how long is waited between."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """At most `attempts` tries; the n-th wait is `first * factor**(n-1)`, never above `most`."""

    attempts: int = 1
    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    most: timedelta = timedelta(minutes=5)
    unless: tuple[type[Exception], ...] = ()
    """Errors that no further try can mend."""

    def delay_after(self, failed: int, error: Exception) -> timedelta | None:
        """Return how long to wait after the n-th failed try (n from 1), or None to give up."""
        if failed >= self.attempts or isinstance(error, self.unless):
            return None
        seconds = self.first.total_seconds() * self.factor ** (failed - 1)
        return min(timedelta(seconds=seconds), self.most)


ONCE = RetryPolicy()
