"""What a command prints on stdout: JSON, a table on a terminal, tab-separated lines in a pipe."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from taskforce.cli.flags import Color
from taskforce.cli.terminal import Screen, clean, one_line, screen
from taskforce.core.clock import rfc3339
from taskforce.core.documents import JsonObject

V = TypeVar("V")

UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))
GOOD, BAD, BUSY = "green", "red", "yellow"
STATUS_STYLES = {
    "completed": GOOD,
    "succeeded": GOOD,
    "ok": GOOD,
    "failed": BAD,
    "cancelled": BAD,
    "broken": BAD,
    "paused": BUSY,
    "waiting": BUSY,
    "warning": BUSY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[V]):
    """A column: its head and what it shows. One that is `whole` is never cut, such as an id."""

    head: str
    show: Callable[[V], object]
    whole: bool = False


def print_json(document: object) -> None:
    """Print a document on stdout as one line of JSON."""
    if isinstance(document, BaseModel):
        write(document.model_dump_json())
    else:
        write(to_json(document).decode())


def print_table(
    rows: Sequence[V], columns: Sequence[Column[V]], *, color: Color, now: datetime | None
) -> None:
    """Print rows: aligned and fitted on a terminal, whole and tab-separated in a pipe."""
    shown = screen(sys.stdout, color)
    if shown.is_terminal:
        _print_fitted(rows, columns, shown=shown, now=now)
        return
    for row in rows:
        write("\t".join(_cell(column.show(row), now=None) for column in columns))


def print_facts(facts: Iterable[tuple[str, object]], *, color: Color) -> None:
    """Print names and values, a line each; what has no value is left out."""
    told = [(name, _cell(value, now=None)) for name, value in facts if value not in {None, ""}]
    shown = screen(sys.stdout, color)
    width = max((len(name) for name, _ in told), default=0)
    for name, value in told:
        write(f"{name:<{width}}  {value}" if shown.is_terminal else f"{name}\t{value}")


def print_text(text: str) -> None:
    """Print an answer: as it is into a pipe, made safe on a terminal."""
    write(clean(text) if sys.stdout.isatty() else text)


def write(line: str) -> None:
    """Write a line on stdout."""
    sys.stdout.write(f"{line}\n")


def age(moment: datetime, *, now: datetime) -> str:
    """Return how long ago it was, in the largest unit that fits."""
    passed = now - moment
    for unit, length in UNITS:
        if passed >= length:
            return f"{passed // length}{unit}"
    return f"{max(int(passed.total_seconds()), 0)}s"


def usage_of(usage: JsonObject) -> str:
    """Return what model calls took, in words."""
    cost = usage.get("cost")
    price = f", ${cost:.4f}" if isinstance(cost, float) and cost else ""
    return f"{usage.get('input_tokens')} tokens in, {usage.get('output_tokens')} out{price}"


def _cell(value: object, *, now: datetime | None) -> str:
    if isinstance(value, datetime):
        return rfc3339(value) if now is None else age(value, now=now)
    return "" if value is None else one_line(str(value))


def _print_fitted(
    rows: Sequence[V], columns: Sequence[Column[V]], *, shown: Screen, now: datetime | None
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(
            column.head,
            no_wrap=True,
            overflow="ignore" if column.whole else "ellipsis",
            min_width=_width(rows, column, now=now) if column.whole else None,
        )
    for row in rows:
        cells = [_cell(column.show(row), now=now) for column in columns]
        table.add_row(*(Text(cell, style=STATUS_STYLES.get(cell, "")) for cell in cells))
    Console(
        file=sys.stdout,
        force_terminal=True,
        color_system="auto" if shown.has_color else None,
        highlight=False,
        markup=False,
        emoji=False,
    ).print(table)


def _width(rows: Sequence[V], column: Column[V], *, now: datetime | None) -> int:
    return max((len(_cell(column.show(row), now=now)) for row in rows), default=0)
