"""What a request costs before its route is reached: CPU of all that stands around it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_most
from benchmarks.measure import Found, in_turns, run

TITLE = "Around a request"
NOTES = """
- CPU time of one thread, by request, in one process: the same FastAPI route without and with all of our
  middleware (request id and trace, limits, access, HEAD, CORS), in turns of 200 requests for some seconds.
  Of each the least is taken, for the rest is what others do to the machine. No sockets, no server.
- "As shipped" writes one line of JSON to the log for each request, which a bare FastAPI does not.
"""
STACK = "benchmarks.ours.stack"
SECONDS = 3


def measure(bench: Bench) -> Sequence[Row]:
    """Measure the middleware, silent and as shipped."""

    def told(log_level: str) -> dict[str, Any]:
        return {"folder": bench.folder("access"), "seconds": SECONDS, "log_level": log_level}

    def stack(log_level: str) -> Found:
        found: Found = run(bench.ours, STACK, **told(log_level))
        return found

    found = in_turns({level: partial(stack, level) for level in ("error", "info")}, rounds=bench.rounds)
    silent, shipped = found["error"], found["info"]
    return [
        Row(
            what="all middleware, over bare FastAPI, CPU a request",
            unit="µs",
            ours=silent["stack_us"],
            goal=at_most(60),
            profile=lambda: profiler.of_child(bench, bench.ours, STACK, **told("error")),
        ),
        Row(what="the same as shipped, with its line in the log", unit="µs", ours=shipped["stack_us"]),
        Row(what="a bare FastAPI route, to compare", unit="µs", ours=silent["bare_us"]),
    ]
