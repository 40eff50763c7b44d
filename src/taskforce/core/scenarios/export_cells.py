"""CSV as it is exported: RFC 4180 in UTF-8, and no cell that a spreadsheet would take for a formula."""

import csv
import io
from collections.abc import Iterable

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - they are meant


def guarded(text: str) -> str:
    """Return a text with an apostrophe before it where a spreadsheet would run it (OWASP, CSV Injection).

    Numbers need no guard and take none: they are written as numbers.
    """
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def csv_bytes(rows: Iterable[Iterable[str | float | None]]) -> bytes:
    """Return rows as CSV, the first one its header; texts are guarded, None is an empty cell."""
    text, known = io.StringIO(newline=""), _Guarded()
    csv.writer(text).writerows(
        [known[cell] if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8", "replace")


class _Guarded(dict[str, str]):
    """Texts and how they are written: in a timeline the same ids come again and again."""

    def __missing__(self, text: str) -> str:
        self[text] = guarded(text)
        return self[text]
