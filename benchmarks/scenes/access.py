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
- A check is all that the gate does for one request: read the credential, look it up, prove it, give the
  principal its role; keys and the issuer's keys are known, as they are after the first request.
- "As shipped" writes one line of JSON to the log for each request, which a bare FastAPI does not.
"""
STACK = "benchmarks.ours.stack"
GATE = "benchmarks.ours.gate"
SECONDS = 3


def measure(bench: Bench) -> Sequence[Row]:
    """Measure the middleware, silent and as shipped."""

    def told(log_level: str) -> dict[str, Any]:
        return {"folder": bench.folder("access"), "seconds": SECONDS, "log_level": log_level}

    def stack(log_level: str) -> Found:
        found: Found = run(bench.ours, STACK, **told(log_level))
        return found

    def gate() -> Found:
        found: Found = run(bench.ours, GATE, folder=bench.folder("access"), seconds=SECONDS)
        return found

    contenders = {level: partial(stack, level) for level in ("error", "info")}
    found = in_turns({**contenders, "gate": gate}, rounds=bench.rounds)
    silent, shipped, checks = found["error"], found["info"], found["gate"]
    spied = partial(
        profiler.of_child, bench, bench.ours, GATE, folder=bench.folder("access"), seconds=SECONDS
    )
    return [
        Row(
            what="all middleware, over bare FastAPI, CPU a request",
            unit="µs",
            ours=silent["stack_us"],
            goal=at_most(60),
            profile=lambda: profiler.of_child(bench, bench.ours, STACK, **told("error")),
        ),
        Row(what="the same as shipped, with its line in the log", unit="µs", ours=shipped["stack_us"]),
        Row(what="check of an API key", unit="µs", ours=checks["key_us"], goal=at_most(30), profile=spied),
        Row(
            what="check of an RS256 token",
            unit="µs",
            ours=checks["rs256_us"],
            goal=at_most(120),
            profile=spied,
        ),
        Row(what="check of an ES256 token", unit="µs", ours=checks["es256_us"]),
        Row(what="a bare FastAPI route, to compare", unit="µs", ours=silent["bare_us"]),
    ]
