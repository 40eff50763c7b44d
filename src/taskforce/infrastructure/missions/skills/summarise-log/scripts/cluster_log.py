"""Summarise a log: levels, clusters of errors and warnings, and a timeline.

Usage: cluster_log.py FILE REPORT
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

MARK = "<!-- written by the skill summarise-log -->"
LEVELS = {
    "FATAL": "ERROR",
    "CRITICAL": "ERROR",
    "SEVERE": "ERROR",
    "PANIC": "ERROR",
    "WARN": "WARNING",
    "ERR": "ERROR",
}
LEVEL = re.compile(
    r"(?<![\w.])(ERROR|FATAL|CRITICAL|SEVERE|PANIC|WARNING|WARN|INFO|DEBUG|TRACE|ERR)(?![\w.-])",
    re.IGNORECASE,
)
RAISED = re.compile(r"^(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)(?:: .*)?$")
TIMES = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d"), "%d/%b/%Y:%H:%M:%S"),
    (re.compile(r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"), "%b %d %H:%M:%S"),
)
WHEN = re.compile(
    r"^[\[(]?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)[\])]?\s*"
)
SAME = (
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE), "<id>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "<address>"),
    (re.compile(r"\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b", re.IGNORECASE), "<hex>"),
    (re.compile(r"\"[^\"]*\"|'[^']*'"), "<words>"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "<n>"),
)
MOST_CLUSTERS = 15
MOST_BYTES = 200_000_000
WIDTH = 40


@dataclass
class Entry:
    """A line of the log that says something."""

    number: int
    level: str
    when: datetime | None
    message: str


@dataclass
class Cluster:
    """Messages that are the same but for their figures."""

    level: str
    example: str
    count: int
    first: Entry
    last: Entry


def entries(path: Path) -> Iterator[Entry]:
    """Yield the lines that have a level or end a traceback."""
    in_traceback = False
    latest: datetime | None = None
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            text = line.rstrip()
            said = said_in_json(text)
            when = time_in(said[0] if said else text)
            latest = when or latest
            if text.startswith("Traceback (most recent call last)"):
                in_traceback = True
            elif in_traceback and RAISED.match(text):
                in_traceback = False
                yield Entry(number, "ERROR", latest, text)
            elif said and said[1]:
                yield Entry(number, plain(said[1]), when, said[2])
            elif found := LEVEL.search(text):
                yield Entry(number, plain(found[1]), when, without_head(text, found))


def said_in_json(text: str) -> tuple[str, str, str] | None:
    """Return time, level and message of a line of JSON."""
    if not text.startswith("{"):
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    places = (
        ("timestamp", "time", "ts", "@timestamp"),
        ("level", "severity", "lvl"),
        ("message", "msg", "event"),
    )
    time, level, message = (next((str(said[key]) for key in keys if key in said), "") for keys in places)
    return time, level, message or text


def plain(level: str) -> str:
    """Return a level by the name it has here."""
    return LEVELS.get(level.upper(), level.upper())


def time_in(text: str) -> datetime | None:
    """Return the time that a line names."""
    for form, spelling in TIMES:
        if found := form.search(text[:120]):
            try:
                return datetime.strptime(found[0].replace("T", " "), spelling)  # noqa: DTZ007 - a log's own clock
            except ValueError:
                return None
    return None


def without_head(text: str, level: re.Match[str]) -> str:
    """Return a line without its time and its level, where these begin it."""
    head, rest = text[: level.start()], text[level.end() :].lstrip(" ]):-")
    return rest if rest and len(WHEN.sub("", head).split()) <= 2 else WHEN.sub("", text)  # noqa: PLR2004 - host, name


def clustered(found: list[Entry]) -> list[Cluster]:
    """Return the clusters of errors and warnings: errors first, then by how often they came."""
    clusters: dict[tuple[str, str], Cluster] = {}
    for entry in found:
        key = entry.message
        for form, word in SAME:
            key = form.sub(word, key)
        known = clusters.get((entry.level, key))
        if known is None:
            clusters[entry.level, key] = Cluster(entry.level, entry.message, 1, entry, entry)
        else:
            known.count += 1
            known.last = entry
    return sorted(clusters.values(), key=lambda one: (one.level != "ERROR", -one.count, one.first.number))


def timeline(found: list[Entry]) -> list[str]:
    """Return a line a stretch of time, with how many errors and warnings came in it."""
    timed = [(entry.when, entry.level) for entry in found if entry.when is not None]
    if not timed:
        return ["No times were found."]
    first, last = min(when for when, _ in timed), max(when for when, _ in timed)
    step = next(
        (
            size
            for size in map(timedelta, (0,) * 6, (1, 10, 60, 600, 3_600, 21_600))
            if (last - first) / size <= WIDTH
        ),
        max(timedelta(days=1), (last - first) / WIDTH),
    )
    errors = Counter((when - first) // step for when, level in timed if level == "ERROR")
    warnings = Counter((when - first) // step for when, level in timed if level == "WARNING")
    most = max([*errors.values(), *warnings.values(), 1])
    lines = []
    for at in range((last - first) // step + 1):
        bar = "#" * -(-errors[at] * WIDTH // most) + "." * -(-warnings[at] * WIDTH // most)
        counts = f"errors {errors[at]}, warnings {warnings[at]}"
        lines.append(f"{first + at * step:%Y-%m-%d %H:%M:%S}  {bar} {counts}" if bar else "")
    shown = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return ["```text", *(line or "…" for line in shown), "```", "", "`#` errors, `.` warnings."]


def stamp(entry: Entry) -> str:
    """Return where and when an entry stands."""
    return f"line {entry.number}" + (f", {entry.when:%Y-%m-%d %H:%M:%S}" if entry.when else "")


def report(name: str, total: int, found: list[Entry]) -> str:
    """Return the summary as Markdown."""
    levels = Counter(entry.level for entry in found)
    told_levels = [f"| {level} | {count} |" for level, count in levels.most_common()]
    bad = [entry for entry in found if entry.level in {"ERROR", "WARNING"}]
    clusters = clustered(bad)
    over = len(clusters) - MOST_CLUSTERS
    told = [
        part
        for at, one in enumerate(clusters[:MOST_CLUSTERS], 1)
        for part in (
            f"### {at}. {one.level}, {one.count}x",
            "",
            f"    {one.example[:300]}",
            "",
            f"First {stamp(one.first)}; last {stamp(one.last)}.",
            "",
        )
    ]
    times = [entry.when for entry in found if entry.when]
    span = f"From {min(times)} to {max(times)}." if times else "Without times."
    return "\n".join([
        MARK, f"# Summary of {name}", "", f"{total:,} lines. {span}", "",
        "| level | lines |", "| --- | ---: |", *told_levels, "",
        f"## Clusters ({len(clusters)})", "", *(told or ["No errors and no warnings.", ""]),
        *([f"… and {over} more.", ""] if over > 0 else []), "## Timeline", "", *timeline(bad), "",
    ])  # fmt: skip


def main(file: str, target: str) -> None:
    """Summarise a file and write the report."""
    source, page = Path(file), Path(target)
    if not source.is_file():
        sys.exit(f"There is no file {file}.")
    if source.stat().st_size > MOST_BYTES:
        sys.exit(f"{file} has over {MOST_BYTES:,} bytes. Give a part of it.")
    if page.exists() and not page.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        sys.exit(f"{target} is there and is not of this skill. Name another report.")
    with source.open("rb") as lines:
        total = sum(1 for _ in lines)
    found = list(entries(source))
    if not found:
        sys.exit(f"No line of {file} has a level such as ERROR or INFO, so there is nothing to group.")
    page.write_text(report(file, total, found), encoding="utf-8")
    levels = Counter(entry.level for entry in found)
    print(f"{total:,} lines, errors: {levels['ERROR']}, warnings: {levels['WARNING']}. Written: {target}")


main(*sys.argv[1:])
