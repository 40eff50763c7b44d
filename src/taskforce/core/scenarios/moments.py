"""Moments, spans and weeks, as tables spell them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from taskforce.core.scenarios.cells import NUMBER, number, text
from taskforce.core.scenarios.plant import Span

Moment: TypeAlias = float | datetime
"""Hours since 0, or a date, which is of some clock where it has no offset."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = 168.0
MOST_HOURS = 1_000_000
"""A hundred years and more."""
FIRST_YEAR, LAST_YEAR = 1970, 2200
KEPT = 20_000
"""Dates whose moment is kept: those of a plant repeat."""
_DAY = timedelta(days=1)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WINDOW = re.compile(
    r"(?P<first>[a-z]{3})(?:\s*-\s*(?P<last>[a-z]{3}))?"
    r"\s+(?P<from_hour>\d{1,2}):(?P<from_minute>\d{2})\s*-\s*(?P<to_hour>\d{1,2}):(?P<to_minute>\d{2})",
    re.ASCII | re.IGNORECASE,
)
_hours = number(least=0, most=MOST_HOURS)
_SPELLING = "must be hours such as 36.5, or a date of ISO 8601 such as 2026-01-05T06:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSpan:
    """A stretch of time as it is written."""

    start: Moment
    end: Moment


def beginning(cell: object) -> Moment:
    """Return a moment; a date without a time is the beginning of that day."""
    return _moment(cell, is_end=False)


def ending(cell: object) -> Moment:
    """Return a moment; a date without a time is the end of that day."""
    return _moment(cell, is_end=True)


def span(cell: object) -> GivenSpan:
    """Return a span such as 2026-12-24/2026-12-26T06:00 or 100/124; a single date is the whole day."""
    start, slash, end = text(cell).partition("/")
    if not slash and not _DATE.fullmatch(start):
        raise ValueError("must be a date, or two moments such as 2026-12-24/2026-12-26T06:00")
    found = GivenSpan(start=beginning(start), end=ending(end if slash else start))
    if isinstance(found.start, datetime) != isinstance(found.end, datetime):
        raise ValueError("must have two dates or two numbers of hours, not one of each")
    if not _is_before(found.start, found.end):
        raise ValueError("must end after it begins")
    return found


def windows(cell: object) -> tuple[Span, ...]:
    """Return hours of a week by `Mon 06:00-14:00` or `Mon-Fri 22:00-06:00`, the latter over midnight."""
    wanted = text(cell)
    match = _WINDOW.fullmatch(wanted)
    if match is None:
        raise ValueError("must be windows such as Mon 06:00-14:00; Tue-Fri 22:00-06:00")
    first = _day(match["first"])
    last = _day(match["last"]) if match["last"] else first
    start = _clock(match["from_hour"], match["from_minute"])
    end = _clock(match["to_hour"], match["to_minute"])
    if start == end:
        raise ValueError("must end at another time than it begins; a whole day is 00:00-24:00")
    length = end - start if end > start else end + 24 - start
    days = range(first, first + (last - first) % 7 + 1)
    return tuple(part for day in days for part in _in_a_week(day % 7 * 24 + start, length))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in their order, those as one that touch or overlap."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: (span.start, span.end)):
        if found and one.start <= found[-1].end:
            found[-1] = Span(start=found[-1].start, end=max(found[-1].end, one.end))
        else:
            found.append(one)
    return tuple(found)


@lru_cache(maxsize=KEPT)
def seconds(moment: datetime, zone: ZoneInfo) -> float:
    """Return seconds since 1970 of a date, which is of the zone's clock where it has no offset."""
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).timestamp()


def midnight(at: float, zone: ZoneInfo) -> datetime:
    """Return the midnight that the day of a moment, in seconds since 1970, began with."""
    return datetime.fromtimestamp(at, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _moment(cell: object, *, is_end: bool) -> Moment:
    if isinstance(cell, int | float):
        return _plain(cell)
    written = text(cell)
    if NUMBER.fullmatch(written):
        return _plain(written)
    try:
        found = datetime.fromisoformat(written)
        is_day = len(written) <= len("2026-W01-1") and _is_date(written)
    except ValueError as wrong:
        raise ValueError(_SPELLING) from wrong
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"must be of the years {FIRST_YEAR} to {LAST_YEAR}")
    return found + _DAY if is_day and is_end else found


def _plain(cell: object) -> float:
    try:
        found = _hours(cell)
    except ValueError as wrong:
        raise ValueError(f"{wrong} (hours since 0), or a date such as 2026-01-05T06:00") from wrong
    return found if isinstance(found, float) else 0.0


def _is_date(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _is_before(start: Moment, end: Moment) -> bool:
    if isinstance(start, datetime) and isinstance(end, datetime):
        if (start.tzinfo is None) != (end.tzinfo is None):
            raise ValueError("must have an offset at both ends or at none")
        return start < end
    return not isinstance(start, datetime) and not isinstance(end, datetime) and start < end


def _day(name: str) -> int:
    try:
        return DAYS.index(name.title())
    except ValueError:
        raise ValueError(f"must name a day: {', '.join(DAYS)}") from None


def _clock(hour: str, minute: str) -> float:
    found = int(hour) + int(minute) / 60
    if int(minute) >= 60 or found > 24:  # noqa: PLR2004 - a clock's
        raise ValueError("must have times from 00:00 to 24:00")
    return found


def _in_a_week(start: float, length: float) -> tuple[Span, ...]:
    end = start + length
    if end <= WEEK:
        return (Span(start=start, end=end),)
    return Span(start=start, end=WEEK), Span(start=0.0, end=end - WEEK)
