"""Intervals are those of the tables and of textbooks."""

from math import sqrt

import pytest

from taskforce.core.scenarios.intervals import paired, student, t_quantile, welch


@pytest.mark.parametrize(
    ("probability", "degrees", "value"),
    [
        # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, and R's qt for more digits
        (0.975, 1, 12.706204736),
        (0.975, 2, 4.302652730),
        (0.975, 3, 3.182446305),
        (0.975, 4, 2.776445105),
        (0.975, 9, 2.262157163),
        (0.975, 10, 2.228138852),
        (0.975, 29, 2.045229642),
        (0.975, 100, 1.983971519),
        (0.975, 999, 1.962341461),
        (0.975, 100_000, 1.959987708),
        (0.995, 5, 4.032142984),
        (0.95, 7, 1.894578605),
        (0.5, 4, 0.0),
    ],
)
def test_quantiles_of_t_are_those_of_the_table(probability: float, degrees: float, value: float) -> None:
    assert t_quantile(probability, degrees) == pytest.approx(value, abs=2e-8)


@pytest.mark.parametrize("probability", [0.6, 0.9, 0.975, 0.9999])
def test_with_one_and_two_degrees_t_has_a_closed_form(probability: float) -> None:
    assert t_quantile(probability, 2) == pytest.approx(
        (2 * probability - 1) * sqrt(2 / (4 * probability * (1 - probability))), rel=1e-11
    )


@pytest.mark.parametrize(("probability", "degrees"), [(0.4, 3), (1.0, 3), (0.9, 0), (0.9, float("nan"))])
def test_what_is_no_quantile_is_refused(probability: float, degrees: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        t_quantile(probability, degrees)


def test_the_interval_of_a_sample_is_that_of_a_textbook() -> None:
    # Mean 5, s = sqrt(2.5), n = 5: 5 ± 2.776445 * 0.707107.
    interval = student([3, 4, 5, 6, 7])
    assert (interval.mean, interval.low, interval.high) == pytest.approx((5, 3.036757, 6.963243), abs=1e-6)


def test_a_single_value_has_no_interval_and_equal_values_have_one_of_no_width() -> None:
    alone, equal = student([4.0]), student([4.0, 4.0, 4.0])
    assert (alone.mean, alone.low, alone.high) == (4, None, None)
    assert (equal.mean, equal.low, equal.high) == (4, 4, 4)


def test_pairs_take_away_what_both_samples_share() -> None:
    base = [10.0, 20.0, 30.0, 40.0]
    better = [9.0, 18.9, 29.1, 39.0]
    pairs, apart = paired(better, base), welch(better, base)
    assert pairs.mean == pytest.approx(apart.mean) == pytest.approx(-1.0)
    assert pairs.high is not None
    assert apart.high is not None
    assert pairs.high < 0 < apart.high


def test_welch_of_equal_variances_and_sizes_has_the_degrees_of_both() -> None:
    # Variances 1 and 1, standard error sqrt(2/3), 4 degrees: -3 ± 2.776445 * 0.816497.
    interval = welch([1, 2, 3], [4, 5, 6])
    assert (interval.mean, interval.low, interval.high) == pytest.approx((-3, -5.266958, -0.733042), abs=1e-6)


def test_welch_has_degrees_between_those_of_the_smaller_sample_and_of_both() -> None:
    # Standard error sqrt(1/3 + 100/3), 2.04 degrees by Satterthwaite.
    interval = welch([1, 2, 3], [10, 20, 30])
    assert interval.high is not None
    half = (interval.high - interval.mean) / sqrt(101 / 3)
    assert half == pytest.approx(t_quantile(0.975, (101 / 3) ** 2 / ((1 / 9 + 10_000 / 9) / 2)))
    assert t_quantile(0.975, 4) < half < t_quantile(0.975, 2)


def test_welch_of_a_single_value_has_no_interval() -> None:
    interval = welch([1.0], [2.0, 3.0])
    assert (interval.mean, interval.low, interval.high) == (-1.5, None, None)
