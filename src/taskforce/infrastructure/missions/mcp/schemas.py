"""Arguments held against the JSON Schema that a server gave.

Its regular expressions are left to the server: one that is made for it would hold this process up.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from pydantic_core import from_json, to_json
from referencing import Registry
from referencing.exceptions import Unresolvable

from taskforce.core.documents import JsonObject

LONGEST = 64 * 1024
"""Bytes of a schema; a model is told all of it at each turn."""
MOST_COMPLAINTS = 5
LONGEST_COMPLAINT = 300


def unfitness(schema: JsonObject) -> str | None:
    """Return why no model can be offered a tool with this schema; None when one can."""
    if len(to_json(schema)) > LONGEST:
        return f"its schema has more than {LONGEST:,} bytes"
    if schema.get("type", "object") != "object":
        return f"its schema is of type {schema['type']!r}, not object"
    kind: Any = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
    except SchemaError as wrong:
        return f"its schema is none: {wrong.message[:LONGEST_COMPLAINT]}"
    except RecursionError:
        return "its schema goes too deep"
    return None


def complaints(schema: JsonObject, arguments: JsonObject) -> list[str]:
    """Return what is wrong with the arguments, a few of each; a schema that leads nowhere finds nothing."""
    try:
        return list(_told(_validator(to_json(schema)), arguments))
    except (Unresolvable, RecursionError):
        return []  # what the server's own schema does not tell, the server itself will


def _told(validator: Validator, arguments: JsonObject) -> Iterator[str]:
    for wrong, _ in zip(validator.iter_errors(arguments), range(MOST_COMPLAINTS), strict=False):
        yield f"{_place(wrong)}: {wrong.message[:LONGEST_COMPLAINT]}"


def _place(wrong: ValidationError) -> str:
    return ".".join(map(str, wrong.absolute_path)) or "arguments"


@lru_cache(maxsize=256)
def _validator(schema: bytes) -> Validator:
    document = from_json(schema)
    kind: Any = validator_for(document, default=Draft202012Validator)
    without = dict.fromkeys(("pattern", "patternProperties"), _nothing)
    plain: Any = extend(kind, {**without, "additionalProperties": _additional(kind)})
    found: Validator = plain(document, registry=Registry())
    return found


def _nothing(*_: object) -> None:
    """Find nothing wrong."""


def _additional(kind: Any) -> Any:  # noqa: ANN401 - jsonschema's own functions bear no types
    """Return the check of additional properties, which patterns would decide too."""
    usual = kind.VALIDATORS["additionalProperties"]

    def check(validator: Any, allowed: Any, instance: Any, schema: Any) -> Any:  # noqa: ANN401 - the same
        return None if "patternProperties" in schema else usual(validator, allowed, instance, schema)

    return check
