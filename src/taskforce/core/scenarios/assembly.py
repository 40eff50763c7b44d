"""A plant is put together from typed rows: tables merged, dates made hours."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from taskforce.core.scenarios.canonical import ordered
from taskforce.core.scenarios.moments import GivenSpan, Moment, joined, midnight, seconds
from taskforce.core.scenarios.plant import (
    Calendar,
    Failures,
    Machine,
    Operator,
    Order,
    Plant,
    Product,
    Routing,
    RoutingStep,
    Setup,
    Skill,
    Span,
)
from taskforce.core.scenarios.problem_list import ProblemList
from taskforce.core.scenarios.records import Bad, Record, Records

HOUR = 3_600
Read = Mapping[str, Records]


def plant_of(read: Read, found: ProblemList) -> Plant | None:
    """Return the plant of rows that are good; None where one is not, when only its dates are looked at."""
    plants = read["plant"].rows
    moments = _Moments.of(read, found)
    if moments is None or not _is_good(read) or not plants:
        return None
    plant_id, name, timezone = plants[0].values
    return ordered(
        Plant(
            plant_id=plant_id,
            name=name,
            timezone=timezone,
            epoch=moments.epoch,
            products=tuple(
                Product(product_id=one, family_id=family, process_time_mean=mean, process_time_sigma=sigma)
                for _, _, (one, family, mean, sigma) in read["products"].rows
            ),
            routings=tuple(_routings(read)),
            machines=tuple(
                Machine(machine_id=one, name=name or one, cell_id=cell, machine_group_id=group, capacity=most)
                for _, _, (one, name, cell, group, most) in read["machines"].rows
            ),
            operators=tuple(_operators(read)),
            setups=tuple(
                Setup(from_family_id=before, to_family_id=after, setup_time=time)
                for _, _, (before, after, time) in read["setup_matrix"].rows
            ),
            orders=tuple(_orders(read["demand"].rows, moments)),
            calendars=tuple(
                Calendar(
                    calendar_id=one,
                    timezone=zone,
                    windows=joined(span for window in windows for span in window),
                    blackouts=joined(moments.spans(blackouts, ZoneInfo(zone))),
                )
                for _, _, (one, zone, windows, blackouts) in read["calendars"].rows
            ),
            failures=tuple(
                Failures(machine_id=one, mtbf_hours=mtbf, mttr_hours=mttr)
                for _, _, (one, mtbf, mttr) in read["mtbf_mttr"].rows
            ),
        )
    )


def _is_good(read: Read) -> bool:
    return not any(
        records.is_broken or any(Bad.CELL in record.values for record in records.rows)
        for records in read.values()
    )


@dataclass(frozen=True, slots=True)
class _Moments:
    """From when hours are counted."""

    zone: ZoneInfo
    epoch: datetime | None
    start: float
    """The epoch in seconds since 1970."""

    @classmethod
    def of(cls, read: Read, found: ProblemList) -> "_Moments | None":
        """Return the midnight before the first date; None where the plant's clock is not known."""
        zones = [record.values[2] for record in read["plant"].rows]
        if not zones or zones[0] is Bad.CELL:
            return None
        zone = ZoneInfo(zones[0])
        first = min((seconds(one, clock) for one, clock in _dates(read, zone, found)), default=None)
        epoch = None if first is None else midnight(first, zone)
        return cls(zone, epoch, 0.0 if epoch is None else epoch.timestamp())

    def hours(self, moment: Moment, zone: ZoneInfo | None = None) -> float:
        """Return hours since the epoch, as they pass, whatever clocks do."""
        if not isinstance(moment, datetime):
            return moment
        return (seconds(moment, zone or self.zone) - self.start) / HOUR

    def spans(self, given: Iterable[GivenSpan], zone: ZoneInfo) -> Iterator[Span]:
        """Yield spans in hours since the epoch."""
        for one in given:
            yield Span(start=self.hours(one.start, zone), end=self.hours(one.end, zone))


def _dates(read: Read, zone: ZoneInfo, found: ProblemList) -> Iterator[tuple[datetime, ZoneInfo]]:
    """Yield all dates, each with its clock; hours and dates are not mixed, and the first one tells which."""
    first: tuple[bool, str] | None = None
    for records, record, column, moment, clock in _moments(read, zone):
        is_date = isinstance(moment, datetime)
        if first is None:
            first = (is_date, f"row {record.row} of {records.file}")
        elif first[0] != is_date:
            wanted = "a date" if first[0] else "hours"
            found.add(records.file, record.row, column, f"must be {wanted}, as in {first[1]}")
        if isinstance(moment, datetime):
            yield moment, clock


def _moments(read: Read, zone: ZoneInfo) -> Iterator[tuple[Records, Record, str, Moment, ZoneInfo]]:
    demand, calendars = read["demand"], read["calendars"]
    for record in demand.rows:
        _, due, _, release, _ = record.values
        if due is not Bad.CELL:
            yield demand, record, "due_date", due, zone
        if release is not None and release is not Bad.CELL:
            yield demand, record, "release_date", release, zone
    for record in calendars.rows:
        _, clock, _, blackouts = record.values
        if Bad.CELL in (clock, blackouts):
            continue
        for span in blackouts:
            yield calendars, record, "blackout_windows", span.start, ZoneInfo(clock)


def _routings(read: Read) -> Iterator[Routing]:
    """Yield routings; a step of the yields table has what that tells."""
    told = {step: (rate, rework) for _, _, (step, rate, rework) in read["yields"].rows}
    products: dict[str, str] = {}
    steps: dict[str, list[RoutingStep]] = {}
    for _, _, (routing, product, step, group, mean, own) in read["routings"].rows:
        products[routing] = product
        rate, rework = told.get(step, (own, 0.0))
        steps.setdefault(routing, []).append(
            RoutingStep(
                step_id=step,
                machine_group_id=group,
                process_time_mean=mean,
                yield_rate=rate,
                rework_probability=rework,
            )
        )
    for routing, product in products.items():
        yield Routing(routing_id=routing, product_id=product, steps=tuple(steps[routing]))


def _operators(read: Read) -> Iterator[Operator]:
    """Yield operators with the skills of both tables; the level is that of the skills table."""
    levels: dict[str, dict[str, int]] = {}
    for _, _, (operator, group, level) in read["skills"].rows:
        levels.setdefault(operator, {})[group] = level
    for _, _, (operator, groups, calendar) in read["operators"].rows:
        known = dict.fromkeys(groups, 1) | levels.get(operator, {})
        skills = tuple(Skill(machine_group_id=group, level=level) for group, level in known.items())
        yield Operator(operator_id=operator, skills=skills, shift_calendar_id=calendar)


def _orders(rows: Iterable[Record], moments: _Moments) -> Iterator[Order]:
    for _, _, (product, due, quantity, release, priority) in rows:
        yield Order(
            product_id=product,
            due=moments.hours(due),
            quantity=quantity,
            release=0.0 if release is None else moments.hours(release),
            priority=priority,
        )
