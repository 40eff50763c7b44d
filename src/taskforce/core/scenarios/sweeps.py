"""An experiment: a base scenario, and fields of it that take each of their values, in all combinations."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from pydantic import JsonValue, ValidationError

from taskforce.core.documents import canonical
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.scenarios.pointers import pointer
from taskforce.core.scenarios.scenario import ScenarioConfig

MOST_COMBINATIONS = 1_000
MOST_SEED = 2**53 - 1
LONGEST_NAME = 100
SWEPT = frozenset(ScenarioConfig.model_fields) - {"name", "seed"}
"""What can be swept: names and seeds follow from the combination."""


class SweepsInvalid(Invalid):
    """Sweeps that make no experiment."""

    code = "sweeps_invalid"
    title = "Sweeps not valid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(f"The sweeps cannot be run: {errors[0].detail}", errors=errors)


def swept(
    base: ScenarioConfig,
    sweeps: Mapping[str, Sequence[JsonValue]],
    *,
    seed_base: int,
    most: int = MOST_COMBINATIONS,
) -> tuple[ScenarioConfig, ...]:
    """Return the scenarios of an experiment, sorted by their keys; the seed of the i-th is seed_base + i.

    The key of a scenario is its swept fields by name, as canonical JSON: `{"dispatch_rule":"ATC",
    "wip_cards":4}` without the blank. So the order in which fields and values were given is no matter. Each
    bears its fields and values as its name, as far as they fit.

    Raises:
        SweepsInvalid: a field that cannot be swept, a value that it cannot take or that is there twice, no
            value at all, more combinations than `most`, or a seed out of range.
    """
    _check(sweeps, seed_base=seed_base, most=most)
    fields = sorted(sweeps)
    keyed: dict[str, dict[str, JsonValue]] = {}
    for values in product(*([_taken(field, value) for value in sweeps[field]] for field in fields)):
        changes = dict(zip(fields, values, strict=True))
        keyed[canonical(changes)] = changes
    return tuple(
        _changed(base, keyed[key], seed=seed_base + number) for number, key in enumerate(sorted(keyed))
    )


def _check(sweeps: Mapping[str, Sequence[JsonValue]], *, seed_base: int, most: int) -> None:
    errors = [error for field, values in sweeps.items() for error in _faults(field, values, most=most)]
    count = prod(len(values) for values in sweeps.values())
    if count > most:
        errors.append(_fault("", "too_many", f"{count:,} combinations are more than {most:,}."))
    if not 0 <= seed_base <= MOST_SEED - count:
        told = f"seed_base plus the combinations is to lie between 0 and {MOST_SEED}."
        errors.append(FieldError(pointer="/seed_base", code="out_of_range", detail=told))
    if errors:
        raise SweepsInvalid(*errors)


def _faults(field: str, values: Sequence[JsonValue], *, most: int) -> list[FieldError]:
    if field not in SWEPT:
        known = ", ".join(sorted(SWEPT))
        return [_fault(pointer(field), "unknown_field", f"{field} cannot be swept; one of {known} can.")]
    if not values:
        return [_fault(f"/{field}", "too_short", f"{field} has no value to take.")]
    if len(values) > most:
        return [_fault(f"/{field}", "too_many", f"{field} has more than {most:,} values.")]
    faults, seen = [], set[str]()
    for number, value in enumerate(values):
        where = f"/{field}/{number}"
        try:
            key = canonical(_taken(field, value))
        except ValidationError as refused:
            why = refused.errors(include_url=False, include_context=False, include_input=False)[0]
            faults.append(_fault(where, why["type"], f"{field} cannot be {canonical(value)}: {why['msg']}."))
            continue
        if key in seen:
            faults.append(_fault(where, "duplicate", f"{field} has the value {key} twice."))
        seen.add(key)
    return faults


def _taken(field: str, value: JsonValue) -> JsonValue:
    """Return a value as a scenario takes it, so that 1 and 1.0 are one."""
    scenario = ScenarioConfig.model_validate_json(canonical({field: value}), strict=True)
    taken: JsonValue = scenario.model_dump(mode="json", include={field})[field]
    return taken


def _changed(base: ScenarioConfig, changes: dict[str, JsonValue], *, seed: int) -> ScenarioConfig:
    name = ", ".join(f"{field}={_word(value)}" for field, value in changes.items()) or base.name
    whole = base.model_dump(mode="json") | changes | {"name": name[:LONGEST_NAME], "seed": seed}
    return ScenarioConfig.model_validate(whole)


def _word(value: JsonValue) -> str:
    return value if isinstance(value, str) else canonical(value)


def _fault(where: str, code: str, detail: str) -> FieldError:
    return FieldError(pointer=f"/sweeps{where}", code=code, detail=detail)
