"""The system's clock, and one that is set by hand."""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock

from taskforce.core.clock import Clock


class SystemClock(Clock):
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class SetClock(Clock):
    """Stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._lock = Lock()
        self._now = start
        self._passed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._passed

    def pass_(self, *, seconds: float) -> datetime:
        """Let time pass; return the moment it is then."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._passed += seconds
            return self._now

    def set_to(self, moment: datetime) -> None:
        """Set the wall clock, back too; the monotonic one does not notice."""
        with self._lock:
            self._now = moment

    def in_(self, *, seconds: float) -> datetime:
        """Return the moment that many seconds from now."""
        return self._now + timedelta(seconds=seconds)
