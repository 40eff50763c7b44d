"""Small plants, and what becomes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.outcome import Entry, Happening, Replication
from taskforce.core.scenarios.plant import Machine, Order, Plant, Product, Routing, RoutingStep
from taskforce.core.scenarios.scenario import ScenarioConfig


def a_machine(group: str, number: int = 1, *, cell: str | None = None, capacity: int = 1) -> Machine:
    return Machine(
        machine_id=f"{group}{number}",
        name=group,
        cell_id=cell or f"cell-{group}",
        machine_group_id=group,
        capacity=capacity,
    )


def a_product(name: str, *, family: str | None = None, variation: float = 0.0) -> Product:
    return Product(
        product_id=name, family_id=family or name, process_time_mean=1, process_time_sigma=variation
    )


def a_routing(
    product: str,
    /,
    *,
    yield_rate: float = 1.0,
    rework: float = 0.0,
    name: str | None = None,
    hours: Mapping[str, float] | None = None,
    **more: float,
) -> Routing:
    """Return a routing through the groups in this order, with the mean hours a piece takes there."""
    return Routing(
        routing_id=name or f"route-{product}",
        product_id=product,
        steps=tuple(
            RoutingStep(
                step_id=f"{product}-{group}",
                machine_group_id=group,
                process_time_mean=mean,
                yield_rate=yield_rate,
                rework_probability=rework,
            )
            for group, mean in (hours or more).items()
        ),
    )


def an_order(product: str, *, due: float = 1_000.0, release: float = 0.0, **more: Any) -> Order:  # noqa: ANN401 - fields of a record
    return Order(product_id=product, due=due, release=release, **{"quantity": 1, **more})


def a_plant(
    machines: Sequence[Machine],
    routings: Sequence[Routing],
    orders: Sequence[Order],
    *,
    products: Sequence[Product] | None = None,
    **more: Any,  # noqa: ANN401 - fields of a record
) -> Plant:
    names = dict.fromkeys(routing.product_id for routing in routings)
    return Plant(
        plant_id="plant",
        name="A plant",
        timezone="UTC",
        epoch=more.pop("epoch", None),
        products=tuple(products or (a_product(name) for name in names)),
        routings=tuple(routings),
        machines=tuple(machines),
        orders=tuple(orders),
        **more,
    )


def played(plant: Plant, **scenario: Any) -> tuple[Replication, ...]:  # noqa: ANN401 - fields of a record
    """Return all replications of a scenario."""
    simulation = Simulation.begin(plant, ScenarioConfig.model_validate(scenario))
    while not simulation.play(100_000):
        pass
    return simulation.finished()


def played_once(plant: Plant, **scenario: Any) -> Replication:  # noqa: ANN401 - fields of a record
    (replication,) = played(plant, **scenario)
    return replication


def sequence(replication: Replication, event: Happening = Happening.STARTED, machine: str = "") -> list[str]:
    """Return the jobs to which this happened, in order."""
    return [
        entry.job_id
        for entry in replication.entries
        if entry.event is event and machine in {"", entry.machine_id}
    ]


def times(replication: Replication, event: Happening, job: str) -> list[float]:
    return [entry.timestamp for entry in replication.entries if (entry.event, entry.job_id) == (event, job)]


def shown(entries: Sequence[Entry]) -> list[str]:
    """Return a timeline as text."""
    return [
        " ".join(
            [f"{entry.timestamp:g}", entry.event, entry.job_id, entry.machine_id, entry.operator_id]
        ).strip()
        for entry in entries
    ]
