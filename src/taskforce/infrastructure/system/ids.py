"""Ids: UUIDv7 for real, counted ones for tests."""

import secrets
import time
from collections.abc import Callable
from itertools import count
from threading import Lock
from uuid import UUID

from taskforce.core.identity import IdSource

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_BITS = 62
_COUNTER_BITS = 12
_COUNTER_END = 1 << _COUNTER_BITS


class UuidSource(IdSource):
    """UUIDv7 (RFC 9562): 48 bits of milliseconds, a counter in `rand_a` (method 1), 62 random bits.

    Within a process each id is greater than the one before, also when the clock is set back.
    """

    def __init__(self, milliseconds: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._milliseconds = milliseconds
        self._lock = Lock()
        self._last = 0
        self._counter = 0

    def new(self) -> str:
        with self._lock:
            moment, counter = self._next()
        random = secrets.randbits(_RANDOM_BITS)
        return str(UUID(int=moment << 80 | _VERSION_7 | counter << 64 | _VARIANT | random))

    def _next(self) -> tuple[int, int]:
        now = self._milliseconds()
        if now > self._last:
            self._last = now
            self._counter = secrets.randbits(_COUNTER_BITS - 1)  # the upper half is left to count in
        else:
            self._counter += 1
            if self._counter == _COUNTER_END:
                self._last += 1
                self._counter = 0
        return self._last, self._counter


class CountedIds(IdSource):
    """Ids in the shape of UUIDv7 that say which one they are: the first ends in 1."""

    def __init__(self) -> None:
        self._count = count(1)

    def new(self) -> str:
        return f"00000000-0000-7000-8000-{next(self._count):012d}"
