"""Numbers and words are written for people."""

from math import ulp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.axes import axis, told
from taskforce.core.scenarios.figures import (
    counted,
    digits_for,
    figure,
    listed,
    percent,
    shortened,
    signed,
    tied,
)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1234.56, 1, "1,234.6"),
        (-0.04, 1, "0.0"),
        (-0.4, 1, "\N{MINUS SIGN}0.4"),
        (0.0, 0, "0"),
        (None, 2, "\N{EN DASH}"),
    ],
)
def test_a_number_has_its_digits_and_no_negative_zero(value: float | None, digits: int, text: str) -> None:
    assert figure(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.5, "+1.5"), (-1.5, "\N{MINUS SIGN}1.5"), (0.01, "0.0"), (-0.01, "0.0"), (None, "\N{EN DASH}")],
)
def test_a_difference_has_a_sign_unless_it_shows_as_nothing(value: float | None, text: str) -> None:
    assert signed(value, 1) == text


@pytest.mark.parametrize(
    ("values", "digits"),
    [([1234.0], 1), ([12.3], 1), ([1.23], 2), ([0.123, None], 3), ([1e-9], 6), ([0.0], 1), ([], 1)],
)
def test_small_numbers_show_three_figures(values: list[float | None], digits: int) -> None:
    assert digits_for(values, least=1) == digits


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 6))
def test_what_is_shown_reads_as_the_number(value: float, digits: int) -> None:
    read = float(figure(value, digits).replace(",", "").replace("\N{MINUS SIGN}", "-"))
    assert abs(read - value) <= 0.5 * 10**-digits + 2 * ulp(value)


def test_small_shares_are_not_rounded_to_nothing() -> None:
    assert (percent(1, 200), percent(1, 3), percent(0, 3), percent(1, 0)) == (
        "0.5 %",
        "33 %",
        "0.0 %",
        "\N{EN DASH}",
    )


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert tied("it is 90 % of 8.5 h, at 3 hands") == "it is 90\xa0% of 8.5\xa0h, at 3 hands"


def test_words_are_counted_and_listed() -> None:
    assert (counted(1, "job"), counted(2_000, "job")) == ("1 job", "2,000 jobs")
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")


@given(st.text(), st.integers(1, 20))
def test_a_shortened_text_is_one_line_that_fits(text: str, most: int) -> None:
    line = shortened(text, most)
    assert len(line) <= most
    assert line.isprintable()


@given(st.floats(1e-6, 1e9, allow_nan=False))
def test_an_axis_reaches_the_largest_value_in_few_round_steps(largest: float) -> None:
    steps = axis(largest, start=0.0, end=100.0)
    assert 2 <= len(steps.ticks) <= 6
    assert steps.ticks[-1] >= largest * (1 - 1e-6)
    assert 0 < steps.at(largest) <= 100.001


def test_ticks_are_those_a_person_would_choose() -> None:
    assert [told(tick) for tick in axis(37.0, start=0, end=1).ticks] == ["0", "10", "20", "30", "40"]
    assert [told(tick) for tick in axis(0.9, start=0, end=1).ticks] == ["0", "0.25", "0.5", "0.75", "1"]
    assert axis(0.0, start=0, end=1).ticks == (0.0, 1.0)
