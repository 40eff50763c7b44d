"""Cells: what a text of a file or a value of JSON means, by the type of its column.

A reader takes a cell that is not empty and returns its value, or raises ValueError with what would be right.
A text means the same in a file and in JSON, where numbers and lists may also be written as such.
"""

import json
import math
import re
from collections.abc import Callable
from typing import TypeAlias
from zoneinfo import ZoneInfo

Reader: TypeAlias = Callable[[object], object]

LONGEST = 200
"""Letters of a text."""
MOST_OF_A_LIST = 10_000
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def is_empty(cell: object) -> bool:
    """Tell whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text(cell: object) -> str:
    """Return a text without the blanks around it; a whole number of JSON is the text of its digits."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if not isinstance(cell, str):
        raise ValueError("must be a text")  # noqa: TRY004 - readers have one error
    found = cell.strip()
    if len(found) > LONGEST:
        raise ValueError(f"must have at most {LONGEST} letters, and has {len(found)}")
    if _CONTROLS.search(found):
        raise ValueError("must be one line without control characters")
    return found


def name(cell: object, *, reserved: str) -> str:
    """Return a text that is not the reserved word."""
    found = text(cell)
    if found == reserved:
        raise ValueError(f"must not be {reserved!r}, which means the whole plant")
    return found


def named(*, reserved: str) -> Reader:
    """Return what reads a text that is not the reserved word."""
    return lambda cell: name(cell, reserved=reserved)


def number(*, least: float = -math.inf, above: float = -math.inf, most: float = math.inf) -> Reader:
    """Return what reads a finite number with a decimal point, not NaN, and not too large for one (1e999)."""

    def read(cell: object) -> float:
        found = _finite(cell)
        if found < least:
            raise ValueError(f"must be at least {least:g}")
        if found <= above:
            raise ValueError(f"must be more than {above:g}")
        if found > most:
            raise ValueError(f"must be at most {most:,.10g}")
        return found

    return read


def whole(*, least: int, most: int) -> Reader:
    """Return what reads a whole number, which may be written as 5.0."""

    def read(cell: object) -> int:
        found = _finite(cell)
        if not found.is_integer():
            raise ValueError("must be a whole number")
        if not least <= found <= most:
            raise ValueError(f"must be a whole number from {least:,} to {most:,}")
        return int(found)

    return read


def zone(cell: object) -> str:
    """Return the name of a time zone of the IANA database."""
    found = text(cell)
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError) as unknown:  # all three, by what the name looks like as a path
        raise ValueError("must be a time zone such as Europe/Berlin or UTC") from unknown
    return found


def listed(reader: Reader) -> Reader:
    """Return what reads a list: texts between semicolons, or an array of JSON."""

    def read(cell: object) -> tuple[object, ...]:
        parts = _parts(cell)
        if len(parts) > MOST_OF_A_LIST:
            raise ValueError(f"must have at most {MOST_OF_A_LIST:,} parts")
        return tuple(reader(part) for part in parts if not is_empty(part))

    return read


def _parts(cell: object) -> list[object]:
    if isinstance(cell, list):
        return cell
    if not isinstance(cell, str):
        raise ValueError("must be a list: a;b or an array of JSON")  # noqa: TRY004 - readers have one error
    if not cell.lstrip().startswith("["):
        return [*cell.split(";")]
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError) as wrong:
        raise ValueError('begins as an array of JSON and is none; write a;b or ["a", "b"]') from wrong
    if not isinstance(found, list):
        raise ValueError('must be a list: a;b or ["a", "b"]')  # noqa: TRY004 - readers have one error
    return found


def _finite(cell: object) -> float:
    if isinstance(cell, str):
        written = cell.strip()
        if not NUMBER.fullmatch(written):
            more = ", with a point, not a comma" if _COMMA.fullmatch(written) else ""
            raise ValueError(f"must be a number such as 1.5{more}")
    elif isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueError("must be a number such as 1.5")  # noqa: TRY004 - readers have one error
    try:
        found = float(cell)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ValueError("must be a finite number that is not too large")
    return found + 0.0  # minus zero is zero
