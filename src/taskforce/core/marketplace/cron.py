"""The five fields of cron (POSIX crontab): minute, hour, day of the month, month, day of the week; in UTC."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?")
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_DAYS = 41 * 366
"""29 February falls on each day of the week within forty years, also round one of 2100."""
_DAY_FIELD, _WEEKDAY_FIELD = 2, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Moments that five fields name: `*`, numbers, ranges `1-5`, steps `*/15`, lists with commas."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    is_any_day: bool
    is_any_weekday: bool

    @classmethod
    def of(cls, text: str) -> "Cron":
        """Return what a text names. Raises ValueError, which tells what is wrong."""
        words = text.split()
        if len(words) != len(_FIELDS):
            raise ValueError(f"{text!r} is no time, and has {len(words)} fields of the five of cron")
        minutes, hours, days, months, weekdays = (
            _numbers(word, *field) for word, field in zip(words, _FIELDS, strict=True)
        )
        cron = cls(
            text=" ".join(words),
            minutes=tuple(sorted(minutes)),
            hours=tuple(sorted(hours)),
            days=days,
            months=months,
            weekdays=frozenset(day % 7 for day in weekdays),
            is_any_day=words[_DAY_FIELD].startswith("*"),
            is_any_weekday=words[_WEEKDAY_FIELD].startswith("*"),
        )
        if next(cron._days(datetime(2000, 1, 1, tzinfo=UTC)), None) is None:
            raise ValueError(f"{text!r} names a day that no month has")
        return cron

    @property
    def shortest(self) -> timedelta:
        """Return the shortest time between two moments of one hour, or of two in a row."""
        around = (*self.minutes, self.minutes[0] + 60)
        return timedelta(minutes=min(late - soon for soon, late in pairwise(around)))

    def after(self, moment: datetime) -> datetime:
        """Return the next moment that is named."""
        for day in self._days(moment):
            for hour in self.hours:
                for minute in self.minutes:
                    named = datetime.combine(day, time(hour, minute), tzinfo=UTC)
                    if named > moment:
                        return named
        raise AssertionError("some day within forty years is named")

    def _days(self, moment: datetime) -> Iterator[datetime]:
        first = moment.astimezone(UTC)
        for number in range(_DAYS):
            day = first + timedelta(days=number)
            if day.month in self.months and self._is_named(day):
                yield day

    def _is_named(self, day: datetime) -> bool:
        """Of a day and a weekday that are both said one is enough, as POSIX has it."""
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.is_any_day or self.is_any_weekday:
            return of_month and of_week
        return of_month or of_week


def _numbers(word: str, name: str, least: int, most: int) -> frozenset[int]:
    found: set[int] = set()
    for part in word.split(","):
        said = _PART.fullmatch(part)
        if said is None:
            raise ValueError(f"{part!r} is no {name} of cron")
        begin, end, step = (int(group) if group else None for group in said.groups())
        first = least if begin is None else begin
        last = end if end is not None else most if begin is None or step is not None else first
        if not least <= first <= last <= most or step == 0:
            raise ValueError(f"{part!r} is no {name} of cron, which is from {least} to {most}")
        found.update(range(first, last + 1, step or 1))
    return frozenset(found)
