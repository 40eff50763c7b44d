from typing import Any

import pytest

from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.errors import ScenarioUnfit
from taskforce.core.scenarios.plant import Calendar, Operator, Skill, Span
from taskforce.core.scenarios.scenario import ScenarioConfig
from tests.unit.core.scenarios.engine.plants import (
    a_machine,
    a_plant,
    a_product,
    a_routing,
    an_order,
    played_once,
)

PLANT = a_plant([a_machine("a"), a_machine("b")], [a_routing("x", a=1, b=1)], [an_order("x")])


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (
            {"release_policy": "CONWIP", "wip_caps": {"route-z": 1, "global": 2}},
            "wip_caps names route-z; its keys are routings, cells, or global: cell-a, cell-b, glo",
        ),
        (
            {"release_policy": "POLCA", "wip_caps": {"cell-b>cell-a": 1}},
            "wip_caps names cell-b>cell-a; its keys are pairs of cells of a routing: cell-a>cell-b.",
        ),
        ({"wip_caps": {"nobody": 1}}, "wip_caps names nobody; its keys are"),
        ({"release_policy": "CONWIP"}, "CONWIP needs wip_cards, or wip_caps for routings, cells, or global."),
        ({"release_policy": "POLCA"}, "POLCA needs wip_cards, or wip_caps for pairs of cells of a routing."),
        ({"arrivals": "poisson"}, "Poisson arrivals never end: say how long with horizon."),
        ({"horizon": 5, "warm_up": 5}, "The warm-up (5 hours) must end before the horizon (5)."),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(scenario: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioUnfit) as refused:
        Simulation.begin(PLANT, ScenarioConfig.model_validate(scenario))
    assert told in str(refused.value)


def test_all_that_does_not_fit_is_told_at_once() -> None:
    scenario = ScenarioConfig.model_validate({"release_policy": "CONWIP", "arrivals": "poisson"})
    with pytest.raises(ScenarioUnfit, match=r"CONWIP needs .* Poisson arrivals never end") as refused:
        Simulation.begin(PLANT, scenario)
    assert [error.pointer for error in refused.value.errors] == ["/wip_cards", "/horizon"]


def test_demand_without_a_routing_is_told() -> None:
    products = [a_product("x"), a_product("lost")]
    plant = a_plant(PLANT.machines, PLANT.routings, [an_order("lost")], products=products)
    with pytest.raises(ScenarioUnfit, match="There is demand but no routing for lost"):
        Simulation.begin(plant, ScenarioConfig())


def test_a_group_without_a_skilled_operator_is_told_unless_somebody_can_help() -> None:
    ann = Operator(operator_id="ann", skills=(Skill(machine_group_id="a"),))
    plant = a_plant(PLANT.machines, PLANT.routings, PLANT.orders, operators=(ann,))
    with pytest.raises(ScenarioUnfit, match="No operator who is ever on shift has the skill for b"):
        Simulation.begin(plant, ScenarioConfig())
    assert played_once(plant, add_floater=1).ended == 2
    assert played_once(plant, operators=False).ended == 2


def test_an_operator_who_is_never_on_shift_is_none() -> None:
    never = Calendar(calendar_id="never", timezone="UTC", windows=(Span(start=5, end=5),))
    skills = (Skill(machine_group_id="a"), Skill(machine_group_id="b"))
    ann = Operator(operator_id="ann", skills=skills, shift_calendar_id="never")
    plant = a_plant(PLANT.machines, PLANT.routings, PLANT.orders, operators=(ann,), calendars=(never,))
    with pytest.raises(ScenarioUnfit, match="No operator who is ever on shift has the skill for a, b"):
        Simulation.begin(plant, ScenarioConfig())
    assert played_once(plant, calendars=False).ended == 2


def test_more_names_than_one_can_read_are_counted() -> None:
    caps = {f"r{number:02}": 1 for number in range(12)}
    scenario = ScenarioConfig.model_validate({"release_policy": "CONWIP", "wip_caps": caps})
    with pytest.raises(ScenarioUnfit, match="r09 and 2 more"):
        Simulation.begin(PLANT, scenario)


def test_a_plant_without_demand_is_over_at_once() -> None:
    plant = a_plant(PLANT.machines, PLANT.routings, [])
    assert played_once(plant).jobs == ()
    assert played_once(plant, horizon=8).ended == 8
    assert played_once(plant, arrivals="poisson", horizon=8).machines[0].available == 8


def test_what_was_released_before_the_beginning_is_there_from_it() -> None:
    plant = a_plant(PLANT.machines, PLANT.routings, [an_order("x", release=-5)])
    (job,) = played_once(plant).jobs
    assert (job.arrived, job.completed) == (0, 2)


def test_a_warm_up_longer_than_all_there_is_leaves_nothing_to_count() -> None:
    replication = played_once(PLANT, warm_up=100)
    assert replication.began == replication.ended == 2
    assert not replication.jobs
    assert {machine.processing for machine in replication.machines} == {0}
