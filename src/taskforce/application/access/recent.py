"""What was read lately, and is not read again at every request."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from taskforce.core.clock import Clock

K = TypeVar("K")
V = TypeVar("V")

MOST = 10_000


class Recent(Generic[K, V]):
    """Reads something by its key, and keeps it for some seconds; what is forgotten is read again at once.

    What was being read while something was forgotten is not kept, since it may be older than that.
    """

    def __init__(
        self, read: Callable[[K], Awaitable[V]], *, clock: Clock, seconds: float, most: int = MOST
    ) -> None:
        self._read = read
        self._monotonic = clock.monotonic
        self._seconds = seconds
        self._most = most
        self._kept: dict[K, tuple[V, float]] = {}
        self._forgotten = 0

    async def get(self, key: K) -> V:
        """Return what is kept, or what is read now; what reading raises is raised and not kept."""
        kept = self._kept.get(key)
        if kept is not None and self._monotonic() < kept[1]:
            return kept[0]
        forgotten = self._forgotten
        value = await self._read(key)
        if forgotten == self._forgotten:
            self._keep(key, value)
        return value

    def forget(self, key: K) -> None:
        """Let it be read again."""
        self._forgotten += 1
        self._kept.pop(key, None)

    def _keep(self, key: K, value: V) -> None:
        self._kept.pop(key, None)
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[key] = (value, self._monotonic() + self._seconds)
