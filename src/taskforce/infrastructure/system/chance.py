"""Chance: the system's own, and bytes that are counted for tests."""

import secrets
from itertools import count

from taskforce.core.access.ports import Chance


class SystemChance(Chance):
    def take(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class CountedChance(Chance):
    """Bytes that say which ones they are: the first end in 1."""

    def __init__(self) -> None:
        self._count = count(1)

    def take(self, count: int) -> bytes:
        return next(self._count).to_bytes(count)
