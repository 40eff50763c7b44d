"""However a simulation is sliced, frozen and thawed, it comes to the same."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.scenarios.engine.freezing import VERSION, StateInvalid
from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.scenario import ScenarioConfig
from tests.unit.core.scenarios.engine.rich_plant import RICH, a_rich_scenario, played_whole, told


def in_slices(plant: Plant, scenario: ScenarioConfig, sizes: list[int]) -> bytes:
    """Return the outcome of a simulation that is frozen and thawed after each slice."""
    simulation = Simulation.begin(plant, scenario)
    finished: list[Replication] = []
    done, number = 0.0, 0
    while True:
        over = simulation.play(sizes[number] if number < len(sizes) else 100_000)
        finished += simulation.finished()
        assert done <= simulation.done <= 1
        done, number = simulation.done, number + 1
        if over:
            assert done == 1
            return told(finished)
        simulation = Simulation.thaw(plant, scenario, simulation.freeze())


@given(sizes=st.lists(st.integers(min_value=1, max_value=120), max_size=12), seed=st.integers(0, 20))
@settings(max_examples=12, deadline=None)
def test_frozen_and_thawed_at_any_event_it_comes_to_the_same_bytes(sizes: list[int], seed: int) -> None:
    for policy, rule in (("POLCA", "ATCS"), ("CONWIP", "EDD")):
        scenario = a_rich_scenario(release_policy=policy, dispatch_rule=rule, seed=seed)
        assert in_slices(RICH, scenario, sizes) == played_whole(RICH, scenario)


def test_one_event_at_a_time_comes_to_the_same_bytes() -> None:
    scenario = a_rich_scenario(horizon=12, warm_up=3, replications=1)
    assert in_slices(RICH, scenario, [1] * 2_000) == played_whole(RICH, scenario)


def test_replications_that_are_told_are_not_told_again() -> None:
    simulation = Simulation.begin(RICH, a_rich_scenario(replications=3))
    while not simulation.play(50):
        pass
    assert [each.number for each in simulation.finished()] == [0, 1, 2]
    assert simulation.finished() == ()
    assert simulation.play(1)


def test_a_timeline_is_kept_of_the_first_replication_alone() -> None:
    simulation = Simulation.begin(RICH, a_rich_scenario(replications=2))
    simulation.play(1_000_000)
    first, second = simulation.finished()
    assert first.entries
    assert not second.entries


def test_bytes_that_are_no_state_are_refused() -> None:
    scenario = a_rich_scenario()
    state = Simulation.begin(RICH, scenario).freeze()
    changed = state[:-5] + b"x" + state[-4:]
    for wrong in (b"", state[:-1], changed, state.replace(VERSION, b"taskforce-simulation-0\n")):
        with pytest.raises(StateInvalid):
            Simulation.thaw(RICH, scenario, wrong)


@pytest.mark.parametrize("content", [b"cposix\nsystem\n(S'true'\ntR.", b"\x80\x05N."])
def test_bytes_that_would_build_something_else_are_refused(content: bytes) -> None:
    state = VERSION + sha256(content).digest() + content
    with pytest.raises(StateInvalid):
        Simulation.thaw(RICH, a_rich_scenario(), state)
