"""A page of a list, newest first, and what was found of how many."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is asked for: at most `limit` items after the first `offset`."""

    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """A page's items and how many there are in all."""

    items: tuple[T, ...]
    total: int
