"""What differs from a baseline, and whether it can be chance."""

import pytest

from taskforce.core.scenarios.comparison import Delta, Method, compare
from taskforce.core.scenarios.kpis import results_of
from tests.unit.core.scenarios.outcomes import a_job, a_replication, replications


def test_the_same_draws_make_pairs_and_a_difference_sure() -> None:
    baseline, scenario = results_of(replications(5, slower=2.0)), results_of(replications(5))
    delta = compare(scenario, baseline, same_draws=True)["lead_time_mean"]
    assert delta is not None
    assert delta.method is Method.PAIRED
    assert delta.mean == pytest.approx(-2.0)
    assert delta.low == pytest.approx(-2.0)
    assert delta.is_significant
    assert delta.is_better
    assert not delta.is_worse


def test_other_draws_are_told_apart_by_welch() -> None:
    baseline, scenario = results_of(replications(3, slower=0.1)), results_of(replications(4))
    delta = compare(scenario, baseline, same_draws=False)["lead_time_mean"]
    assert delta is not None
    assert delta.method is Method.WELCH
    assert not delta.is_significant


def test_the_same_draws_of_other_counts_are_no_pairs() -> None:
    baseline, scenario = results_of(replications(3)), results_of(replications(4))
    delta = compare(scenario, baseline, same_draws=True)["lead_time_mean"]
    assert delta is not None
    assert delta.method is Method.WELCH


def test_one_replication_has_a_difference_and_no_interval() -> None:
    baseline = results_of([a_replication(a_job(lead=8.0))])
    scenario = results_of([a_replication(a_job(lead=9.0))])
    assert compare(scenario, baseline, same_draws=True)["lead_time_mean"] == Delta(
        name="lead_time_mean", mean=1.0, low=None, high=None, method=Method.NONE
    )


def test_what_one_of_both_has_not_counted_is_not_compared() -> None:
    nothing = results_of([a_replication()])
    assert compare(nothing, results_of(replications(2)), same_draws=True)["lead_time_mean"] is None


@pytest.mark.parametrize(
    ("name", "mean", "better", "worse"),
    [
        ("otd_pct", 1.0, True, False),
        ("otd_pct", -1.0, False, True),
        ("wip_mean", -1.0, True, False),
        ("machine_utilisation_pct", 5.0, False, False),
        ("wip_mean", 0.0, False, False),
    ],
)
def test_a_kpi_knows_which_way_is_better(name: str, mean: float, better: bool, worse: bool) -> None:
    delta = Delta(name=name, mean=mean, low=None, high=None, method=Method.NONE)
    assert (delta.is_better, delta.is_worse) == (better, worse)
