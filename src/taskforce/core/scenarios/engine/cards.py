"""Which cards a route takes and gives: both CONWIP and POLCA are cards, taken and given at different steps.

Under CONWIP a job takes, before its first step, a card of each cap that concerns it (its routing, each cell
it goes through, the plant), and gives them back when it is over (Spearman, Woodruff & Hopp, CONWIP: a
pull alternative to kanban, 1990). Under POLCA it takes, before each cell, the card of the pair of that cell
and the next, and gives it back when it leaves the next (Suri, Quick Response Manufacturing, 1998).
A cap concerns all that bear its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from taskforce.core.scenarios.plant import Plant, Routing
from taskforce.core.scenarios.scenario import GLOBAL, ReleasePolicy, ScenarioConfig

Kinds = tuple[int, ...]


@dataclass(slots=True, frozen=True, kw_only=True)
class Deck:
    """All cards of a scenario, and when they are taken and given, by route and step."""

    counts: tuple[int, ...]
    """How many there are of each kind."""
    takes: Sequence[Sequence[Kinds]]
    gives: Sequence[Sequence[Kinds]]
    enters: Sequence[Sequence[bool]]
    """Whether a job comes into another cell with this step."""


@dataclass(slots=True, frozen=True)
class Visit:
    """Steps one after the other in one cell, the end not included."""

    cell: str
    start: int
    end: int


def pair(before: str, following: str) -> str:
    """Return the key of the cards of two cells."""
    return f"{before}>{following}"


def cells_of(plant: Plant) -> dict[str, str]:
    """Return the cell of each group of machines: that of its first machine."""
    cells: dict[str, str] = {}
    for machine in plant.machines:
        cells.setdefault(machine.machine_group_id, machine.cell_id)
    return cells


def visits_of(routing: Routing, cells: dict[str, str]) -> list[Visit]:
    """Return the cells that a routing goes through, in order."""
    visits: list[Visit] = []
    for at, step in enumerate(routing.steps):
        cell = cells[step.machine_group_id]
        if visits and visits[-1].cell == cell:
            visits[-1] = Visit(cell, visits[-1].start, at + 1)
        else:
            visits.append(Visit(cell, at, at + 1))
    return visits


def deck_of(plant: Plant, scenario: ScenarioConfig) -> Deck:
    """Return the cards of a scenario; none when jobs are pushed."""
    cells = cells_of(plant)
    caps: dict[str, int] = {}
    numbers: dict[str, int] = {}

    def kinds(wanted: dict[str, int | None]) -> Kinds:
        for key, cap in wanted.items():
            if cap is not None and key not in numbers:
                numbers[key] = len(numbers)
                caps[key] = cap
        return tuple(numbers[key] for key in wanted if key in numbers)

    takes, gives, enters = [], [], []
    for routing in plant.routings:
        visits = visits_of(routing, cells)
        entered = {visit.start for visit in visits}
        taken: list[Kinds] = [()] * len(routing.steps)
        given: list[Kinds] = [()] * len(routing.steps)
        if scenario.release_policy is ReleasePolicy.CONWIP:
            taken[0] = kinds(_conwip(routing, visits, scenario))
        elif scenario.release_policy is ReleasePolicy.POLCA:
            for here, following in pairwise(visits):
                taken[here.start] = kinds(_polca(here, following, scenario))
                given[following.end - 1] = taken[here.start]
        takes.append(taken)
        gives.append(given)
        enters.append([at in entered for at in range(len(routing.steps))])
    return Deck(counts=tuple(caps.values()), takes=takes, gives=gives, enters=enters)


def _conwip(routing: Routing, visits: Sequence[Visit], scenario: ScenarioConfig) -> dict[str, int | None]:
    caps = scenario.wip_caps or ({GLOBAL: scenario.wip_cards} if scenario.wip_cards else {})
    keys = [routing.routing_id, *(visit.cell for visit in visits), GLOBAL]
    return {key: caps.get(key) for key in keys}


def _polca(here: Visit, following: Visit, scenario: ScenarioConfig) -> dict[str, int | None]:
    key = pair(here.cell, following.cell)
    return {key: scenario.wip_caps.get(key, scenario.wip_cards)}
