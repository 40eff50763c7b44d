"""The places of a worker: how many jobs it plays at once, and who waits for one that is free."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Places:
    """On the worker's loop; a place is reserved while it is asked for a job, and then held by its play."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.plays: set[asyncio.Task[None]] = set()
        self.times_taken = 0
        """How often one was reserved; who looks twice sees whether anything was begun between."""
        self.vacancy = asyncio.Event()
        """Is set when one may have become free."""
        self._reserved = 0
        self._is_closed = False

    @property
    def taken(self) -> int:
        """Return how many are reserved or held."""
        return len(self.plays) + self._reserved

    def is_one_free(self, *, beside: int = 0) -> bool:
        """Tell whether one is free beside so many that others wait for."""
        return not self._is_closed and self.taken + beside < self.count

    def are_all_free(self) -> bool:
        """Tell whether none is taken."""
        return not self.taken

    def close(self) -> None:
        """Have none free from now on."""
        self._is_closed = True

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Keep one for a job that may come of it."""
        self._reserved += 1
        self.times_taken += 1
        try:
            yield
        finally:
            self._reserved -= 1
            self.vacancy.set()

    def hold(self, play: "asyncio.Task[None]") -> None:
        """Let a play have one until it ends."""
        self.plays.add(play)
        play.add_done_callback(self._leave)

    def _leave(self, play: "asyncio.Task[None]") -> None:
        self.plays.discard(play)
        self.vacancy.set()
