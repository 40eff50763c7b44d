"""When a source is scanned by itself: every so often, or by the clock."""

import re
from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from taskforce.core.marketplace.cron import Cron
from taskforce.core.marketplace.errors import RhythmInvalid

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=365)
_EVERY = re.compile(r"(\d{1,9})([smhd]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Rhythm(Protocol):
    """When something is done again."""

    @property
    @abstractmethod
    def text(self) -> str:
        """Return how it is written: `rhythm_of` reads it."""

    @abstractmethod
    def after(self, moment: datetime) -> datetime:
        """Return when it is done next."""


@dataclass(frozen=True, slots=True)
class Every(Rhythm):
    """Every so often."""

    interval: timedelta

    @property
    def text(self) -> str:
        return str(int(self.interval.total_seconds()))

    def after(self, moment: datetime) -> datetime:
        return moment + self.interval


@dataclass(frozen=True, slots=True)
class ByTheClock(Rhythm):
    """When the clock says so, in UTC."""

    cron: Cron

    @property
    def text(self) -> str:
        return self.cron.text

    def after(self, moment: datetime) -> datetime:
        return self.cron.after(moment)


def rhythm_of(said: str | int) -> Rhythm:
    """Return the rhythm that a text tells: seconds, `30m`, `6h`, `7d`, or cron's five fields in UTC.

    Raises RhythmInvalid for any other, and for what comes round in less than five minutes.
    """
    text = str(said).strip()
    every = _EVERY.fullmatch(text)
    if every is None:
        return ByTheClock(_cron(text))
    seconds = int(every[1]) * _UNITS[every[2]]
    if not SHORTEST.total_seconds() <= seconds <= LONGEST.total_seconds():
        raise RhythmInvalid("must be from five minutes (300, 5m) to a year (365d).")
    return Every(timedelta(seconds=seconds))


def _cron(text: str) -> Cron:
    try:
        cron = Cron.of(text)
    except ValueError as wrong:
        raise RhythmInvalid(
            f"{wrong}. Give seconds (3600), a time (30m, 6h, 7d), or five fields of cron (0 3 * * 1)."
        ) from wrong
    if cron.shortest < SHORTEST:
        raise RhythmInvalid("comes round in less than five minutes. Name fewer minutes, such as */15.")
    return cron
