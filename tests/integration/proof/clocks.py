"""Wall clocks of virtual machines: each may be wrong, and be set, until all are made to agree."""

from datetime import UTC, datetime, timedelta
from random import Random

from taskforce.core.clock import Clock
from tests.integration.proof.virtual_loop import VirtualLoop

START = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualClock(Clock):
    """Goes by the loop's time; its wall clock is off by some seconds."""

    def __init__(self, loop: VirtualLoop, *, off: float = 0.0) -> None:
        self._loop = loop
        self.off = off

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time() + self.off)

    def monotonic(self) -> float:
        return self._loop.time()


class Clocks:
    """The clocks of the machines, none of them off by more than `most` seconds."""

    def __init__(self, loop: VirtualLoop, chance: Random, *, most: float) -> None:
        self._loop = loop
        self._chance = chance
        self._most = most
        self._agreed: float | None = None
        self._clocks: dict[str, VirtualClock] = {}

    def of(self, name: str) -> VirtualClock:
        """Return the clock of a machine."""
        if name not in self._clocks:
            self._clocks[name] = VirtualClock(self._loop, off=self._any())
        return self._clocks[name]

    def set(self, name: str) -> float:
        """Set a machine's clock to some other time; return how far it is off."""
        self.of(name).off = self._any()
        return self.of(name).off

    def agree(self) -> None:
        """Set all to one time, which is later than any moment that one of them made another wait for."""
        self._agreed = 2 * self._most
        for clock in self._clocks.values():
            clock.off = self._agreed

    def earliest(self) -> datetime:
        """Return what time it is by the one that is most behind."""
        return min(clock.now() for clock in self._clocks.values())

    def _any(self) -> float:
        if self._agreed is not None or not self._most:
            return self._agreed or 0.0
        return self._chance.uniform(-self._most, self._most)
