"""The time, which comes in by port."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the present moment, aware, in UTC, to the microsecond."""

    @abstractmethod
    def monotonic(self) -> float:
        """Return seconds since some fixed moment; never goes back, whatever is done to the wall clock."""


def rfc3339(moment: datetime) -> str:
    """Return the moment as RFC 3339 in UTC with ``Z`` and six decimals."""
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
