"""CSV files as tables: RFC 4180, in UTF-8 with or without a byte order mark.

The columns are separated by commas; by semicolons or tabs where the header has these and no comma, as
spreadsheets write them in some countries. Numbers have a decimal point whatever separates them. A row may
go over several lines, in quotes, and counts once, as in a spreadsheet; empty rows count and say nothing.
"""

import csv
import io
from collections.abc import Iterator

from taskforce.core.scenarios.table import Row, Table, TableBroken

MOST_BYTES = 32 * 2**20
"""Of one file."""
MOST_LETTERS = 100_000
"""Of one cell."""
SEPARATORS = ",;\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def csv_table(file: str, content: bytes) -> Table:
    """Return a file as a table, whose rows are read as they are asked for.

    Raises:
        TableBroken: It is too large, empty, not in UTF-8, or its header is no CSV.
    """
    if len(content) > MOST_BYTES:
        raise TableBroken(0, f"is over {MOST_BYTES // 2**20} MiB; leave rows out, or split the plant")
    text = _decoded(content)
    first = text.lstrip("\r\n").partition("\n")[0].partition("\r")[0]
    if not first.strip():
        raise TableBroken(1, "the file is empty")
    csv.field_size_limit(MOST_LETTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(first), strict=True)
    rows = _rows(reader)
    header = next((row for row in rows if row.cells), Row(1, ()))
    if header.number != 1:
        raise TableBroken(
            1, f"the header must be row 1, and row {header.number} is the first that is not empty"
        )
    return Table(file=file, header=tuple(map(str, header.cells)), rows=rows)


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        raise TableBroken(1, "is in UTF-16; save it as CSV in UTF-8")
    nul = content.find(b"\0")
    if nul >= 0:
        raise TableBroken(_line(content, nul), "holds a NUL byte, which no text has; save it as CSV in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        byte = content[wrong.start]
        raise TableBroken(
            _line(content, wrong.start), f"is not in UTF-8 (byte 0x{byte:02X}); save it as CSV in UTF-8"
        ) from wrong


def _line(content: bytes, place: int) -> int:
    """Return the line of a byte: the row, but for rows of several lines before it."""
    before = content[:place]
    return max(before.count(b"\n"), before.count(b"\r")) + 1


def _separator(header: str) -> str:
    return next((one for one in SEPARATORS if one in header), ",")


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise TableBroken(number, _told(wrong)) from wrong
        yield Row(number, tuple(cells))


def _told(wrong: csv.Error) -> str:
    reason = str(wrong)
    if "field limit" in reason:
        return f"has a cell of more than {MOST_LETTERS:,} letters"
    if "unexpected end of data" in reason:
        return "begins a quote that never ends"
    return "has a quote within a cell; quote the whole cell, and double each quote in it"
