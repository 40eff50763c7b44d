"""Videos: what assembling costs beside bare PyAV, what it holds, and clips side by side."""

from collections.abc import Sequence
from functools import partial

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most, times
from benchmarks.measure import Found, Samples, in_turns, run

TITLE = "Videos"
NOTES = """
- Clips and film are 1280 by 720, 24 frames a second, H.264 and AAC, with two threads in the encoder.
- Bare is a loop that decodes the same clips by PyAV and encodes their frames and sound with the same
  settings: no fitting, no keeping in step, no fades. CPU time; the better of two turns in one process.
- Memory is the most that the process ever held, with the clips drawn in it: six seconds of film, and sixty.
- Two at once are clips of the offline renderer in processes of the pool, two of them or one: wall time.
"""
OURS = "benchmarks.ours.film"
TURNS = 2
LONGER = 10


def measure(bench: Bench) -> Sequence[Row]:
    """Measure joining, growing and filming side by side, in turns."""

    def filmed(work: str, times: int) -> Found:
        found: Found = run(bench.ours, OURS, work=work, times=times)
        return found

    found = in_turns(
        {
            "join": partial(filmed, "join", TURNS),
            "short": partial(filmed, "grow", 1),
            "long": partial(filmed, "grow", LONGER),
            "one": partial(filmed, "beside", 1),
            "two": partial(filmed, "beside", 2),
        },
        rounds=bench.rounds,
    )
    join = found["join"]
    return [
        Row(
            what="a film of clips, to a bare loop of PyAV",
            unit="frames/CPU s",
            ours=join["ours"],
            shipped=join["bare"],
            goal=times(1 / 1.1),
            profile=partial(profiler.of_child, bench, bench.ours, OURS, work="join", times=TURNS),
        ),
        Row(
            what="memory for ten times the length, more",
            unit="MiB",
            ours=_more(found["long"]["mib"], found["short"]["mib"]),
            goal=at_most(30),
        ),
        Row(
            what="clips on two processes, to one",
            unit="clips/s",
            ours=found["two"]["per_s"],
            shipped=found["one"]["per_s"],
            goal=times(1.5),
        ),
    ]


def _more(many: Samples, few: Samples) -> Samples:
    return Samples(tuple(one - other for one, other in zip(many.values, few.values, strict=True)))
