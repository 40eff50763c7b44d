"""How many streams one principal and this process keep open."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from taskforce.core.limits import StreamsTaken, TooManyStreams


class StreamSlots:
    """Counts the streams that are open. Usable from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = 0
        self._by_principal: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """Return how many are open."""
        return self._taken

    @contextmanager
    def hold(self, who: str, *, most: int, most_in_all: int) -> Iterator[None]:
        """Keep one until the context is left. Raises TooManyStreams, StreamsTaken."""
        self._claim(who, most=most, most_in_all=most_in_all)
        try:
            yield
        finally:
            self._release(who)

    def _claim(self, who: str, *, most: int, most_in_all: int) -> None:
        with self._lock:
            if self._by_principal[who] >= most:
                raise TooManyStreams(most)
            if self._taken >= most_in_all:
                raise StreamsTaken(most_in_all)
            self._by_principal[who] += 1
            self._taken += 1

    def _release(self, who: str) -> None:
        with self._lock:
            self._taken -= 1
            self._by_principal[who] -= 1
            if not self._by_principal[who]:
                del self._by_principal[who]
