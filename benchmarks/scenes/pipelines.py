"""Pipelines: what a step costs beside make and Prefect, and how long a list of runs takes."""

import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most, part
from benchmarks.graph import ALL, SIDE_BY_SIDE, STEPS, TASKS
from benchmarks.measure import Contender, Found, Samples, in_turns, run
from benchmarks.served import fetched, server

TITLE = "Pipelines"
NOTES = f"""
- The graph: {TASKS} tasks of {STEPS} steps, {SIDE_BY_SIDE} tasks side by side; each step starts the program
  `true`. For make a task is a target. Overhead is what a run takes beyond make, which keeps nothing, divided
  by {ALL}.
- Ours is `taskforce run pipeline` in a new home, as shipped: synchronous=FULL, a record, rows and a log for
  each step, each step in a process group that is ended for good. A run is from started_at to completed_at. A
  step's record is on the disk before the next step of its task begins. Of a log that is empty, as all are
  here, the record is all that is stored: a step that prints has a file beside it, and its sync.
- Prefect stands on its own local server with SQLite, which the flow starts before its time is taken. As
  shipped a task is a function in a thread that calls the ten steps; tuned, steps are coroutines, and nothing
  is logged, cached or persisted. Its flow goes on while the server is still being told: "recorded" is until
  the server has all {ALL} steps as completed; "returned" is until the flow has all results.
- The goal counts "recorded", for overhead is what it costs to have run a step and to know it: our time ends
  when all steps are stored, and so must that of a peer. When Prefect's flow returns, its server has yet to
  be told of many steps, and a crash of the flow then loses what they came to. Against "returned" we may be
  slower, since we wait for the disk at each step; that line has no goal, and stands here to be seen.
- "From nothing" is from the start of the command, or process, to its end.
- The list is the worst of four pages of 100 runs: newest first, by branch, by status, by both.
"""
MAKE = "benchmarks.bare.make"
OURS = "benchmarks.ours.pipeline"
PREFECT = "benchmarks.peers.prefect_steps"
LOAD = "benchmarks.load.get"
REPOSITORY = "bench/runs"
FILTERS = ("", "&branch=main", "&status=cancelled", "&branch=release&status=cancelled")
SECONDS = 3


def measure(bench: Bench) -> Sequence[Row]:
    """Measure the graph, then the list."""
    return [*_graph(bench), _list(bench)]


def _graph(bench: Bench) -> Sequence[Row]:
    def ours() -> Found:
        found: Found = run(bench.ours, OURS, folder=bench.folder("pipeline"))
        return found

    def make() -> Found:
        found: Found = run(bench.ours, MAKE, folder=bench.folder("make"))
        return found

    def prefect(*, tuned: bool) -> Found:
        folder = bench.folder("prefect")
        found: Found = run(bench.prefect, PREFECT, folder=folder, tuned=tuned, begun=time.time())
        return found

    contenders: dict[str, Contender] = {
        "make": make,
        "ours": ours,
        "shipped": partial(prefect, tuned=False),
        "tuned": partial(prefect, tuned=True),
    }
    found = in_turns(contenders, rounds=bench.rounds)
    bare = found["make"]["seconds"]
    over = {name: _overhead(each["seconds"], bare) for name, each in found.items()}
    profile = partial(
        profiler.of_child, bench, bench.ours, OURS, and_its_own=True, folder=bench.folder("pipeline")
    )
    return [
        Row(
            what="a run of no-op steps, over make",
            unit="ms a step",
            ours=over["ours"],
            goal=at_most(10),
            profile=profile,
        ),
        Row(
            what="the same, against Prefect recorded",
            unit="ms a step",
            ours=over["ours"],
            shipped=over["shipped"],
            tuned=over["tuned"],
            goal=part(1 / 5),
            profile=profile,
        ),
        Row(
            what="the same, against Prefect returned",
            unit="ms a step",
            ours=over["ours"],
            shipped=_overhead(found["shipped"]["done"], bare),
            tuned=_overhead(found["tuned"]["done"], bare),
        ),
        Row(
            what="all of it, from nothing",
            unit="s",
            ours=found["ours"]["whole"],
            shipped=found["shipped"]["whole"],
            tuned=found["tuned"]["whole"],
        ),
        Row(what="make, to compare", unit="ms a step", ours=bare.times(1_000 / ALL)),
    ]


def _overhead(seconds: Samples, bare: Samples) -> Samples:
    """Return what each step took beyond make, in milliseconds."""
    return Samples(tuple(1_000 * (value - bare.median) / ALL for value in seconds.values))


def _list(bench: Bench) -> Row:
    home = Path(bench.folder("runs")) / "home"
    run(bench.ours, "benchmarks.ours.runs", folder=str(home), repository=REPOSITORY)
    with server(bench.ours, "benchmarks.ours.server", folder=str(home), workers=0) as (port, pid):
        paths = [f"/v1/runs?repository={REPOSITORY}&limit=100{narrowed}" for narrowed in FILTERS]
        for path in paths:
            _check(json.loads(fetched(port, path)))

        def page(path: str) -> Found:
            told: Found = run(bench.ours, LOAD, port=port, path=path, clients=1, seconds=SECONDS)
            return told

        found = in_turns({path: partial(page, path) for path in paths}, rounds=bench.rounds)
        worst = max(found, key=lambda path: found[path]["p50_ms"].median)
        row = Row(
            what="1,000 runs listed by filters over HTTP, median",
            unit="ms",
            ours=found[worst]["p50_ms"],
            goal=at_most(50),
        )
        lines = () if row.is_met else profiler.of_server(bench, pid, partial(page, worst))
        return row.explained(lines)


def _check(listed: Mapping[str, object]) -> None:
    """See that a list is full, so that it is the whole work that is measured."""
    runs = listed["runs"]
    if not isinstance(runs, list) or len(runs) != 100:  # noqa: PLR2004 - the longest page
        raise SystemExit(f"a page of 100 runs was expected, not {listed}")
