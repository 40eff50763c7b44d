"""Profile a CSV file: types, missing values, ranges and correlations, as Markdown and a chart in SVG.

Usage: profile_table.py FILE REPORT
"""

import csv
import math
import re
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import combinations
from pathlib import Path

MARK = "<!-- written by the skill profile-csv -->"
MISSING = {"", "na", "n/a", "null", "none", "nan", "-"}
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
MOST_ROWS = 1_000_000
MOST_CHARTS = 6
MOST_PAIRS = 15
BINS = 12
TRUTHS = ({"true", "false"}, {"yes", "no"})


class Column:
    """A column: its name, and its values that are not missing."""

    def __init__(self, name: str, cells: Sequence[str]) -> None:
        self.name = name
        self.cells = cells
        self.values = [cell for cell in cells if cell.lower() not in MISSING]
        self.kind = self._kind()
        self.numbers = [float(value) for value in self.values] if self.is_numeric else []

    @property
    def is_numeric(self) -> bool:
        """Tell whether all values are numbers."""
        return self.kind in {"integer", "number"}

    @property
    def missing(self) -> int:
        """Return how many cells are missing."""
        return len(self.cells) - len(self.values)

    def range(self) -> str:
        """Return the least and the greatest value; of texts the most frequent ones."""
        if not self.values:
            return ""
        if self.is_numeric:
            return f"{shown(min(self.numbers))} to {shown(max(self.numbers))}"
        if self.kind == "date":
            return f"{min(self.values)} to {max(self.values)}"
        return ", ".join(f"{value[:40]} ({count})" for value, count in Counter(self.values).most_common(3))

    def middle(self) -> str:
        """Return mean and median of numbers."""
        if not self.numbers:
            return ""
        return (
            f"mean {shown(statistics.fmean(self.numbers))}, median {shown(statistics.median(self.numbers))}"
        )

    def pairs_with(self, other: "Column") -> tuple[list[float], list[float]]:
        """Return the values of both in the rows in which both have one."""
        rows = [
            (float(mine), float(theirs))
            for mine, theirs in zip(self.cells, other.cells, strict=True)
            if mine.lower() not in MISSING and theirs.lower() not in MISSING
        ]
        return [mine for mine, _ in rows], [theirs for _, theirs in rows]

    def _kind(self) -> str:
        if not self.values:
            return "empty"
        if all(NUMBER.fullmatch(value) and math.isfinite(float(value)) for value in self.values):
            return "integer" if all(re.fullmatch(r"[+-]?\d+", value) for value in self.values) else "number"
        if any({value.lower() for value in self.values} <= truth for truth in TRUTHS):
            return "truth"
        return "date" if all(is_date(value) for value in self.values) else "text"


def is_date(value: str) -> bool:
    """Tell whether a value is a date or a time in ISO's form."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return "-" in value


def shown(number: float) -> str:
    """Return a number with at most six digits that matter."""
    return f"{number:,.0f}" if number == int(number) and abs(number) < 10**15 else f"{number:,.6g}"


def read(path: Path) -> tuple[list[Column], int, str]:
    """Return the columns, the number of rows of another length, and the delimiter."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        delimiter = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|").delimiter
    except csv.Error:
        delimiter = ","
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if row]
    if len(rows) < 2:  # noqa: PLR2004 - names and one row
        sys.exit(f"{path} holds no rows below its first line.")
    if len(rows) > MOST_ROWS:
        sys.exit(f"{path} holds over {MOST_ROWS:,} rows. Give a part of it.")
    names, body = [name.strip() or f"column {at}" for at, name in enumerate(rows[0], 1)], rows[1:]
    odd = sum(len(row) != len(names) for row in body)
    padded = [[*row, *[""] * (len(names) - len(row))] for row in body]
    return (
        [Column(name, [row[at].strip() for row in padded]) for at, name in enumerate(names)],
        odd,
        delimiter,
    )


def correlations(columns: Sequence[Column]) -> list[tuple[float, str, str, int]]:
    """Return the correlation of each pair of numeric columns, the strongest first."""
    found = []
    for one, other in combinations([column for column in columns if column.is_numeric], 2):
        mine, theirs = one.pairs_with(other)
        if len(mine) > 2 and len(set(mine)) > 1 and len(set(theirs)) > 1:  # noqa: PLR2004 - two points are a line
            found.append((statistics.correlation(mine, theirs), one.name, other.name, len(mine)))
    return sorted(found, key=lambda pair: -abs(pair[0]))


