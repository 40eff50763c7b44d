"""The one document of a plant: equal data has equal bytes, whatever it was imported from.

Rows are ordered by their keys, for their order means nothing, except for two: the orders of demand, whose
place is part of their jobs' names, and the steps of a routing. How a number was written means nothing either,
nor do dates and hours with the same epoch.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from taskforce.core.scenarios.plant import Operator, Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    format: Literal[1] = 1
    plant: Plant


_DOCUMENTS = TypeAdapter(_Document)


def ordered(plant: Plant) -> Plant:
    """Return a plant whose rows stand in the one order."""
    return replace(
        plant,
        products=tuple(sorted(plant.products, key=lambda one: one.product_id)),
        routings=tuple(sorted(plant.routings, key=lambda one: one.routing_id)),
        machines=tuple(sorted(plant.machines, key=lambda one: one.machine_id)),
        operators=tuple(map(_ordered, sorted(plant.operators, key=lambda one: one.operator_id))),
        setups=tuple(sorted(plant.setups, key=lambda one: (one.from_family_id, one.to_family_id))),
        calendars=tuple(sorted(plant.calendars, key=lambda one: one.calendar_id)),
        failures=tuple(sorted(plant.failures, key=lambda one: one.machine_id)),
    )


def _ordered(operator: Operator) -> Operator:
    return replace(operator, skills=tuple(sorted(operator.skills, key=lambda one: one.machine_group_id)))


def document(plant: Plant) -> bytes:
    """Return the canonical JSON of a plant, in UTF-8."""
    return _DOCUMENTS.dump_json(_Document(plant=ordered(plant)))


def plant_of(content: bytes) -> Plant:
    """Return the plant of a canonical document. Raises ValueError for one that is none."""
    plant = _DOCUMENTS.validate_json(content).plant
    if plant.epoch is None:
        return plant
    return replace(plant, epoch=plant.epoch.astimezone(ZoneInfo(plant.timezone)))


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a document, in hex: equal for equal plants."""
    return hashlib.sha256(content).hexdigest()
