"""What holds for any plant and scenario."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.scenarios.engine.cards import cells_of, visits_of
from taskforce.core.scenarios.outcome import Happening, JobRecord, Replication
from taskforce.core.scenarios.plant import Failures, Order, Plant, Setup
from taskforce.core.scenarios.scenario import DispatchRule
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_product,
    a_routing,
    an_order,
    played_once,
)

GROUPS = ("a", "b", "c")
WAYS = {"x": "ab", "y": "ac", "z": "abc", "v": "b", "w": "cb"}
LIMITS = settings(max_examples=40, deadline=None)


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    """Draw a plant of three cells without loops, and its demand."""
    ways = draw(st.lists(st.sampled_from(sorted(WAYS)), min_size=1, max_size=4, unique=True))
    routings = [
        a_routing(
            name,
            yield_rate=draw(st.sampled_from([1.0, 0.8])),
            rework=draw(st.sampled_from([0.0, 0.6])),
            hours={group: draw(st.sampled_from([0.2, 0.5, 1.0])) for group in WAYS[name]},
        )
        for name in ways
    ]
    orders: list[Order] = draw(
        st.lists(
            st.builds(
                an_order,
                st.sampled_from(ways),
                release=st.sampled_from([0.0, 1.0, 2.5, 4.0]),
                due=st.sampled_from([5.0, 8.0, 20.0]),
                quantity=st.integers(1, 4),
            ),
            min_size=1,
            max_size=20,
        )
    )
    failing = draw(st.booleans())
    return a_plant(
        [a_machine("a", capacity=draw(st.integers(1, 2))), a_machine("b"), a_machine("c"), a_machine("a", 2)],
        routings,
        orders,
        products=[a_product(name, variation=draw(st.sampled_from([0.0, 0.7]))) for name in ways],
        setups=tuple(
            Setup(from_family_id=before, to_family_id=after, setup_time=0.3)
            for before in ways
            for after in ways
        ),
        failures=(Failures(machine_id="a1", mtbf_hours=2, mttr_hours=1),) if failing else (),
    )


@given(plant=plants(), cap=st.integers(1, 4), rule=st.sampled_from(DispatchRule), seed=st.integers(0, 99))
@LIMITS
def test_the_cap_of_conwip_is_never_exceeded(plant: Plant, cap: int, rule: str, seed: int) -> None:
    first = plant.routings[0].routing_id
    replication = played_once(
        plant, release_policy="CONWIP", wip_caps={"global": cap, first: 1}, dispatch_rule=rule, seed=seed
    )
    routings = {job.job_id: job.routing_id for job in replication.jobs}
    left = Counter({job.job_id: job.quantity for job in replication.jobs})
    at_work: set[str] = set()
    for entry in replication.entries:
        if entry.event is Happening.RELEASED:
            at_work.add(entry.job_id)
        elif entry.event is Happening.SCRAPPED:
            left[entry.job_id] -= entry.quantity
        if entry.event is Happening.COMPLETED or (entry.job_id and not left[entry.job_id]):
            at_work.discard(entry.job_id)
        assert len(at_work) <= cap
        assert sum(routings[job] == first for job in at_work) <= 1
    assert not at_work


@given(plant=plants(), cards=st.integers(1, 3), rule=st.sampled_from(DispatchRule), seed=st.integers(0, 99))
@LIMITS
def test_no_more_jobs_are_in_a_pair_of_cells_than_it_has_cards(
    plant: Plant, cards: int, rule: str, seed: int
) -> None:
    """A job is in the pair from its first queue in the one cell to its last end in the other."""
    told = {"release_policy": "POLCA", "wip_cards": cards, "polca_k": 1, "dispatch_rule": rule, "seed": seed}
    replication = played_once(plant, **told)
    changes = sorted(change for job in replication.jobs for change in _stays(plant, replication, job))
    taken: Counter[str] = Counter()
    for _, change, pair in changes:
        taken[pair] += change
        assert taken[pair] <= cards
    assert all(job.completed is not None or job.scrapped == job.quantity for job in replication.jobs)


def _stays(plant: Plant, replication: Replication, job: JobRecord) -> list[tuple[float, int, str]]:
    """Return when a job comes into each of its pairs of cells, and when it leaves."""
    routing = next(routing for routing in plant.routings if routing.routing_id == job.routing_id)
    mine = [entry for entry in replication.entries if entry.job_id == job.job_id]
    changes = []
    for here, following in pairwise(visits_of(routing, cells_of(plant))):
        pair = f"{here.cell}>{following.cell}"
        steps = routing.steps[here.start].step_id, routing.steps[following.end - 1].step_id
        begun = [
            entry.timestamp for entry in mine if (entry.event, entry.step_id) == (Happening.QUEUED, steps[0])
        ]
        ended = [
            entry.timestamp for entry in mine if (entry.event, entry.step_id) == (Happening.ENDED, steps[1])
        ]
        if begun:
            changes += [(begun[0], 1, pair), (max(ended, default=mine[-1].timestamp), -1, pair)]
    return changes


@given(
    plant=plants(),
    policy=st.sampled_from(["push", "CONWIP", "POLCA"]),
    rule=st.sampled_from(DispatchRule),
    horizon=st.sampled_from([None, 3.0, 7.0]),
    warm_up=st.sampled_from([0.0, 2.0]),
)
@LIMITS
def test_all_time_and_all_pieces_are_accounted_for(
    plant: Plant, policy: str, rule: str, horizon: float | None, warm_up: float
) -> None:
    replication = played_once(
        plant,
        release_policy=policy,
        wip_cards=2,
        polca_k=1,
        dispatch_rule=rule,
        horizon=horizon,
        warm_up=warm_up,
    )
    _lead_times_are_split(replication)
    for machine in replication.machines:
        assert min(machine.processing, machine.setting_up, machine.failed) >= 0
        assert machine.processing + machine.setting_up + machine.failed <= machine.available + 1e-9
    stamps = [entry.timestamp for entry in replication.entries]
    assert stamps == sorted(stamps)
    assert 0 <= replication.wip_hours <= replication.in_system_hours + 1e-9
    if warm_up == 0:  # Little's law for a stretch of time that begins empty
        ages = sum(
            (job.completed or _over(replication, job.job_id)) - job.arrived for job in replication.jobs
        )
        assert replication.in_system_hours == pytest.approx(ages)
        assert len(replication.jobs) <= len(plant.orders)
        if horizon is None:
            assert len(replication.jobs) == len(plant.orders)


def _lead_times_are_split(replication: Replication) -> None:
    """Waiting, setups, failures and processing add up to the time from arrival to the end."""
    for job in replication.jobs:
        over = job.completed or _over(replication, job.job_id)
        split = (job.waited, job.set_up, job.broken, job.processed)
        assert min(split) >= -1e-9
        assert sum(split) == pytest.approx(over - job.arrived)
        assert job.good + job.scrapped == job.quantity or job.completed is None
        assert job.reworked <= job.attempts or job.completed is None


def _over(replication: Replication, job: str) -> float:
    """Return when a job was over that is not completed: all of it scrap, or under way at the end."""
    scrapped = [e for e in replication.entries if e.job_id == job and e.event is Happening.SCRAPPED]
    record = next(each for each in replication.jobs if each.job_id == job)
    return scrapped[-1].timestamp if record.scrapped == record.quantity else replication.ended
