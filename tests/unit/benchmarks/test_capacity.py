"""The model of capacity: known values of its formulas, the same figures from the same seed, and its page."""

import math
from dataclasses import replace

import pytest

from benchmarks.capacity import (
    DAY,
    FULL,
    House,
    Load,
    by_name,
    forecast,
    mean_wait,
    places_for,
    played,
    spread_over,
    waiting_share,
)
from benchmarks.capacity_page import PAGE, SCENARIOS, written
from benchmarks.unit_costs import POSTGRESQL, SQLITE

LOAD = Load(name="a load", jobs_per_day=DAY / 2, peak=1, steps=5, step_seconds=2)
"""One job in two seconds, each for ten: five at once."""


@pytest.mark.parametrize(
    ("busy", "places", "share"), [(0.5, 1, 0.5), (2.0, 3, 4 / 9), (8.0, 10, 0.4092), (20.0, 24, 0.2981)]
)
def test_the_share_that_waits_is_that_of_the_tables(busy: float, places: int, share: float) -> None:
    assert waiting_share(busy, places) == pytest.approx(share, rel=1e-3)


def test_with_too_few_places_the_wait_is_endless_and_the_fewest_that_suffice_are_found() -> None:
    assert mean_wait(5, 5, 10) == math.inf
    places, wait = places_for(5, 10, 1)
    assert wait == mean_wait(5, places, 10) <= 1 < mean_wait(5, places - 1, 10)


def test_the_same_seed_plays_the_same_hour_and_another_one_another() -> None:
    assert played(LOAD, places=7, seed=3) == played(LOAD, places=7, seed=3)
    assert played(LOAD, places=7, seed=3) != played(LOAD, places=7, seed=4)


def test_what_is_played_waits_as_long_as_the_formula_says() -> None:
    days = played(LOAD, places=7, seed=1, seconds=DAY)
    assert days.jobs == pytest.approx(DAY / 2, rel=0.02)
    assert days.mean_wait == pytest.approx(mean_wait(5, 7, 10), rel=0.25)
    assert days.most_busy == 7
    assert played(replace(LOAD, spread=0.3), places=7, seed=1, seconds=DAY).mean_wait < days.mean_wait


def test_jobs_at_once_are_arrivals_times_time() -> None:
    assert forecast(LOAD, House(costs=POSTGRESQL)).busy == pytest.approx(0.5 * 10)


def test_a_job_of_more_of_anything_costs_more() -> None:
    plain = forecast(LOAD, House(costs=POSTGRESQL))
    for name in ("steps", "events_per_step", "input_bytes", "step_bytes", "event_bytes"):
        more = forecast(replace(LOAD, **{name: 2 * getattr(LOAD, name)}), House(costs=POSTGRESQL))
        assert more.bytes_a_job > plain.bytes_a_job, name
        assert more.log_bytes_a_job > plain.log_bytes_a_job, name


def test_one_file_has_no_wall_of_a_server() -> None:
    of_a_file = by_name(forecast(LOAD, House(costs=SQLITE)).walls)
    assert not of_a_file.keys() & {"connections", "write-ahead log", "live messages"}


def test_in_as_many_shards_as_are_told_each_has_room() -> None:
    for load, house in SCENARIOS:
        whole = forecast(load, house)
        one = forecast(spread_over(load, whole.shards), house)
        linear = [
            wall for wall in one.walls if wall.name != "connections"
        ]  # doors and a last place are whole
        assert all(wall.share <= FULL for wall in linear), load.name
        assert whole.shards == 1 or whole.first_wall.share > FULL


def test_the_largest_load_is_a_million_jobs_a_day_and_a_billion_events_kept() -> None:
    load, house = SCENARIOS[-1]
    assert load.jobs_per_day >= 10**6
    assert load.jobs_per_day * load.kept_days * forecast(load, house).rows_a_job.job_events >= 10**9


def test_the_page_has_the_figures_of_the_model() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert written(text) == text, "run: python -m benchmarks.capacity_page"


def test_a_page_that_has_no_place_for_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="0 places for unit costs"):
        written("nothing")
