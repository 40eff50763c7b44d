"""docs/benchmarks.md."""

import os
import platform
import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.environment import Bench, versions
from benchmarks.goals import Row

HEAD = ("what", "ours", "peer as shipped", "peer tuned", "ratio", "goal", "")
PEERS = (
    "dbos",
    "langgraph",
    "langgraph-checkpoint-sqlite",
    "agno",
    "prefect",
    "sse-starlette",
    "fastapi",
    "uvicorn",
    "simpy",
    "ciw",
)
OURS = ("pydantic", "sqlalchemy", "fastapi", "starlette", "uvicorn", "uvloop", "httptools")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One benchmark's part of the page."""

    title: str
    notes: str
    rows: Sequence[Row]
    profiles: Mapping[str, Sequence[str]]
    """Why a row's goal is missed, by what the row says."""

    def as_text(self) -> str:
        """Return it as Markdown."""
        lines = [f"## {self.title}", "", _line(HEAD), _line(["---"] * len(HEAD))]
        lines += [_line(row.cells) for row in self.rows]
        lines += ["", self.notes.strip(), ""]
        for what, profile in self.profiles.items():
            lines += [f"Why it is missed: {what}", "", "```text", *profile, "```", ""]
        return "\n".join(lines)


def written(sections: Sequence[Section], *, date: str, bench: Bench) -> str:
    """Return the page."""
    parts = [section.as_text() for section in sections]
    head = [
        "# Benchmarks",
        "",
        "Measured, not promised. `make bench` writes this page; nothing in it is written by hand.",
        "",
        _summary(parts),
        "",
        f"- Date: {date or 'not given'}; {bench.rounds} rounds in turns, medians (lowest-highest).",
        f"- Machine: {_machine()}.",
        f"- Disk: fdatasync of 4 KiB takes {_fdatasync(bench.files):.3f} ms at the median.",
        f"- Ours: Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {_ours()}.",
        f"- Peers, in an environment of their own ([lock](../benchmarks/peers.lock)): {_peers()}.",
        "- The ratio is ours by the better one of the peer's two figures.",
        "",
        "```console",
        "$ make bench              # all of it, and this page",
        "$ make bench ONLY=steps   # one of them, by the name of its scene; leaves this page as it is",
        "$ make bench ONLY=steps,startup PAGE=1   # these, and their parts of this page",
        "$ make bench ROUNDS=5",
        "```",
        "",
    ]
    return "\n".join([*head, *parts]).rstrip() + "\n"


def revised(page: str, sections: Sequence[Section], *, order: Sequence[str], date: str) -> str:
    """Return a page with these parts anew, each with its date; `order` is that of all titles."""
    head, *others = re.split(r"(?m)^(?=## )", page)
    parts = {part.partition("\n")[0].removeprefix("## "): part.rstrip() + "\n" for part in others}
    for section in sections:
        dated = replace(section, notes=f"{section.notes.strip()}\n- Measured apart from the rest: {date}.")
        parts[section.title] = dated.as_text()
    kept = [parts[title] for title in order if title in parts]
    head = re.sub(r"(?m)^\d+ of \d+ goals are met\..*$", lambda _: _summary(kept), head)
    return "\n".join([head.rstrip() + "\n", *kept]).rstrip() + "\n"


def _summary(parts: Sequence[str]) -> str:
    """Return how many goals are met, and which are not, by the tables of the parts."""
    rows = re.findall(r"(?m)^\| (.*?)(?: \[[^\]]*\])? \|.*\| (met|\*\*missed\*\*) \|$", "\n".join(parts))
    missed = [what for what, verdict in rows if verdict != "met"]
    summary = f"{len(rows) - len(missed)} of {len(rows)} goals are met."
    return f"{summary} Missed: {'; '.join(missed)}." if missed else summary


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _machine() -> str:
    described = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.+)", described)
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    gib = int(memory[1]) / 2**20 if memory else 0
    name = model[1] if model else platform.machine()
    return f"{os.cpu_count()} cores of {name}, {gib:.0f} GiB, Linux {platform.release()}"


def _fdatasync(folder: Path) -> float:
    took = []
    file = folder / "fdatasync"
    with file.open("wb", buffering=0) as out:
        for _ in range(300):
            begun = time.perf_counter()
            out.write(b"\0" * 4096)
            os.fdatasync(out.fileno())
            took.append(time.perf_counter() - begun)
    file.unlink()
    return median(took) * 1_000


def _ours() -> str:
    return ", ".join(f"{name} {version(name)}" for name in OURS)


def _peers() -> str:
    known = versions()
    return ", ".join(f"{name} {known[name]}" for name in PEERS)
