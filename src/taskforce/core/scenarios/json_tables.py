"""Arrays of JSON as tables: an object a row, and the steps of a routing within it or as rows of their own."""

from collections.abc import Iterator, Mapping, Sequence

from taskforce.core.documents import JsonObject
from taskforce.core.scenarios.table import Row, Table, TableBroken
from taskforce.core.scenarios.tables import STEPS

FIRST_ROW = 2
"""Rows count as in a file, whose header is row 1."""


_NESTED = "routings"
"""The table whose rows may hold steps."""


def json_table(name: str, rows: Sequence[JsonObject]) -> Table:
    """Return an array as a table; its header has the members of all objects, in the order they come up."""
    if name != _NESTED:
        header = tuple(dict.fromkeys(member for row in rows for member in row))
        return Table(file=name, header=header, rows=_plain(rows, header))
    header = tuple(dict.fromkeys(member for _, _, row in _flat(rows) for member in row if member != STEPS))
    return Table(file=name, header=header, rows=_steps(rows, header))


def _plain(rows: Sequence[JsonObject], header: tuple[str, ...]) -> Iterator[Row]:
    for number, row in enumerate(rows, FIRST_ROW):
        yield Row(number, tuple(map(row.get, header)))


def _steps(rows: Sequence[JsonObject], header: tuple[str, ...]) -> Iterator[Row]:
    for number, place, row in _flat(rows):
        if row.get(STEPS) is not None:
            raise TableBroken(number, "steps must be an array of one object or more")
        yield Row(number, tuple(map(row.get, header)), place)


def _flat(rows: Sequence[JsonObject]) -> Iterator[tuple[int, str, Mapping[str, object]]]:
    """Yield each row, or each step of it, with what its routing says."""
    for number, row in enumerate(rows, FIRST_ROW):
        steps = row.get(STEPS)
        if not isinstance(steps, list) or not steps or not all(isinstance(one, dict) for one in steps):
            yield number, "", row
            continue
        own = {member: value for member, value in row.items() if member != STEPS}
        for place, step in enumerate(steps):
            if isinstance(step, dict):
                yield number, f"{STEPS}[{place}].", {**own, **step}
