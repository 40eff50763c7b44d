"""Validation: from what a configuration's file says to a model of it, or to all that is wrong with it."""

from collections.abc import Iterator
from difflib import get_close_matches
from types import UnionType
from typing import TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from taskforce.core.pipelines.config import NAME
from taskforce.core.pipelines.errors import ConfigInvalid, ConfigProblem
from taskforce.core.pipelines.places import PartPath, Places

T = TypeVar("T", bound=BaseModel)

_MAPPING = "must be a mapping of keys"
_MESSAGES = {
    "bool_type": "must be true or false",
    "dict_type": _MAPPING,
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "model_type": _MAPPING,
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "string_type": "must be text (a number or a word such as true is text in quotes)",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must not be empty",
    "tuple_type": "must be a list",
    "value_error": "{error}",
}
"""By pydantic's type of error, with the names of its context."""
_A_NAME = "must be small letters, digits, _ and -, at most 63 in all, and begin with a letter"
_A_VARIABLE = "must be the name of a variable: letters, digits and _, and no digit first"


def validated(model: type[T], said: object, places: Places) -> T:
    """Return what a file says as a model. Raises ConfigInvalid with the problem of each wrong place."""
    try:
        return model.model_validate(said)
    except ValidationError as wrong:
        found = [_Wrong(error, said) for error in wrong.errors(include_url=False, include_input=False)]
        raise ConfigInvalid(list(_by_place(found, model, places))) from wrong


class _Wrong:
    """One error of pydantic's: the part of the file where it stands, and what is left of its location."""

    def __init__(self, error: ErrorDetails, said: object) -> None:
        self.error = error
        self.part: PartPath = ()
        self.rest: PartPath = ()
        """Names of a missing key, of a key itself (`[key]`) or of the branch of a union."""
        for step in error["loc"]:
            inner = _inside(said, step)
            if inner is None:
                self.rest += (step,)
            else:
                self.part += (step,)
                said = inner[0]

    def message(self, model: type[BaseModel]) -> str:
        """Return what would be right."""
        kind, context = self.error["type"], self.error.get("ctx", {})
        if kind == "extra_forbidden":
            return _unknown_key(str(self.part[-1]), model, self.part[:-1])
        if kind == "missing":
            return f"{self.rest[-1]} is missing"
        if kind == "string_pattern_mismatch":
            return _A_NAME if context["pattern"] == NAME else _A_VARIABLE
        return _MESSAGES.get(kind, self.error["msg"]).format_map(context)


def _by_place(found: list[_Wrong], model: type[BaseModel], places: Places) -> Iterator[ConfigProblem]:
    """Yield a problem for each place; the branches of a union that all refused are one."""
    parts = {wrong.part for wrong in found}
    messages: dict[PartPath, dict[str, None]] = {}
    for wrong in found:
        kind = wrong.error["type"]
        follows = kind == "too_short" or (bool(wrong.rest) and kind.endswith("_type"))
        if follows and any(part[: len(wrong.part)] == wrong.part != part for part in parts):
            continue  # a list without its wrong items, or a branch that another one left behind
        messages.setdefault(wrong.part, {})[wrong.message(model)] = None
    for part, said in messages.items():
        yield places.problem(part, f"{', or '.join(said)}.")


def _inside(said: object, step: str | int) -> tuple[object] | None:
    """Return the part of a document at a key or an index; None if there is none."""
    if isinstance(said, dict) and step in said:
        return (said[step],)
    if isinstance(said, list) and isinstance(step, int) and step < len(said):
        return (said[step],)
    return None


def _unknown_key(key: str, model: type[BaseModel], above: PartPath) -> str:
    known = [field.alias or name for name, field in _model_at(model, above).model_fields.items()]
    close = get_close_matches(key, known, n=1)
    advice = f"did you mean {close[0]}?" if close else "remove it."
    return f"unknown key, {advice} Known here are: {', '.join(known)}"


def _model_at(model: type[BaseModel], part: PartPath) -> type[BaseModel]:
    """Return the model that a part of the file is read as."""
    found: type[BaseModel] = model
    kind: object = model
    for step in part:
        if kind is found:
            fields = {field.alias or name: field.annotation for name, field in found.model_fields.items()}
            kind = fields[str(step)]
        else:
            kind = next(one for one in reversed(get_args(kind)) if one is not Ellipsis)
        if get_origin(kind) is UnionType:
            kind = get_args(kind)[0]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found = kind
    return found
