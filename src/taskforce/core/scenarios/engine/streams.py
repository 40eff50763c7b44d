"""Random numbers by name: the same entity gets the same draws, whatever else is drawn and in which order.

A draw is a function of (seed, replication, source, entity, block) and has no state. So sources are
independent of each other, two scenarios share the numbers of a job or a machine (common random numbers),
and a simulation that goes on elsewhere draws as if it had never stopped. BLAKE2b stands in for the
generator: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011), call this counter-based.
"""

from enum import IntEnum
from hashlib import blake2b, sha256
from struct import Struct

BLOCK = 8
"""How many draws a block holds."""
_TO_UNIT = 2.0**-52
_words = Struct("<8Q").unpack
_name = Struct("<IIIII").pack


class Source(IntEnum):
    """What is random."""

    ARRIVALS = 0
    PROCESSING = 1
    PROCESSING_AGAIN = 2
    """The times of further attempts, so that first ones are the same without rework."""
    QUALITY = 3
    QUALITY_IN_DETAIL = 4
    """What the one number of a step cannot tell: rework or scrap, large lots, further attempts."""
    UP_TIMES = 5
    REPAIRS = 6


class Streams:
    """All random numbers of one replication."""

    __slots__ = ("_prefix",)

    def __init__(self, *, seed: int, replication: int) -> None:
        self._prefix = sha256(f"{seed}/{replication}".encode()).digest()

    def draws(self, source: int, entity: int, recurrence: int = 0, *, count: int) -> list[float]:
        """Return so many draws or some more."""
        if count <= BLOCK:
            return self.block(source, entity, recurrence)
        numbers = range((count + BLOCK - 1) // BLOCK)
        return [draw for number in numbers for draw in self.block(source, entity, recurrence, number=number)]

    def block(
        self, source: int, entity: int, recurrence: int = 0, *, part: int = 0, number: int = 0
    ) -> list[float]:
        """Return eight draws, uniform in the open interval from 0 to 1.

        Source, entity, its recurrence, a part of it and the number of the block name them, each from 0 to
        2**32 - 1.
        """
        words = _words(blake2b(self._prefix + _name(source, entity, recurrence, part, number)).digest())
        return [((word >> 12) + 0.5) * _TO_UNIT for word in words]
