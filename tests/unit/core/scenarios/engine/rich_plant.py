"""A plant that has everything: setups, shifts, skills, failures, rework, several cells."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.plant import Calendar, Failures, Operator, Plant, Setup, Skill, Span
from taskforce.core.scenarios.scenario import ScenarioConfig
from tests.unit.core.scenarios.engine.plants import a_machine, a_plant, a_product, a_routing, an_order

PRODUCTS = ("x", "y", "z")
RICH: Plant = a_plant(
    [
        a_machine("a", 1, cell="A"),
        a_machine("a", 2, cell="A", capacity=2),
        a_machine("b", cell="B"),
        a_machine("c", cell="C"),
    ],
    [
        a_routing("x", yield_rate=0.9, rework=0.7, a=0.3, b=0.2, c=0.1),
        a_routing("y", yield_rate=0.95, rework=0.5, b=0.2, c=0.2),
        a_routing("z", yield_rate=0.8, rework=0.9, a=0.2, c=0.2),
    ],
    [
        an_order(PRODUCTS[n % 3], release=0.8 * n, due=0.8 * n + 10, quantity=1 + n % 5, priority=n % 2)
        for n in range(60)
    ],
    products=[a_product(name, variation=0.4) for name in PRODUCTS],
    epoch=datetime(2026, 3, 27, tzinfo=UTC),
    setups=tuple(
        Setup(from_family_id=before, to_family_id=after, setup_time=0.2)
        for before in PRODUCTS
        for after in PRODUCTS
    ),
    calendars=(
        Calendar(
            calendar_id="days",
            timezone="Europe/Berlin",
            windows=tuple(Span(start=24 * day + 6, end=24 * day + 20) for day in range(7)),
            blackouts=(Span(start=30, end=40),),
        ),
    ),
    operators=(
        Operator(operator_id="ann", skills=(Skill(machine_group_id="a", level=2),), shift_calendar_id="days"),
        Operator(
            operator_id="bob",
            skills=tuple(Skill(machine_group_id=group) for group in "abc"),
            shift_calendar_id="days",
        ),
        Operator(operator_id="cid", skills=(Skill(machine_group_id="b"), Skill(machine_group_id="c"))),
    ),
    failures=(
        Failures(machine_id="a1", mtbf_hours=10, mttr_hours=1),
        Failures(machine_id="b1", mtbf_hours=10, mttr_hours=2),
    ),
)


def a_rich_scenario(**more: Any) -> ScenarioConfig:  # noqa: ANN401 - fields of a scenario
    """Return a scenario that uses all of it."""
    usual = {
        "release_policy": "POLCA",
        "dispatch_rule": "ATCS",
        "wip_cards": 6,
        "add_floater": 1,
        "warm_up": 5,
        "horizon": 70,
        "replications": 2,
        "polca_k": 20,
    }
    return ScenarioConfig.model_validate(usual | more)


def played_whole(plant: Plant, scenario: ScenarioConfig) -> bytes:
    """Return the outcome of a simulation that is played at one go."""
    simulation = Simulation.begin(plant, scenario)
    while not simulation.play(1_000_000):
        pass
    return told(simulation.finished())


def told(replications: Sequence[Replication]) -> bytes:
    """Return all that an outcome tells."""
    return repr([(replication, replication.entries) for replication in replications]).encode()
