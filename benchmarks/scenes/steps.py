"""Durable steps against DBOS, both on SQLite with synchronous=FULL."""

import shutil
from collections.abc import Mapping, Sequence
from functools import partial

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, part, times
from benchmarks.measure import Contender, Found, Samples, in_turns, run

TITLE = "Durable steps"
NOTES = """
- The peer is DBOS on SQLite with synchronous=FULL: as shipped with a rollback journal, tuned with WAL, as
  ours is. Its steps are synchronous functions in its own threads, which is its faster way.
- The replayed jobs were recorded before, ours by commits of 1,000 steps, DBOS's by 1,000 steps of its own
  and copies of their rows. Timed is claiming or recovering the job, loading its record, playing through,
  ending it.
- DBOS replays 10,000 steps in every round, 100,000 in the first one only.
"""
OURS = "benchmarks.ours.steps"
DBOS = "benchmarks.peers.dbos_steps"
SHORT = 10_000
LONG = 100_000


def measure(bench: Bench) -> Sequence[Row]:
    """Measure many jobs at once, one alone, and the replay of a long one."""
    return [_many(bench), _alone(bench), *_replays(bench)]


def _many(bench: Bench) -> Row:
    found = _in_turns(bench, "many", dbos_batches=1)
    return Row(
        what="16 jobs at once, 100 steps each",
        unit="steps/s",
        ours=found["ours"]["steps_per_s"],
        shipped=found["shipped"]["steps_per_s"],
        tuned=found["tuned"]["steps_per_s"],
        goal=times(15),
        profile=partial(_profiled, bench, "many", batches=30),
    )


def _alone(bench: Bench) -> Row:
    found = _in_turns(bench, "alone", dbos_batches=5)
    return Row(
        what="one job alone",
        unit="ms a step",
        ours=found["ours"]["ms_per_step"],
        shipped=found["shipped"]["ms_per_step"],
        tuned=found["tuned"]["ms_per_step"],
        goal=part(1 / 3),
        profile=partial(_profiled, bench, "alone", batches=150),
    )


def _in_turns(bench: Bench, case: str, *, dbos_batches: int) -> Mapping[str, Mapping[str, Samples]]:
    """Measure ours and DBOS, as shipped and tuned, at one case."""

    def ours() -> Found:
        return run(bench.ours, OURS, case=case, batches=5, folder=bench.folder("steps"))

    def dbos(*, wal: bool) -> Found:
        folder = bench.folder("steps")
        return run(bench.peers, DBOS, case=case, batches=dbos_batches, folder=folder, wal=wal)

    contenders: dict[str, Contender] = {
        "ours": ours,
        "shipped": partial(dbos, wal=False),
        "tuned": partial(dbos, wal=True),
    }
    return in_turns(contenders, rounds=bench.rounds)


def _profiled(bench: Bench, case: str, *, batches: int) -> Sequence[str]:
    return profiler.of_child(
        bench, bench.ours, OURS, case=case, batches=batches, folder=bench.folder("steps")
    )


def _replays(bench: Bench) -> Sequence[Row]:
    kept = {steps: (_recorded(bench, steps), _recorded_by_dbos(bench, steps)) for steps in (SHORT, LONG)}

    def ours(steps: int) -> Found:
        return run(bench.ours, OURS, case="replay", folder=_copy(bench, kept[steps][0]))

    def dbos(steps: int) -> Found:
        folder = _copy(bench, kept[steps][1])
        return run(bench.peers, DBOS, case="recover", folder=folder, wal=True, steps=steps)

    def profile() -> Sequence[str]:
        return profiler.of_child(bench, bench.ours, OURS, case="replay", folder=_copy(bench, kept[LONG][0]))

    short = in_turns({"ours": partial(ours, SHORT), "tuned": partial(dbos, SHORT)}, rounds=bench.rounds)
    first = in_turns({"ours": partial(ours, LONG), "tuned": partial(dbos, LONG)}, rounds=1)
    rest = in_turns({"ours": partial(ours, LONG)}, rounds=bench.rounds - 1) if bench.rounds > 1 else {}
    long = Samples(first["ours"]["seconds"].values + (rest["ours"]["seconds"].values if rest else ()))
    return [
        Row(
            what="replay of 10,000 recorded steps",
            unit="s",
            ours=short["ours"]["seconds"],
            tuned=short["tuned"]["seconds"],
            goal=part(1 / 20),
        ),
        Row(
            what="replay of 100,000 recorded steps",
            unit="s",
            ours=long,
            tuned=first["tuned"]["seconds"],
            goal=part(1 / 20),
            profile=profile,
        ),
    ]


def _recorded(bench: Bench, steps: int) -> str:
    folder = bench.folder("recorded")
    run(bench.ours, OURS, case="prepare", folder=folder, steps=steps)
    return folder


def _recorded_by_dbos(bench: Bench, steps: int) -> str:
    folder = bench.folder("recorded-dbos")
    run(bench.peers, DBOS, case="prepare", folder=folder, wal=True, steps=1_000, total=steps)
    return folder


def _copy(bench: Bench, folder: str) -> str:
    fresh = bench.folder("replay")
    shutil.copytree(folder, fresh)
    return fresh
