"""Rows of a table as typed values, by what its shape says of them."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from taskforce.core.scenarios.cells import is_empty
from taskforce.core.scenarios.problem_list import ProblemList
from taskforce.core.scenarios.report import Severity
from taskforce.core.scenarios.table import Row, Table, TableBroken
from taskforce.core.scenarios.tables import TARGETS, Column, Shape

MOST_ROWS = 1_000_000
"""Of one table."""


KEPT = 20_000
"""Texts of a column whose meaning is kept."""


class Bad(Enum):
    """The value of a cell that cannot be read; its problem is told, and it refers to nothing."""

    CELL = "cell"


class Record(NamedTuple):
    """A row's values, one for each column of the shape."""

    row: int
    place: str
    values: tuple[Any, ...]  # what each column's reader returns, which the shape's columns tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What was read of a table."""

    shape: Shape
    file: str
    rows: list[Record] = field(default_factory=list)
    known: dict[str, set[object]] = field(default_factory=dict)
    """The values of columns that references lead to, as `table.column`."""
    is_broken: bool = False
    """Whether there may be rows that could not be read."""


def records_of(shape: Shape, table: Table, problems: ProblemList) -> Records:
    """Return a table's rows, typed. What is wrong with them is added to the problems."""
    reading = _Reading(shape, table, problems)
    return reading.records()


class _Cells:
    """The cells of a column. What a text means is kept for when it is written again, as most are."""

    def __init__(self, column: Column, place: int | None) -> None:
        self.column = column
        self._place = place
        self._meant: dict[str, object] = {}

    def value(self, row: Row) -> object:
        """Return the value of a row's cell. Raises ValueError with what would be right."""
        cell = None if self._place is None else row.cells[self._place]
        if isinstance(cell, str) and cell in self._meant:
            return self._meant[cell]
        if is_empty(cell):
            if self.column.is_needed:
                raise ValueError("must not be empty")
            return self.column.empty
        found = self.column.read(cell)
        if isinstance(cell, str):
            if len(self._meant) >= KEPT:
                self._meant.clear()
            self._meant[cell] = found
        return found


class _Reading:
    def __init__(self, shape: Shape, table: Table, problems: ProblemList) -> None:
        self._shape = shape
        self._table = table
        self._problems = problems

    def records(self) -> Records:
        """Read the table."""
        header = [name.strip() for name in self._table.header]
        columns = self._columns(header)
        found = Records(shape=self._shape, file=self._table.file, is_broken=columns is None)
        if columns is None:
            return found
        cells = [_Cells(column, place) for column, place in zip(self._shape.columns, columns, strict=True)]
        try:
            for row in self._table.rows:
                _check_row_count(row.number)
                if not all(map(is_empty, row.cells)):
                    self._take(row, cells, found)
        except TableBroken as broken:
            self._problems.add(self._table.file, broken.row, "", broken.message)
            return Records(shape=found.shape, file=found.file, rows=found.rows, is_broken=True)
        self._know(found)
        self._check_count(found)
        self._check_keys(found)
        return found

    def _columns(self, header: list[str]) -> list[int | None] | None:
        """Return where each column of the shape stands; None where the header cannot be used."""
        file, wrong = self._table.file, False
        names = [column.name for column in self._shape.columns]
        if not any(header):
            expected = ",".join(names)
            self._problems.add(file, 1, "", f"the header is empty; the columns are {expected}")
            return None
        for place, name in enumerate(header):
            if name and name in header[:place]:
                self._problems.add(file, 1, name, "the column is there twice")
                wrong = True
            elif name not in names:
                told = "there is no such column" if name else f"column {place + 1} has no name"
                self._problems.add(file, 1, name, f"{told}; it is left out", severity=Severity.WARNING)
        for column in self._shape.columns:
            if column.is_needed and column.name not in header:
                self._problems.add(file, 1, column.name, "the column is missing")
                wrong = True
        if wrong:
            return None
        return [header.index(name) if name in header else None for name in names]

    def _take(self, row: Row, columns: list["_Cells"], found: Records) -> None:
        given, expected = len(row.cells), len(self._table.header)
        if given != expected and (given < expected or not all(map(is_empty, row.cells[expected:]))):
            message = f"has {given} cells, and the header has {expected}"
            self._problems.add(self._table.file, row.number, "", message)
            return
        values: list[object] = []
        for cells in columns:
            try:
                values.append(cells.value(row))
            except ValueError as wrong:
                where = f"{row.place}{cells.column.name}"
                self._problems.add(self._table.file, row.number, where, str(wrong))
                values.append(Bad.CELL)
        found.rows.append(Record(row.number, row.place, tuple(values)))

    def _know(self, found: Records) -> None:
        """Note the values that references lead to."""
        for place, column in enumerate(self._shape.columns):
            target = f"{self._shape.name}.{column.name}"
            if target in TARGETS:
                found.known[target] = {record.values[place] for record in found.rows} - {Bad.CELL}

    def _check_count(self, found: Records) -> None:
        shape = self._shape
        if shape.is_needed and not found.rows:
            self._problems.add(found.file, 0, "", "has no rows, and needs one at least")
        if shape.most_rows is not None:
            for record in found.rows[shape.most_rows :]:
                self._problems.add(found.file, record.row, "", f"there must be {shape.most_rows} row alone")

    def _check_keys(self, found: Records) -> None:
        names = [column.name for column in self._shape.columns]
        places = [names.index(name) for name in self._shape.key]
        first: dict[tuple[object, ...], int] = {}
        for row, place, values in found.rows if places else ():
            key = tuple(values[one] for one in places)
            if Bad.CELL in key:
                continue
            if key in first:
                told = ", ".join(map(str, key))
                last = f"{place}{self._shape.key[-1]}"
                self._problems.add(found.file, row, last, f"{told} is in row {first[key]} already")
            else:
                first[key] = row


def _check_row_count(number: int) -> None:
    if number > MOST_ROWS:
        raise TableBroken(number, f"is beyond the limit of {MOST_ROWS:,} rows")
