"""The program that grep runs: matches a pattern line by line; standard library alone, run by its path.

A pattern can take for ever, and only a process can be stopped then. It reads a line of JSON (pattern,
ignore_case, context, shown), then for each file a line of JSON (path, size) and its bytes. It writes the
lines found, and at last a line of JSON with the counts.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

WIDTH = 300
BAD_PATTERN = 3
_LOOKED_AT = 8_192


def main(source: BinaryIO, target: TextIO) -> int:
    """Search all files; return the exit code."""
    order: dict[str, Any] = json.loads(source.readline())
    try:
        pattern = re.compile(order["pattern"], re.IGNORECASE if order["ignore_case"] else 0)
    except (re.error, OverflowError, RecursionError, MemoryError) as error:
        target.write(f"{error}\n")
        return BAD_PATTERN
    counts = {"matches": 0, "files": 0, "binary": 0}
    for path, data in _files(source):
        if b"\0" in data[:_LOOKED_AT]:
            counts["binary"] += 1
            continue
        lines = data.decode("utf-8", "replace").split("\n")
        if not lines[-1]:
            lines.pop()  # what follows the last line feed is no line
        hits = [number for number, line in enumerate(lines) if pattern.search(line.removesuffix("\r"))]
        shown = hits[: max(0, order["shown"] - counts["matches"])]
        target.writelines(f"{text}\n" for text in _told(path, lines, shown, order["context"], pattern))
        counts["matches"] += len(hits)
        counts["files"] += bool(hits)
    target.write(f"{json.dumps(counts)}\n")
    return 0


def _files(source: BinaryIO) -> Iterator[tuple[str, bytes]]:
    while header := source.readline():
        file = json.loads(header)
        yield file["path"], source.read(file["size"])


def _told(
    path: str, lines: list[str], hits: list[int], context: int, pattern: re.Pattern[str]
) -> Iterator[str]:
    """Yield matches as `path:line: text`, the lines around them as `path-line- text`, gaps as `--`."""
    wanted = sorted(
        {near for hit in hits for near in range(max(0, hit - context), min(len(lines), hit + context + 1))}
    )
    found, before = set(hits), -1
    for number in wanted:
        if context and before not in (-1, number - 1):
            yield "--"
        mark = ":" if number in found else "-"
        yield f"{path}{mark}{number + 1}{mark} {_cut(lines[number], pattern)}"
        before = number


def _cut(line: str, pattern: re.Pattern[str]) -> str:
    """Return a line short enough to read, with its first match in it."""
    line = line.removesuffix("\r")
    if len(line) <= WIDTH:
        return line
    match = pattern.search(line)
    start = max(0, match.start() - WIDTH // 3) if match else 0
    return f"{'…' if start else ''}{line[start : start + WIDTH]}{'…' if start + WIDTH < len(line) else ''}"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main(sys.stdin.buffer, sys.stdout))
