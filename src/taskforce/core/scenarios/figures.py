"""Numbers and words as a person reads them; a debrief writes each number once, and shows that everywhere."""

import re
from collections.abc import Iterable
from math import floor, log10

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
"""What stands where nothing was counted."""
_MOST_DIGITS = 6
_UNIT_AFTER_NUMBER = re.compile(r"(?<=\d) (?=(?:%|h|jobs|points)(?!\w))")
_WHOLE = 10
"""From here on percents are told whole."""


def digits_for(values: Iterable[float | None], *, least: int) -> int:
    """Return the digits behind the point that numbers of a row share.

    They are `least`, and more where that shows less than three figures of the largest number.
    """
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if not largest:
        return least
    return min(max(least, 2 - floor(log10(largest))), _MOST_DIGITS)


def figure(value: float | None, digits: int) -> str:
    """Return a number with so many digits behind the point: `1,234.5`, never a zero below 0."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float | None, digits: int) -> str:
    """Return a difference, with its sign: `+1.5`, or `0.0` without one."""
    text = figure(value, digits)
    is_more = value is not None and value > 0 and text.strip("0.,")
    return f"+{text}" if is_more else text


def percent(part: float, whole: float) -> str:
    """Return a share in percent; a small one is not rounded to nothing."""
    share = 100 * part / whole if whole else None
    return NOTHING if share is None else f"{figure(share, 0 if share >= _WHOLE else 1)} %"


def counted(number: int, thing: str) -> str:
    """Return a count and its noun: `1 job`, `2,000 jobs`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def shortened(text: str, most: int) -> str:
    """Return a text of somebody else on one line, without control characters, at most so long."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def listed(words: Iterable[str]) -> str:
    """Return words as a sentence lists them: `a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def tied(text: str) -> str:
    """Return a text in which no line breaks between a number and its unit."""
    return _UNIT_AFTER_NUMBER.sub("\N{NO-BREAK SPACE}", text)
