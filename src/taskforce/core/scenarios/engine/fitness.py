"""Whether a scenario fits a plant: what it names is there, and what it asks for can be done."""

from collections.abc import Iterator

from taskforce.core.errors import FieldError
from taskforce.core.scenarios.engine.calendars import Opening
from taskforce.core.scenarios.engine.cards import cells_of, pair, visits_of
from taskforce.core.scenarios.errors import ScenarioUnfit
from taskforce.core.scenarios.plant import Plant
from taskforce.core.scenarios.pointers import pointer
from taskforce.core.scenarios.scenario import GLOBAL, Arrivals, ReleasePolicy, ScenarioConfig

_SHOWN = 10


def require_fit(plant: Plant, scenario: ScenarioConfig) -> None:
    """Raise ScenarioUnfit, with all that does not fit."""
    misfits = [*_caps(plant, scenario), *_times(scenario), *_routes(plant), *_skills(plant, scenario)]
    if misfits:
        raise ScenarioUnfit(*misfits)


def _caps(plant: Plant, scenario: ScenarioConfig) -> Iterator[FieldError]:
    policy = scenario.release_policy
    cells = cells_of(plant)
    pairs = {
        pair(visits[at].cell, visits[at + 1].cell)
        for visits in (visits_of(routing, cells) for routing in plant.routings)
        for at in range(len(visits) - 1)
    }
    routings = {routing.routing_id for routing in plant.routings}
    if policy is ReleasePolicy.POLCA:
        known, words = pairs, "pairs of cells of a routing"
    else:
        known, words = routings | set(cells.values()) | {GLOBAL}, f"routings, cells, or {GLOBAL}"
        known |= pairs if policy is ReleasePolicy.PUSH else set()
    unknown = [key for key in scenario.wip_caps if key not in known]
    if unknown:
        meant = f"{words}: {_listed(sorted(known))}"
        where = pointer("wip_caps", *unknown[: 1 if len(unknown) == 1 else 0])
        yield _misfit(where, "unknown_key", f"wip_caps names {_listed(unknown)}; its keys are {meant}.")
    if policy is not ReleasePolicy.PUSH and not scenario.wip_caps and scenario.wip_cards is None:
        yield _misfit("/wip_cards", "missing", f"{policy} needs wip_cards, or wip_caps for {words}.")


def _times(scenario: ScenarioConfig) -> Iterator[FieldError]:
    if scenario.horizon is None:
        if scenario.arrivals is Arrivals.POISSON:
            told = "Poisson arrivals never end: say how long with horizon."
            yield _misfit("/horizon", "missing", told)
    elif scenario.warm_up >= scenario.horizon:
        told = f"The warm-up ({scenario.warm_up:g} hours) must end before the horizon ({scenario.horizon:g})."
        yield _misfit("/warm_up", "out_of_range", told)


def _routes(plant: Plant) -> Iterator[FieldError]:
    routed = {routing.product_id for routing in plant.routings}
    lost = dict.fromkeys(order.product_id for order in plant.orders if order.product_id not in routed)
    if lost:
        yield _misfit("", "plant_lacks_routing", f"There is demand but no routing for {_listed(list(lost))}.")


def _skills(plant: Plant, scenario: ScenarioConfig) -> Iterator[FieldError]:
    if not (scenario.operators and plant.operators) or scenario.add_floater:
        return
    ordered = {order.product_id for order in plant.orders}
    needed = dict.fromkeys(
        step.machine_group_id
        for routing in plant.routings
        if routing.product_id in ordered
        for step in routing.steps
    )
    away = _never_open(plant) if scenario.calendars else set()
    known = {
        skill.machine_group_id
        for operator in plant.operators
        if operator.shift_calendar_id not in away
        for skill in operator.skills
    }
    lacking = [group for group in needed if group not in known]
    if lacking:
        yield _misfit(
            "/operators",
            "plant_lacks_skill",
            f"No operator who is ever on shift has the skill for {_listed(lacking)}: "
            "add it, add a floater (add_floater), or let machines work by themselves (operators false).",
        )


def _never_open(plant: Plant) -> set[str]:
    openings = {calendar.calendar_id: Opening(calendar, plant) for calendar in plant.calendars}
    return {
        name
        for name, opening in openings.items()
        if not opening.is_open(0.0) and opening.changes_after(0.0) is None
    }


def _misfit(where: str, code: str, told: str) -> FieldError:
    return FieldError(pointer=where, code=code, detail=told)


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
