"""HTTP: a job shown, missions executed."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Goal, Row, at_least, at_most, times
from benchmarks.load.wrk import rate
from benchmarks.measure import Found, Samples, in_turns, run
from benchmarks.served import beside, fetched, server

TITLE = "HTTP"
NOTES = """
- GET: wrk with 16 connections, server on the first core, wrk on the second. Meanwhile another process
  records 50 steps a second in the same database, beside the bare route too. The bare route gives the same
  JobView from memory.
- POST: missions of a scripted model over kept-alive connections, nothing pinned, synchronous=FULL. "An
  answer" is one model reply with the profile `dev`; "a tool call and an answer" is the turn of the table
  above. Each request is a new session with a folder of its own.
- Overhead is a request's time less the time from the first to the last event of its mission's log.
"""
SERVER = "benchmarks.ours.server"
EXECUTE = "benchmarks.load.execute"
SECONDS = 4
SEEN = ("They are the requests of the profile with one client above.",)


@dataclass(frozen=True, slots=True)
class Stand:
    """Our server and the bare one, side by side, and what to ask them."""

    bench: Bench
    port: int
    pid: int
    bare_port: int
    job: str
    answer: dict[str, str]
    call: dict[str, str]

    def get(self, port: int, path: str) -> Found:
        """Ask for the job as fast as it goes."""
        return {"per_s": rate(self.bench.ours, port, path, clients=16, seconds=SECONDS)}

    def execute(self, mission: dict[str, str], clients: int) -> Found:
        """Execute missions as fast as it goes."""
        return run(
            self.bench.ours, EXECUTE, port=self.port, mission=mission, clients=clients, seconds=SECONDS
        )


def measure(bench: Bench) -> Sequence[Row]:
    """Measure reads and missions."""
    rows: list[Row] = []
    for pinned, measured in ((True, _reads), (False, _missions)):
        with _stand(bench, pinned=pinned) as stand:
            for row in measured(stand):
                # Profiles need the servers that run now.
                lines = row.profile() if row.profile and row.is_met is False else ()
                rows.append(row.explained(lines))
    return rows


def _reads(stand: Stand) -> Sequence[Row]:
    ours = partial(stand.get, stand.port, f"/api/v1/jobs/{stand.job}")
    bare = partial(stand.get, stand.bare_port, f"/jobs/{stand.job}")
    found = in_turns({"ours": ours, "bare": bare}, rounds=stand.bench.rounds)
    return [
        Row(
            what="GET of a job, against a bare FastAPI route",
            unit="requests/s",
            ours=found["ours"]["per_s"],
            shipped=found["bare"]["per_s"],
            goal=times(0.3),
            profile=partial(profiler.of_server, stand.bench, stand.pid, ours),
        )
    ]


def _missions(stand: Stand) -> Sequence[Row]:
    contenders = {
        "answer, 1": partial(stand.execute, stand.answer, 1),
        "answer, 10": partial(stand.execute, stand.answer, 10),
        "call, 1": partial(stand.execute, stand.call, 1),
        "call, 10": partial(stand.execute, stand.call, 10),
    }
    found = in_turns(contenders, rounds=stand.bench.rounds)

    def row(what: str, key: str, figure: str, goal: Goal | None = None, unit: str = "requests/s") -> Row:
        spied = partial(profiler.of_server, stand.bench, stand.pid, contenders[key])
        profile = spied if figure == "per_s" else partial(list[str], SEEN)
        samples: Samples = found[key][figure]
        return Row(what=what, unit=unit, ours=samples, goal=goal, profile=profile)

    return [
        row("POST of a mission that is an answer, one client", "answer, 1", "per_s", at_least(250)),
        row("the same, ten clients", "answer, 10", "per_s", at_least(450)),
        row("overhead p99, one client", "answer, 1", "overhead_p99_ms", at_most(5), "ms"),
        row("POST of a tool call and an answer, one client", "call, 1", "per_s"),
        row("the same, ten clients", "call, 10", "per_s"),
        row("its overhead p99, one client", "call, 1", "overhead_p99_ms", at_most(5), "ms"),
    ]


@contextmanager
def _stand(bench: Bench, *, pinned: bool) -> Iterator[Stand]:
    home = Path(bench.folder("requests")) / "home"
    told = run(bench.ours, "benchmarks.ours.prepare", folder=str(home), events=100)
    scripts = run(bench.ours, "benchmarks.ours.scripts", folder=str(home.parent))
    core = 0 if pinned else None
    with server(bench.ours, SERVER, core=core, folder=str(home), workers=16) as (port, pid):
        job = json.loads(fetched(port, f"/api/v1/jobs/{told['small']}"))
        with server(bench.ours, "benchmarks.bare.api", core=core, job=job) as (bare_port, _):
            answer = {"model": scripts["answer"]}
            call = {"model": scripts["call"], "profile": scripts["profile"]}
            stand = Stand(bench, port, pid, bare_port, told["small"], answer, call)
            if pinned:
                with beside(bench.ours, "benchmarks.ours.writer", core=1, folder=str(home), rate=50):
                    time.sleep(2)  # until it writes
                    yield stand
            else:
                yield stand
