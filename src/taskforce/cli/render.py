"""What a command prints on stdout: JSON, a table on a terminal, tab-separated lines in a pipe."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap
from typing import Generic, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from taskforce.cli.flags import Color
from taskforce.cli.terminal import Screen, cells, clean, fitted, one_line, screen
from taskforce.core.clock import rfc3339

V = TypeVar("V")

UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))
GAP = 2
NARROWEST = 16
BOLD, GOOD, BAD, BUSY = "1", "32", "31", "33"
STATUS_COLORS = {
    "completed": GOOD,
    "succeeded": GOOD,
    "ok": GOOD,
    "success": GOOD,
    "imported": GOOD,
    "sound": GOOD,
    "failed": BAD,
    "cancelled": BAD,
    "broken": BAD,
    "error": BAD,
    "damaged": BAD,
    "removed": BAD,
    "paused": BUSY,
    "waiting": BUSY,
    "warning": BUSY,
    "conflict": BUSY,
    "scanning": BUSY,
    "updated": BUSY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[V]):
    """A column: its head and what it shows. One that is `whole` is never cut, such as an id.

    Those that are not share the room that is left, the widest one gives way first: it `wraps`, or is cut.
    """

    head: str
    show: Callable[[V], object]
    whole: bool = False
    wraps: bool = False


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


def _cell(value: object, *, now: datetime | None) -> str:
    if isinstance(value, datetime):
        return rfc3339(value) if now is None else age(value, now=now)
    return "" if value is None else one_line(str(value))


def _print_fitted(
    rows: Sequence[V], columns: Sequence[Column[V]], *, shown: Screen, now: datetime | None
) -> None:
    table = [[_cell(column.show(row), now=now) for column in columns] for row in rows]
    heads = [column.head for column in columns]
    widths = [max(map(cells, texts)) for texts in zip(heads, *table, strict=True)]
    widths = _shared(widths, columns, room=get_terminal_size().columns - GAP * (len(columns) - 1))
    write(_painted(_line(heads, widths), BOLD if shown.has_color else ""))
    for texts in table:
        _print_row(texts, columns, widths, shown=shown)


def _shared(widths: list[int], columns: Sequence[Column[V]], *, room: int) -> list[int]:
    """Return the widths such that a row fits into the room, as far as whole columns allow."""
    narrowed = list(widths)
    giving = [place for place, column in enumerate(columns) if not column.whole]
    while giving and sum(narrowed) > room:
        widest = max(giving, key=lambda place: narrowed[place])
        if narrowed[widest] <= NARROWEST:
            break
        narrowed[widest] -= 1
    return narrowed


def _print_row(texts: list[str], columns: Sequence[Column[V]], widths: list[int], *, shown: Screen) -> None:
    parts = [_parts(text, column, width) for text, column, width in zip(texts, columns, widths, strict=True)]
    for line in zip_longest(*parts, fillvalue=""):
        colors = [
            STATUS_COLORS.get(text, "") if column.whole else ""
            for text, column in zip(line, columns, strict=True)
        ]
        write(_line(line, widths, colors=colors if shown.has_color else None))


def _parts(text: str, column: Column[V], width: int) -> list[str]:
    if column.whole:
        return [text]
    return wrap(text, width, break_on_hyphens=False) if column.wraps else [fitted(text, most=width)]


def _line(texts: Sequence[str], widths: Sequence[int], *, colors: Sequence[str] | None = None) -> str:
    padded = [text + " " * (width - cells(text)) for text, width in zip(texts, widths, strict=True)]
    if colors:
        padded = [_painted(text, color) for text, color in zip(padded, colors, strict=True)]
    return (" " * GAP).join(padded).rstrip()


def _painted(text: str, color: str) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if color else text
