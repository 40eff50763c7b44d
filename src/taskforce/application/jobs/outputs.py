"""What comes out of steps, to JSON and back."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def adapter_of(type: type[T]) -> TypeAdapter[T]:
    """Return what turns values of a type into JSON and back; it is made once."""
    if type not in _ADAPTERS:
        _ADAPTERS[type] = TypeAdapter(type)
    return _ADAPTERS[type]
