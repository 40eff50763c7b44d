"""A table as somebody gave it: a header and rows of raw cells, read one after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from taskforce.core.scenarios.report import Problem


class Row(NamedTuple):
    """A row: its number (the header is row 1, whether written or not), and a cell for each of the header."""

    number: int
    cells: tuple[object, ...]
    """Texts of a file, or values of JSON."""
    place: str = ""
    """Where in the row they stand, before a column's name: `steps[2].` of nested rows."""


class TableBroken(Exception):
    """A table that cannot be read any further; the rows before are good."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. Going through its rows may raise TableBroken, and is done once."""

    file: str
    """What it is called in problems."""
    header: tuple[str, ...]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTables:
    """Tables by their names, and what was wrong with what they came in."""

    tables: Mapping[str, Table]
    problems: tuple[Problem, ...] = field(default=())
