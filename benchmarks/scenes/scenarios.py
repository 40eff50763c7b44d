"""Simulation: jobs a second on one plant, by our engine and by its peers."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most, times
from benchmarks.measure import Found, Samples, in_turns, run

TITLE = "Simulation"
NOTES = """
- CPU time of one thread, the better of two in each process, so that others on the machine count little;
  one row is by the wall's clock, over all six replications, and bears what others took.
- The plain shop: 10,000 jobs of 8 steps, 16 machines in 8 groups, 4 families with setups, earliest due date.
  The whole shop has 16 operators with skills, failures with repair, scrap and rework besides. Both engines
  tell of each job how long it waited, was set up and processed. Mean lead times over three replications
  must be within 5 % of each other, else nothing is told here.
- In SimPy machines are processes that take jobs from a `PriorityStore` and operators from a `FilterStore`;
  failures interrupt them. That machine waits for an operator with a job in hand; ours takes the job then.
- The first replication keeps a timeline, the others do not; SimPy's is a list of tuples. Ours is put in
  order when it is first looked at: the row in seconds has that, too.
- Ciw has no setups by family: it plays a plain flow line of 8 stations, first in first out, and keeps its
  records.
- An experiment is ten scenarios of three replications of 5,000 jobs each, in processes of the pool that are
  there already, one of them or two: once as the wall's clock has it, which holds only while nobody else
  wants the two cores, and once less what they waited for cores that others had. The latter has no goal: on
  a busy machine it takes off too much, and comes to more than twice.
- The cyclic collector of Python is off while ours plays, for it has nothing to find. SimPy's makes no
  garbage either: it takes as many instructions with it as without.
"""
EXPERIMENT = "benchmarks.ours.experiment"
OURS, SIMPY, CIW = "benchmarks.ours.simulate", "benchmarks.peers.simpy_shop", "benchmarks.peers.ciw_line"
PLANTS = ("whole", "plain", "line")
JOBS = 10_000
NOISE = 0.05


def measure(bench: Bench) -> Sequence[Row]:
    """Measure all plants in turns."""

    def simulated(python: Path, module: str, plant: str, jobs: int = JOBS) -> Found:
        found: Found = run(python, module, jobs=jobs, plant=plant, replications=3, seed=1)
        return found

    def experimented(processes: int) -> Found:
        asked: dict[str, Any] = {"plant": "whole", "jobs": 5_000, "replications": 3, "scenarios": 10}
        found: Found = run(bench.ours, EXPERIMENT, **asked, processes=processes)
        return found

    contenders = {}
    for plant in PLANTS:
        peer = CIW if plant == "line" else SIMPY
        contenders[f"ours {plant}"] = partial(simulated, bench.ours, OURS, plant)
        contenders[f"peer {plant}"] = partial(simulated, bench.peers, peer, plant)
    contenders["ours twice"] = partial(simulated, bench.ours, OURS, "whole", 2 * JOBS)
    for processes in (1, 2):
        contenders[f"experiment {processes}"] = partial(experimented, processes)
    found = in_turns(contenders, rounds=bench.rounds)
    for plant in PLANTS:
        lead, other = (found[f"{who} {plant}"]["lead"].median for who in ("ours", "peer"))
        if abs(lead / other - 1) > NOISE:
            raise SystemExit(f"These are two plants: mean lead times of {lead:.2f} and {other:.2f} hours.")
    spied = partial(
        profiler.of_child, bench, bench.ours, OURS, jobs=JOBS, plant="whole", replications=3, seed=1
    )

    def row(what: str, plant: str, figure: str, bound: float | None = None) -> Row:
        ours, peer = found[f"ours {plant}"][figure], found[f"peer {plant}"][figure]
        goal = None if bound is None else times(bound)
        return Row(what=what, unit="jobs/s", ours=ours, shipped=peer, goal=goal, profile=spied)

    whole = found["ours whole"]
    return [
        row("the whole shop, to SimPy", "whole", "jobs_per_s", 3),
        row("the whole shop by the wall's clock, to SimPy", "whole", "wall_jobs_per_s"),
        row("the whole shop with a timeline, to SimPy", "whole", "told_jobs_per_s"),
        row("the plain shop, to SimPy", "plain", "jobs_per_s"),
        row("a flow line with a timeline, to Ciw", "line", "told_jobs_per_s", 3),
        Row(
            what="10,000 jobs of 8 steps with a timeline",
            unit="s",
            ours=whole["told_seconds"],
            goal=at_most(10),
            profile=spied,
        ),
        *(
            Row(
                what=f"ten scenarios on two cores, to one core, {how}",
                unit="scenarios/s",
                ours=found["experiment 2"][figure],
                shipped=found["experiment 1"][figure],
                goal=goal,
            )
            for how, figure, goal in (
                ("by the wall's clock", "per_s", times(1.7)),
                ("less waits", "undisturbed_per_s", None),
            )
        ),
        Row(what="memory for them", unit="MiB", ours=whole["mib"]),
        Row(
            what="jobs in the memory, 20,000 to 10,000",
            unit="jobs/MiB",
            ours=_a_mib(2 * JOBS, found["ours twice"]["mib"]),
            shipped=_a_mib(JOBS, whole["mib"]),
            goal=times(0.9),
        ),
    ]


def _a_mib(jobs: int, mib: Samples) -> Samples:
    """Return how many jobs a MiB holds."""
    return Samples(tuple(jobs / value for value in mib.values))