def bars_of(column: Column) -> list[tuple[str, int]]:
    """Return what a column's chart shows: numbers in bins, other values by how often they come."""
    if not column.is_numeric:
        return [(value[:18], count) for value, count in Counter(column.values).most_common(BINS)]
    low, high = min(column.numbers), max(column.numbers)
    if low == high:
        return [(shown(low), len(column.numbers))]
    counts = Counter(min(int((value - low) / (high - low) * BINS), BINS - 1) for value in column.numbers)
    return [(shown(low + (high - low) * at / BINS), counts[at]) for at in range(BINS)]


def chart(columns: Sequence[Column]) -> str:
    """Return an SVG with a small chart a column."""
    told = [column for column in columns if column.values][:MOST_CHARTS]
    width, height, bar = 360, 210, 14
    tall = height * math.ceil(len(told) / 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width}" height="{tall}" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/><g font-family="sans-serif">',
    ]
    for place, column in enumerate(told):
        left, top = place % 2 * width + 12, place // 2 * height + 20
        parts.append(
            f'<text x="{left}" y="{top}" font-weight="bold">{escape(column.name)} ({column.kind})</text>'
        )
        bars = bars_of(column)
        most = max(count for _, count in bars)
        for at, (label, count) in enumerate(bars):
            y, length = top + 8 + at * bar, count / most * 180
            parts += [
                f'<text x="{left + 112}" y="{y + 10}" text-anchor="end">{escape(label)}</text>',
                f'<rect x="{left + 118}" y="{y + 1}" width="{length:.1f}" height="11" fill="#4878a8"/>',
                f'<text x="{left + 122 + length:.1f}" y="{y + 10}" fill="#555">{count}</text>',
            ]
    return "\n".join([*parts, "</g></svg>", ""])


def cell(text: str) -> str:
    """Return a text as it may stand in a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def report(name: str, picture: str, columns: Sequence[Column], odd: int, delimiter: str) -> str:
    """Return the profile as Markdown."""
    count = len(columns[0].cells)
    rows = [
        f"| {cell(column.name)} | {column.kind} | {column.missing} ({column.missing / count:.1%}) "
        f"| {len(set(column.values))} | {cell(column.range())} | {column.middle()} |"
        for column in columns
    ]
    pairs = [
        f"| {cell(one)} | {cell(other)} | {strength:+.3f} | {points} |"
        for strength, one, other, points in correlations(columns)[:MOST_PAIRS]
    ]
    sign = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}[delimiter]
    table = ["| column | column | r | rows |", "| --- | --- | ---: | ---: |", *pairs]
    return "\n".join([
        MARK, f"# Profile of {name}", "",
        f"{count:,} rows, {len(columns)} columns, parted by {sign}.",
        f"{odd} rows have another number of cells.", "",
        "## Columns", "", "| column | type | missing | distinct | range or most frequent | middle |",
        "| --- | --- | ---: | ---: | --- | --- |", *rows, "",
        "## Correlations", "",
        *(table if pairs else ["None to tell."]),
        "", "## Distributions", "", f"![A chart of each of the first {MOST_CHARTS} columns]({picture})", "",
    ])  # fmt: skip


def main(file: str, target: str) -> None:
    """Profile a file and write report and chart."""
    source, page = Path(file), Path(target)
    if not source.is_file():
        sys.exit(f"There is no file {file}.")
    if page.exists() and not page.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        sys.exit(f"{target} is there and is not of this skill. Name another report.")
    columns, odd, delimiter = read(source)
    picture = page.with_suffix(".svg")
    if picture.exists() and not page.exists():
        sys.exit(f"{picture} is there and is not of this skill. Name another report.")
    picture.write_text(chart(columns), encoding="utf-8")
    page.write_text(report(file, picture.name, columns, odd, delimiter), encoding="utf-8")
    missing = sum(column.missing for column in columns)
    print(
        f"{len(columns[0].cells):,} rows, {len(columns)} columns, {missing} missing values.",
        f"Written: {page}, {picture}",
    )


main(*sys.argv[1:])
