from math import sqrt
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.scenarios.engine.durations import exponential, lognormal
from taskforce.core.scenarios.engine.quality import AT_ONCE, all_good, judged
from taskforce.core.scenarios.engine.streams import Source, Streams
from taskforce.core.scenarios.outcome import Happening, Replication
from taskforce.core.scenarios.plant import Failures
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_product,
    a_routing,
    an_order,
    played,
    played_once,
)

PLANT = a_plant(
    [a_machine("a"), a_machine("b")],
    [a_routing("x", a=1, b=1, yield_rate=0.8, rework=0.5)],
    [an_order("x", release=0.5 * number, due=100 - number, quantity=1 + number % 4) for number in range(40)],
    products=[a_product("x", variation=0.6)],
    failures=(Failures(machine_id="a1", mtbf_hours=5, mttr_hours=1),),
)


def fates(replication: Replication) -> list[tuple[float, int, int]]:
    """Return of each job what does not depend on when it is done."""
    return [(round(job.processed, 9), job.scrapped, job.reworked) for job in replication.jobs]


def down(replication: Replication) -> list[float]:
    failed = {Happening.FAILED, Happening.REPAIRED}
    return [entry.timestamp for entry in replication.entries if entry.event in failed][:10]


def test_scenarios_share_the_draws_of_a_job_and_of_a_machine() -> None:
    first = played_once(PLANT, dispatch_rule="FIFO")
    other = played_once(PLANT, dispatch_rule="EDD", release_policy="CONWIP", wip_cards=3, add_floater=2)
    assert [job.completed for job in first.jobs] != [job.completed for job in other.jobs]
    assert fates(first) == fates(other)
    assert down(first) == down(other)


def test_a_source_that_is_switched_off_leaves_the_others_as_they_are() -> None:
    with_failures, without = played_once(PLANT), played_once(PLANT, failures=False)
    assert fates(with_failures) == fates(without)
    assert down(with_failures) == down(played_once(PLANT, quality=False))


def test_seeds_and_replications_draw_differently() -> None:
    runs = [*played(PLANT, replications=3), played_once(PLANT, seed=1)]
    assert len({tuple(fates(replication)) for replication in runs}) == 4


def test_poisson_arrivals_are_shared_too() -> None:
    told = {"arrivals": "poisson", "horizon": 30.0}
    first, other = played_once(PLANT, **told), played_once(PLANT, dispatch_rule="SPT", **told)
    assert [(job.job_id, job.arrived, job.due) for job in first.jobs] == [
        (job.job_id, job.arrived, job.due) for job in other.jobs
    ]
    assert [job.job_id for job in first.jobs][:2] == ["1.1", "2.1"]


def test_rows_of_a_product_take_turns_and_recur() -> None:
    plant = a_plant(
        [a_machine("a")], [a_routing("x", a=0.1)], [an_order("x", due=7, release=2), an_order("x")]
    )
    jobs = played_once(plant, arrivals="poisson", horizon=10.0, seed=5).jobs
    assert [job.job_id for job in jobs][:3] == ["1.1", "2.1", "1.2"]
    assert jobs[0].due == pytest.approx(jobs[0].arrived + 5)


def test_draws_are_uniform_and_independent_of_their_neighbours() -> None:
    streams = Streams(seed=0, replication=0)
    draws = [draw for entity in range(2_000) for draw in streams.block(Source.PROCESSING, entity)]
    others = [draw for entity in range(2_000) for draw in streams.block(Source.QUALITY, entity)]
    tolerance = 3.3 * sqrt(1 / 12 / len(draws))
    assert abs(fmean(draws) - 0.5) < tolerance
    assert abs(fmean(draw * draw for draw in draws) - 1 / 3) < tolerance
    for shifted in (draws[1:], others):
        products = [one * other for one, other in zip(draws, shifted, strict=False)]
        assert abs(fmean(products) - 0.25) < tolerance
    assert 0 < min(draws) < max(draws) < 1


def test_more_draws_than_a_block_holds_begin_with_those_of_it() -> None:
    streams = Streams(seed=0, replication=0)
    many = streams.draws(Source.QUALITY, 7, count=20)
    assert len(many) >= 20
    assert many[:8] == streams.draws(Source.QUALITY, 7, count=3)
    assert len(set(many)) == len(many)


def test_a_greater_draw_is_a_longer_or_shorter_time_throughout() -> None:
    draws = [number / 50 for number in range(1, 50)]
    long = lognormal([2] * 49, 0.5, 3, draws)
    assert long == sorted(long)
    short = exponential([2] * 49, 0.5, 3, draws)
    assert short == sorted(short, reverse=True)


@given(
    good=st.one_of(st.sampled_from([0.4, 0.5, 0.97]), st.floats(min_value=0.01, max_value=0.999)),
    pieces=st.one_of(st.integers(1, 8), st.integers(AT_ONCE - 1, AT_ONCE + 1)),
    draw=st.floats(min_value=1e-16, max_value=1 - 1e-16),
)
def test_a_glance_sees_good_pieces_only_where_a_closer_look_does(
    good: float, pieces: int, draw: float
) -> None:
    streams = Streams(seed=1, replication=0)
    closer = judged(streams, (0, 0), 0, pieces=pieces, faulty=1 - good, rework=0.5, first=draw)
    few_and_rarer_faulty = pieces <= AT_ONCE and good >= 0.5
    assert all_good([good], pieces, [draw]) == [few_and_rarer_faulty and closer == (0, 0)]
