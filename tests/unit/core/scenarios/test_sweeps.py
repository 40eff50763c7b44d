"""An experiment is the same whatever order its sweeps are said in, and refuses what it cannot run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.core.scenarios.sweeps import MOST_SEED, SweepsInvalid, swept

BASE = ScenarioConfig(horizon=100.0, replications=3, seed=99)


def test_scenarios_are_sorted_by_key_and_seeded_in_that_order() -> None:
    made = swept(BASE, {"wip_cards": [4, 10], "dispatch_rule": ["SPT", "ATC"]}, seed_base=1_000)
    assert [(one.name, one.seed) for one in made] == [
        ("dispatch_rule=ATC, wip_cards=10", 1_000),
        ("dispatch_rule=ATC, wip_cards=4", 1_001),
        ("dispatch_rule=SPT, wip_cards=10", 1_002),
        ("dispatch_rule=SPT, wip_cards=4", 1_003),
    ]
    assert made[0] == BASE.model_copy(
        update={"dispatch_rule": "ATC", "wip_cards": 10, "seed": 1_000, "name": made[0].name}
    )


@given(st.permutations(["EDD", "SPT", "ATC"]), st.permutations([0.0, 0.5, 1.0]), st.booleans())
def test_the_order_of_what_is_given_is_no_matter(
    rules: list[str], factors: list[float], turned: bool
) -> None:
    sweeps: dict[str, list[JsonValue]] = {"dispatch_rule": [*rules], "setup_time_factor": [*factors]}
    if turned:
        sweeps = dict(reversed(sweeps.items()))
    assert swept(BASE, sweeps, seed_base=5) == swept(
        BASE, {"setup_time_factor": [0.0, 0.5, 1.0], "dispatch_rule": ["ATC", "EDD", "SPT"]}, seed_base=5
    )


def test_no_sweep_is_the_base_alone() -> None:
    (only,) = swept(BASE, {}, seed_base=3)
    assert only == BASE.model_copy(update={"seed": 3})


def test_maps_and_nothing_can_be_swept() -> None:
    made = swept(BASE, {"wip_caps": [{"global": 3}, {}], "horizon": [None]}, seed_base=0)
    assert [one.wip_caps for one in made] == [{"global": 3}, {}]
    assert {one.horizon for one in made} == {None}


def test_a_long_name_is_cut_where_names_end() -> None:
    (only,) = swept(BASE, {"wip_caps": [{"R" * 150: 3}]}, seed_base=0)
    assert len(only.name) == 100


def test_who_asks_may_set_a_lower_bound() -> None:
    with pytest.raises(SweepsInvalid, match="4 combinations are more than 3"):
        swept(BASE, {"replications": [1, 2], "wip_cards": [1, 2]}, seed_base=0, most=3)


@pytest.mark.parametrize(
    ("sweeps", "pointer", "code"),
    [
        ({"seed": [1]}, "/sweeps/seed", "unknown_field"),
        ({"a/b": [1]}, "/sweeps/a~1b", "unknown_field"),
        ({"horizon": []}, "/sweeps/horizon", "too_short"),
        ({"horizon": [1.0, 2.0, 1]}, "/sweeps/horizon/2", "duplicate"),
        ({"dispatch_rule": ["ATC", "atc"]}, "/sweeps/dispatch_rule/1", "enum"),
        ({"replications": [3, "4"]}, "/sweeps/replications/1", "int_type"),
        ({"horizon": list(range(1, 1_002))}, "/sweeps/horizon", "too_many"),
        ({"horizon": list(range(1, 102)), "replications": list(range(1, 11))}, "/sweeps", "too_many"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(
    sweeps: dict[str, list[JsonValue]], pointer: str, code: str
) -> None:
    with pytest.raises(SweepsInvalid) as refused:
        swept(BASE, sweeps, seed_base=0)
    assert (refused.value.errors[0].pointer, refused.value.errors[0].code) == (pointer, code)


@pytest.mark.parametrize("seed_base", [-1, MOST_SEED])
def test_seeds_stay_in_range(seed_base: int) -> None:
    with pytest.raises(SweepsInvalid, match="seed_base"):
        swept(BASE, {"replications": [1, 2]}, seed_base=seed_base)
