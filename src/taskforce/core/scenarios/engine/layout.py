"""A plant and a scenario, made ready: names resolved, products, routes and groups by number.

It follows from the two alone, so a frozen simulation refers to it and does not contain it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taskforce.core.scenarios.engine.calendars import Opening
from taskforce.core.scenarios.engine.cards import Deck, deck_of
from taskforce.core.scenarios.engine.durations import BY_NAME, Durations
from taskforce.core.scenarios.plant import Order, Plant, Routing
from taskforce.core.scenarios.scenario import Arrivals, ReleasePolicy, ScenarioConfig


@dataclass(slots=True, frozen=True, kw_only=True, eq=False)
class Step:
    """A step of a route."""

    route: int
    """The number of its route."""
    at: int
    """Its own number in it."""
    step_id: str
    family: int
    """Of the product; from 1, for 0 is that of a machine which has done nothing yet."""
    group: int
    mean: float
    """Hours a piece."""
    ahead: float
    """Hours a piece of this step and all later ones."""
    faulty: float
    """How likely a piece is not good."""
    rework: float
    takes: tuple[int, ...]
    """Cards that a job needs before it comes here."""
    gives: tuple[int, ...]
    """Cards that it gives back afterwards."""
    dated: bool
    """Whether it also waits for its date."""
    gated: bool
    """Whether it waits for anything before it joins the queue."""
    following: "Step | None"


@dataclass(slots=True, frozen=True, kw_only=True, eq=False)
class Route:
    """What a product goes through."""

    routing: Routing
    variation: float
    steps: tuple[Step, ...]
    means: tuple[float, ...]
    """Of its steps."""
    yields: tuple[float, ...]
    """How likely a piece is good, by step; empty if it always is."""


class Layout:
    """All that does not change while it is simulated."""

    __slots__ = (
        "_openings",
        "deck",
        "durations",
        "groups",
        "horizon",
        "mean_setup",
        "orders",
        "plant",
        "poisson",
        "routes",
        "scenario",
        "setups",
    )

    def __init__(self, plant: Plant, scenario: ScenarioConfig) -> None:
        self.plant, self.scenario = plant, scenario
        self.horizon = scenario.horizon
        """When it ends; None is when all is done."""
        self.poisson = scenario.arrivals is Arrivals.POISSON
        """Whether demand recurs at random."""
        self.durations: Durations = BY_NAME[scenario.process_times]
        self.groups = tuple(dict.fromkeys(machine.machine_group_id for machine in plant.machines))
        self._openings = {calendar.calendar_id: Opening(calendar, plant) for calendar in plant.calendars}
        self.deck = deck_of(plant, scenario)
        families = {product.family_id: 0 for product in plant.products}
        families = {family: number for number, family in enumerate(families, start=1)}
        self.setups = _setups(plant, scenario, families)
        self.mean_setup = _mean([hours for row in self.setups for hours in row.values()])
        self.routes = tuple(
            _route(routing, number, plant=plant, scenario=scenario, families=families, deck=self.deck)
            for number, routing in enumerate(plant.routings)
        )
        first: dict[str, Route] = {}
        for route in self.routes:
            first.setdefault(route.routing.product_id, route)
        self.orders: tuple[tuple[Order, Route], ...] = tuple(
            (order, first[order.product_id]) for order in plant.orders
        )
        """Each row of demand, and the way it takes: the first routing of its product."""

    def opening(self, calendar_id: str) -> Opening:
        """Return when a calendar is open."""
        return self._openings[calendar_id]


def _setups(
    plant: Plant, scenario: ScenarioConfig, families: Mapping[str, int]
) -> tuple[dict[int, float], ...]:
    """Return the hours by family before and family next; what is not listed takes none."""
    table: tuple[dict[int, float], ...] = tuple({} for _ in range(len(families) + 1))
    if not scenario.setups or scenario.setup_time_factor == 0:
        return table
    for setup in plant.setups:
        before, following = families.get(setup.from_family_id), families.get(setup.to_family_id)
        if before and following and before != following and setup.setup_time > 0:
            table[before][following] = setup.setup_time * scenario.setup_time_factor
    return table


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _route(
    routing: Routing,
    number: int,
    *,
    plant: Plant,
    scenario: ScenarioConfig,
    families: Mapping[str, int],
    deck: Deck,
) -> Route:
    products = {product.product_id: product for product in plant.products}
    groups = {name: at for at, name in enumerate(dict.fromkeys(m.machine_group_id for m in plant.machines))}
    product = products[routing.product_id]
    ahead = 0.0
    steps: list[Step] = []
    for at in reversed(range(len(routing.steps))):
        step = routing.steps[at]
        ahead += step.process_time_mean
        dated = scenario.release_policy is ReleasePolicy.POLCA and deck.enters[number][at]
        steps.append(
            Step(
                route=number,
                at=at,
                family=families[product.family_id],
                step_id=step.step_id,
                group=groups[step.machine_group_id],
                mean=step.process_time_mean,
                ahead=ahead,
                faulty=1 - step.yield_rate if scenario.quality else 0.0,
                rework=step.rework_probability,
                takes=deck.takes[number][at],
                gives=deck.gives[number][at],
                dated=dated,
                gated=dated or bool(deck.takes[number][at]),
                following=steps[-1] if steps else None,
            )
        )
    steps.reverse()
    return Route(
        routing=routing,
        variation=product.variation,
        steps=tuple(steps),
        means=tuple(step.mean for step in steps),
        yields=tuple(1 - step.faulty for step in steps) if any(step.faulty for step in steps) else (),
    )
