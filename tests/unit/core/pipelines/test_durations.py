"""Durations are shown as a configuration says them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.config import LONGEST, duration, spelled

WEEK = int(LONGEST.total_seconds())


@given(st.integers(1, WEEK))
def test_what_is_shown_could_be_written(seconds: int) -> None:
    assert duration(spelled(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(45, "45s"), (1800, "30m"), (5400, "1h30m"), (3601, "1h1s"), (2.9998, "3s"), (0.001, "1s"), (0, "0s")],
)
def test_parts_of_a_second_count_as_one(seconds: float, shown: str) -> None:
    assert spelled(timedelta(seconds=seconds)) == shown
