"""Imports: a plant of very many rows."""

from collections.abc import Sequence
from functools import partial

from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most
from benchmarks.measure import Found, in_turns, run

TITLE = "Imports"
NOTES = """
- A plant of 200,000 rows in five CSV files, nearly all of them demand, each release at a minute of its own.
- From the files in memory to the snapshot on the disk: read, checked, referred, ordered, written.
- Memory is the most that the whole process had, in MiB.
"""
ROWS = 200_000


def measure(bench: Bench) -> Sequence[Row]:
    """Measure one import, each in a process and a home of its own."""
    found = in_turns({"ours": partial(_imported, bench)}, rounds=bench.rounds)["ours"]
    return [
        Row(what="200,000 rows", unit="s", ours=found["seconds"], goal=at_most(5)),
        Row(what="the same: memory", unit="MiB", ours=found["mebibytes"], goal=at_most(300)),
    ]


def _imported(bench: Bench) -> Found:
    return run(bench.ours, "benchmarks.ours.imports", folder=bench.folder("imports"), rows=ROWS)
