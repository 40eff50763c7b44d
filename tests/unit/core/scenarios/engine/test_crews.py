from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from taskforce.core.scenarios.engine.calendars import Opening
from taskforce.core.scenarios.outcome import Entry, Happening, Replication
from taskforce.core.scenarios.plant import Calendar, Failures, Operator, Plant, Skill, Span
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_routing,
    an_order,
    played_once,
    times,
)

DAYS = Calendar(
    calendar_id="days",
    timezone="UTC",
    windows=tuple(Span(start=24 * n + 8, end=24 * n + 16) for n in range(5)),
)
BERLIN = ZoneInfo("Europe/Berlin")


def an_operator(name: str, shift: str | None = None, **skills: int) -> Operator:
    return Operator(
        operator_id=name,
        skills=tuple(Skill(machine_group_id=group, level=level) for group, level in skills.items()),
        shift_calendar_id=shift,
    )


def a_shop(*operators: Operator, jobs: str, failures: tuple[Failures, ...] = ()) -> Plant:
    """Return machines a and b, and jobs of one step of three hours on either."""
    return a_plant(
        [a_machine("a"), a_machine("b")],
        [a_routing("x", a=3), a_routing("y", b=3)],
        [an_order({"a": "x", "b": "y"}[group]) for group in jobs],
        operators=operators,
        calendars=(DAYS,),
        failures=failures,
    )


def starts(replication: Replication) -> list[tuple[float, str, str]]:
    begun: list[Entry] = [entry for entry in replication.entries if entry.event is Happening.STARTED]
    return [(entry.timestamp, entry.job_id, entry.operator_id) for entry in begun]


def test_one_operator_works_one_machine_at_a_time() -> None:
    replication = played_once(a_shop(an_operator("ann", a=1, b=1), jobs="ab"))
    assert starts(replication) == [(0, "1", "ann"), (3, "2", "ann")]
    assert (replication.labour_hours, replication.labour_available_hours) == (6, 6)
    assert starts(played_once(a_shop(an_operator("ann", a=1, b=1), jobs="ab"), operators=False)) == [
        (0, "1", ""),
        (0, "2", ""),
    ]


def test_the_higher_level_is_asked_first_then_who_can_do_least() -> None:
    shop = a_shop(
        an_operator("all", a=1, b=1), an_operator("few", a=1), an_operator("top", a=2, b=1), jobs="a"
    )
    assert starts(played_once(shop)) == [(0, "1", "top")]
    shop = a_shop(an_operator("all", a=1, b=1), an_operator("few", a=1), jobs="a")
    assert starts(played_once(shop)) == [(0, "1", "few")]


def test_a_floater_comes_when_nobody_else_can() -> None:
    shop = a_shop(an_operator("ann", a=1), jobs="ab")
    assert starts(played_once(shop, add_floater=1)) == [(0, "1", "ann"), (0, "2", "floater-1")]


def test_who_lacked_an_operator_longest_gets_the_next_one() -> None:
    replication = played_once(a_shop(an_operator("ann", a=1, b=1), jobs="aabb"))
    assert [job for _, job, _ in starts(replication)] == ["1", "3", "2", "4"]


def test_work_begins_on_shift_and_is_finished_after_it() -> None:
    replication = played_once(a_shop(an_operator("ann", "days", a=1), jobs="aaaa"))
    assert starts(replication) == [(8, "1", "ann"), (11, "2", "ann"), (14, "3", "ann"), (32, "4", "ann")]
    assert replication.labour_hours == 12
    assert replication.labour_available_hours == 8 + 3
    assert starts(played_once(a_shop(an_operator("ann", "days", a=1), jobs="a"), calendars=False))[0][0] == 0


def test_an_operator_stays_through_a_repair() -> None:
    broken = (Failures(machine_id="a1", mtbf_hours=1, mttr_hours=4),)
    replication = played_once(a_shop(an_operator("ann", a=1, b=1), jobs="ab", failures=broken))
    first = replication.jobs[0]
    assert first.broken > 0
    assert times(replication, Happening.STARTED, "2") == [first.completed]


def test_labour_is_counted_after_the_warm_up() -> None:
    shop = a_shop(an_operator("ann", "days", a=1), jobs="aaa")
    replication = played_once(shop, warm_up=10, horizon=40)
    assert replication.labour_hours == 1 + 3 + 3
    assert replication.labour_available_hours == 6 + 8
    assert replication.machines[0].processing == 7


@pytest.mark.parametrize(
    ("day", "night"),
    [(datetime(2026, 3, 28, tzinfo=BERLIN), 7), (datetime(2026, 10, 24, tzinfo=BERLIN), 9)],
)
def test_a_night_shift_is_an_hour_shorter_or_longer_when_clocks_change(day: datetime, night: float) -> None:
    """22:00 to 6:00, from Saturday to Sunday; the next evening is again at 22:00 by the clock."""
    nights = Calendar(
        calendar_id="n",
        timezone="Europe/Berlin",
        windows=(Span(start=142, end=150), Span(start=166, end=168)),
    )
    opening = Opening(nights, _plant(day))
    assert opening.changes_after(0) == 22
    assert opening.changes_after(22) == 22 + night
    assert opening.changes_after(22 + night) == 22 + night + 16
    assert opening.overlap(0, 31.5) == night


def test_a_calendar_of_another_zone_is_shifted_by_its_offset() -> None:
    plant = _plant(datetime(2026, 1, 5, tzinfo=UTC))  # a Monday
    tokyo = Calendar(calendar_id="t", timezone="Asia/Tokyo", windows=(Span(start=33, end=41),))
    assert Opening(tokyo, plant).changes_after(0) == 24  # Tuesday 9:00 in Tokyo is midnight in UTC
    naive = _plant(datetime(2026, 1, 5))  # noqa: DTZ001 - by the plant's own clock
    assert Opening(tokyo, naive).changes_after(0) == 24


def test_blackouts_are_cut_out_and_windows_that_touch_are_one() -> None:
    windows = (Span(start=0, end=84), Span(start=84, end=168))
    calendar = Calendar(
        calendar_id="c",
        timezone="UTC",
        windows=windows,
        blackouts=(Span(start=10, end=20), Span(start=15, end=30)),
    )
    opening = Opening(calendar, _plant(None))
    assert opening.is_open(9.9)
    assert not opening.is_open(10)
    assert opening.is_open(30)
    assert opening.changes_after(0) == 10
    assert opening.changes_after(10) == 30
    assert opening.overlap(0, 400) == 380


def test_a_calendar_without_windows_is_always_open() -> None:
    always = Calendar(calendar_id="c", timezone="UTC", windows=())
    assert Opening(always, _plant(None)).changes_after(5) is None
    black = Calendar(calendar_id="c", timezone="UTC", windows=(), blackouts=(Span(start=3, end=4),))
    opening = Opening(black, _plant(None))
    assert [opening.changes_after(hour) for hour in (0, 3, 4)] == [3, 4, None]


def _plant(epoch: datetime | None) -> Plant:
    return a_plant([a_machine("a")], [a_routing("x", a=1)], [], epoch=epoch)
