"""Rows for one statement, given as one array a column: PostgreSQL's `unnest` makes a table of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Float, Integer
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.types import TypeDecorator

from taskforce.infrastructure.database.prepared import encoder

Values: TypeAlias = Mapping[str, Any]

PLACE = "place"
"""The first column: the place in the group, from 1, of whom a row is for."""
DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]
_KINDS = ((BigInteger, "bigint"), (Integer, "int"), (Float, "float8"), (Boolean, "bool"))


@dataclass(frozen=True, slots=True)
class Given:
    """A value that goes along with a row, and the column whose kind it is of."""

    name: str
    like: Column[Any]


class Arrays:
    """The columns of rows that are given; they have the types of their tables' columns."""

    def __init__(self, *columns: Column[Any] | Given) -> None:
        given = [one if isinstance(one, Given) else Given(one.name, one) for one in columns]
        self.names = tuple(one.name for one in given)
        self._kinds = ["bigint", *(_kind(one.like) for one in given)]
        self._encoders = [(one.name, encoder(one.like.type, DIALECT)) for one in given]

    @property
    def count(self) -> int:
        """Return how many arrays they are."""
        return len(self._kinds)

    def table(self, name: str, *, first: int) -> str:
        """Return the table of them under a name; `first` is the number of its first argument."""
        arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(self._kinds, start=first))
        return f"unnest({arrays}) AS {name} ({', '.join((PLACE, *self.names))})"

    def arguments(self, rows: Iterable[tuple[int, Values]]) -> list[Sequence[Any]]:
        """Return the arrays: of each row the place whom it is for, and its values."""
        placed = list(rows)
        return [
            [place for place, _ in placed],
            *(
                [encode(values[name], DIALECT) if encode else values[name] for _, values in placed]
                for name, encode in self._encoders
            ),
        ]


def _kind(column: Column[Any]) -> str:
    """Return the type of a column's values; no length, for a cast would cut what is too long."""
    of = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return next((name for kind, name in _KINDS if isinstance(of, kind)), "text")
