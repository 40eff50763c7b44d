"""When a calendar is open, unrolled from weeks by the clock to hours since the plant's epoch.

A window is meant by the calendar's own clock, so a shift from 6 to 14 stays one through the change to
summer time, and a night's shift is then an hour shorter. A plant of plain hours has no clock: its weeks
begin at hours 0, 168, … and time zones mean nothing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from taskforce.core.scenarios.plant import Calendar, Plant, Span

WEEK = 168.0
_AHEAD = 520 * WEEK
"""Hours in which a calendar is looked through for its next opening; blackouts may be long."""


class Opening:
    """A calendar that can be asked when it opens and closes."""

    def __init__(self, calendar: Calendar, plant: Plant) -> None:
        self._windows = sorted((window.start, window.end) for window in calendar.windows)
        self._blackouts = sorted((span.start, span.end) for span in calendar.blackouts)
        self._monday: datetime | None = None
        if plant.epoch is not None:
            zone = ZoneInfo(calendar.timezone)
            epoch = (
                plant.epoch if plant.epoch.tzinfo else plant.epoch.replace(tzinfo=ZoneInfo(plant.timezone))
            )
            self._epoch = epoch.astimezone(UTC)
            local = epoch.astimezone(zone)
            first = local.date() - timedelta(days=local.weekday())
            self._monday = datetime.combine(first, time(), zone)
        self._weeks: dict[int, list[tuple[float, float]]] = {}

    def is_open(self, at: float) -> bool:
        """Tell whether it is open at this hour."""
        span = next(self._from(at, at), None)
        return span is not None and span.start <= at

    def changes_after(self, at: float) -> float | None:
        """Return the hour at which it next opens or closes; None when it never does."""
        for span in self._from(at, at + _AHEAD):
            if span.start > at:
                return span.start
            if span.end > at:
                return span.end if span.end < float("inf") else None
        return None

    def overlap(self, start: float, end: float) -> float:
        """Return for how many hours it is open between two."""
        hours = 0.0
        for span in self._from(start, end):
            if span.start >= end:
                break
            hours += max(0.0, min(span.end, end) - max(span.start, start))
        return hours

    def _from(self, at: float, until: float) -> Iterator[Span]:
        """Give the spans that are not over at an hour and begin before another: those that touch are one."""
        opened: tuple[float, float] | None = None
        for start, end in self._spans(at, until):
            if opened is None:
                opened = (start, end)
            elif start <= opened[1]:
                opened = (opened[0], max(opened[1], end))
            else:
                if opened[1] > at:
                    yield Span(start=opened[0], end=opened[1])
                opened = (start, end)
        if opened is not None and opened[1] > at:
            yield Span(start=opened[0], end=opened[1])

    def _spans(self, at: float, until: float) -> Iterator[tuple[float, float]]:
        if not self._windows:
            yield from self._without_blackouts(float("-inf"), float("inf"))
            return
        for week in range(int(at // WEEK) - 1, int(until // WEEK) + 2):
            yield from self._of_week(week)

    def _of_week(self, week: int) -> list[tuple[float, float]]:
        if week not in self._weeks:
            self._weeks[week] = [
                part
                for start, end in self._windows
                for part in self._without_blackouts(self._hour(week, start), self._hour(week, end))
            ]
        return self._weeks[week]

    def _hour(self, week: int, clock: float) -> float:
        """Return the hour since the epoch at which the clock shows this in a week."""
        if self._monday is None:
            return week * WEEK + clock
        shown = self._monday + timedelta(weeks=week, hours=clock)  # an aware time moves by the clock
        return (shown.astimezone(UTC) - self._epoch) / timedelta(hours=1)

    def _without_blackouts(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        for begun, over in self._blackouts:
            if over <= start or begun >= end:
                continue
            if begun > start:
                yield start, begun
            start = max(start, over)
        if start < end:
            yield start, end
