"""Changes of the API's contract that a client may notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]
"""An OpenAPI 3.1 document, or a part of one."""


class Direction(StrEnum):
    """Which way a value goes: clients send it, or the API shows it."""

    SENT = "sent"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed: in which operation, at which place, and why a client breaks, or only should know."""

    operation: str
    place: str
    why: str
    breaks: bool = True

    def __str__(self) -> str:
        verdict = "breaks" if self.breaks else "warning"
        return f"{verdict}: {self.operation}: {self.place}: {self.why}"


Changes: TypeAlias = Iterator[Change]


def resolved(document: Document, part: Any) -> Any:  # noqa: ANN401 - a schema may be true or false
    """Return a part with its reference followed; what stands beside the reference goes before it."""
    while isinstance(part, dict) and "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name.replace("~1", "/").replace("~0", "~")]
        part = {**found, **{name: value for name, value in part.items() if name != "$ref"}}
    return part
