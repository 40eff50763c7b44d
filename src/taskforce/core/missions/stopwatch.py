"""How long a mission has worked: its turns, without what lies between them and without waiting for people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta


class Stopwatch:
    """Adds up stretches of time; each moment is asked for under a key, so that a replay sees the same."""

    def __init__(self, now: Callable[[str], datetime], *, is_needed: bool) -> None:
        self._now = now
        self._is_needed = is_needed
        self._begun: datetime | None = None
        self._sum = timedelta()

    @property
    def seconds(self) -> float:
        """Return what has been added up so far."""
        return self._sum.total_seconds()

    def start(self, key: str) -> None:
        """Begin a stretch."""
        if self._is_needed:
            self._begun = self._now(key)

    def stop(self, key: str) -> None:
        """End the stretch that was begun."""
        if self._is_needed and self._begun is not None:
            self._sum += self._now(key) - self._begun
            self._begun = None

    @contextmanager
    def paused(self, key: str) -> Iterator[None]:
        """Leave out what happens within."""
        self.stop(f"{key}/paused")
        yield
        self.start(f"{key}/resumed")
