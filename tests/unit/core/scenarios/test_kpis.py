"""Each KPI is what its definition says, counted by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.attribution import mean_split, split_of, tardiness_of
from taskforce.core.scenarios.kpis import KPIS, results_of
from taskforce.core.scenarios.lead_times import Histogram, histogram, percentiles, quantile
from taskforce.core.scenarios.outcome import JobRecord
from tests.unit.core.scenarios.outcomes import A_JOB, a_job, a_machine, a_replication, replications

LATE = a_job("2", lead=16.0, due=12.0)._replace(broken=4.0, waited=2.0)
SCRAP = A_JOB._replace(job_id="3", completed=None, quantity=4, good=0, scrapped=4, attempts=6, reworked=2)
OVERDUE = A_JOB._replace(job_id="4", completed=None, due=99.0)
UNDER_WAY = A_JOB._replace(job_id="5", completed=None, due=100.0)


def test_kpis_of_a_replication_are_those_counted_by_hand() -> None:
    outcome = a_replication(
        A_JOB, LATE, SCRAP, OVERDUE, UNDER_WAY, machines=(a_machine(), a_machine("M2", processing=20.0))
    )
    assert results_of([outcome]).replications[0] == pytest.approx(
        {
            "otd_pct": 25.0,  # 1 of 4: the fifth may still be on time
            "lead_time_mean": 12.0,  # (8 + 16) / 2
            "lead_time_p90": 15.2,  # 8 + 0.9 * 8
            "wip_mean": 2.5,  # 250 / 100
            "throughput_per_hour": 0.02,  # 2 / 100
            "machine_utilisation_pct": 50.0,  # (60 + 10 + 20 + 10) / 200
            "labour_utilisation_pct": 75.0,  # 30 / 40
            "setup_hours": 20.0,
            "scrap_pct": 100 * 4 / 6,  # of 1 + 1 + 4 pieces
            "rework_pct": 100 * 2 / 14,  # of 2 + 2 + 6 + 2 + 2 attempts
            "tardiness_mean": 2.0,  # (0 + 4) / 2
            "tardiness_queue": 0.25,  # 4 * 2/16 / 2
            "tardiness_setup": 0.25,
            "tardiness_failure": 0.5,
            "tardiness_process": 1.0,
        }
    )


def test_what_has_nothing_to_count_is_none() -> None:
    empty = replace(a_replication(machines=()), ended=0.0, labour_available_hours=0.0)
    counted = results_of([empty]).replications[0]
    assert {name for name, value in counted.items() if value is not None} == {"setup_hours"}
    assert results_of([empty]).estimates["otd_pct"] is None


def test_a_replication_that_counted_nothing_is_left_out_of_the_mean() -> None:
    results = results_of([a_replication(a_job(lead=8)), a_replication(number=1)])
    estimate = results.estimates["lead_time_mean"]
    assert estimate is not None
    assert (estimate.mean, estimate.low) == (8.0, None)


def test_estimates_have_the_interval_of_student() -> None:
    outcomes = [a_replication(a_job(lead=lead), number=n) for n, lead in enumerate((3.0, 4.0, 5.0, 6.0, 7.0))]
    estimate = results_of(outcomes).estimates["lead_time_mean"]
    assert estimate is not None
    assert (estimate.mean, estimate.low, estimate.high) == pytest.approx((5, 3.036757, 6.963243), abs=1e-6)


def test_each_kpi_says_what_it_is() -> None:
    for fact in KPIS.values():
        assert fact.count.__doc__
        assert fact.label
        assert fact.unit


hours = st.floats(0, 1e6, allow_nan=False)


@st.composite
def jobs(draw: st.DrawFn) -> JobRecord:
    waited, set_up, broken, processed = (draw(hours) for _ in range(4))
    return A_JOB._replace(
        due=draw(hours),
        completed=draw(st.one_of(st.none(), st.just(waited + set_up + broken + processed))),
        waited=waited,
        set_up=set_up,
        broken=broken,
        processed=processed,
    )


@given(jobs())
def test_the_split_of_a_job_adds_up_to_its_tardiness(job: JobRecord) -> None:
    split = split_of(job)
    assert split.total == pytest.approx(tardiness_of(job) or 0.0)
    assert min(split.queue, split.setup, split.failure, split.process) >= 0


@given(st.lists(jobs(), max_size=8))
def test_the_mean_split_adds_up_to_the_mean_tardiness(many: list[JobRecord]) -> None:
    counted = results_of([a_replication(*many)]).replications[0]
    split = mean_split(many)
    if split is None:
        assert counted["tardiness_mean"] is None
    else:
        assert split.total == pytest.approx(counted["tardiness_mean"])
        parts = [counted[f"tardiness_{cause}"] or 0.0 for cause in ("queue", "setup", "failure", "process")]
        assert sum(parts) == pytest.approx(split.total)


def test_a_job_without_any_time_of_its_own_has_waited() -> None:
    job = A_JOB._replace(arrived=12, completed=12, due=10, waited=0, set_up=0, processed=0)
    assert split_of(job).queue == split_of(job).total == 2


def test_quantiles_are_those_of_numpy_and_r() -> None:
    assert [quantile([1.0, 2.0, 4.0, 8.0], share) for share in (0, 0.25, 0.5, 0.9, 1)] == pytest.approx(
        [1, 1.75, 3, 6.8, 8]
    )
    assert quantile([3.0], 0.9) == 3


def test_the_ninetieth_percentile_of_the_spread_is_the_kpi() -> None:
    outcomes = replications(3)
    estimate = results_of(outcomes).estimates["lead_time_p90"]
    assert estimate is not None
    assert percentiles(outcomes)[90] == estimate.mean
    assert percentiles([a_replication()]) == ()


@given(st.lists(st.floats(0, 1e6, allow_nan=False), max_size=60))
def test_a_histogram_counts_each_value_once(values: list[float]) -> None:
    bins = histogram(sorted(values))
    if bins is None:
        assert not values
    else:
        assert sum(bins.counts) == len(values)
        assert len(bins.counts) <= 40
        assert bins.width > 0


def test_a_histogram_has_the_width_of_freedman_and_diaconis() -> None:
    # The quartiles of 1,001 values are 25 and 75: 2 * 50 / 10.003 = 9.997, so 11 bins from 0 to 100.
    bins = histogram([value / 10 for value in range(1001)])
    assert bins is not None
    assert (bins.start, bins.width) == (0.0, 100 / 11)
    assert bins.counts == (91,) * 11
    assert histogram([5.0, 5.0]) == Histogram(start=5.0, width=0.05, counts=(2,))
