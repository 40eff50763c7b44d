"""Marketplace: what it costs to find artifacts among a repository's paths, and to list very many of them."""

from collections.abc import Sequence
from functools import partial

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most
from benchmarks.measure import Found, in_turns, run

TITLE = "Marketplace"
NOTES = """
- A repository of plugins, of code and of pages; three in ten of its paths are artifacts, some lie 13 deep.
- CPU time of one thread; each round is the median of several. Both sizes take turns in one process.
- No file is read: what front matter says comes with the paths.
- A page is a use case's answer from SQLite: how many there are, and twenty of them, or a hundred. It is asked
  for in twelve ways: filtered, searched, sorted, the first and one far behind. CPU time of the whole process,
  the median of five.
- Found again is what a rescan keeps the database busy for when no artifact differs.
"""
OURS = "benchmarks.ours.detect"
CATALOGUE = "benchmarks.ours.catalogue"
PATHS = 10_000
ENTRIES = 100_000


def measure(bench: Bench) -> Sequence[Row]:
    """Measure the detector and the catalogue, each round in a process of its own."""
    found = in_turns({"ours": partial(_detected, bench)}, rounds=bench.rounds)["ours"]
    pages = in_turns({"ours": partial(_listed, bench)}, rounds=bench.rounds)["ours"]
    spied = partial(profiler.of_child, bench, bench.ours, OURS, paths=PATHS)
    return [
        Row(what="10,000 paths", unit="ms", ours=found["ms"], goal=at_most(150), profile=spied),
        Row(what="40,000 paths", unit="ms", ours=found["ms_of_fold"]),
        Row(what="the one by the other", unit="x", ours=found["ratio"], goal=at_most(4.5), profile=spied),
        Row(what="100,000 artifacts: the first page", unit="ms", ours=pages["ms"], goal=at_most(50)),
        Row(what="the slowest of 12 pages", unit="ms", ours=pages["ms_slowest"], goal=at_most(50)),
        Row(what="all of them found again", unit="s", ours=pages["seconds_again"]),
    ]


def _detected(bench: Bench) -> Found:
    return run(bench.ours, OURS, paths=PATHS)


def _listed(bench: Bench) -> Found:
    return run(bench.ours, CATALOGUE, folder=bench.folder("catalogue"), entries=ENTRIES)
