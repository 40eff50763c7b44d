"""SSE: a log replayed, a log followed live, thousands of streams on which nothing happens."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Row, at_least, at_most, times
from benchmarks.measure import Found, Samples, in_turns, run
from benchmarks.served import beside, fetched, server

TITLE = "Server-sent events"
NOTES = """
- Replay: 100 clients read a log of 1,000 events (410 bytes each on the wire) from its beginning at the same
  time; server on the first core, clients on the second. The peer is sse-starlette that is given the very
  same bytes from memory, 50 events a chunk: it reads no database and encodes nothing.
- Live: a job in the server tells 100 events a second, each recorded in a commit of its own; the delay is
  from the call to `emit` until a client has it.
- Idle: streams on one job that does nothing; memory is the server's growth by stream. Meanwhile one client
  asks for the job every 10 ms.
"""
SERVER = "benchmarks.ours.server"
WATCH = "benchmarks.load.watch"
EVENTS = 1_000
CLIENTS = 100
IDLE = 10_000
OPENING = 60
SECOND_CORE = ("taskset", "-c", "1")


def measure(bench: Bench) -> Sequence[Row]:
    """Measure all three."""
    return [*_replay(bench), *_live(bench), *_idle(bench)]


def _replay(bench: Bench) -> Sequence[Row]:
    home = Path(bench.folder("streams")) / "home"
    told = run(bench.ours, "benchmarks.ours.prepare", folder=str(home), events=EVENTS)
    path = f"/api/v1/jobs/{told['long']}/events"
    log = home.parent / "log"

    def read(port: int, path: str) -> Found:
        asked = {"port": port, "path": path, "clients": CLIENTS, "events": EVENTS}
        return run(bench.ours, WATCH, before=SECOND_CORE, case="replay", **asked)

    with server(bench.ours, SERVER, core=0, folder=str(home), workers=1) as (port, pid):
        hello, _, events = fetched(port, path, accept="text/event-stream").partition(b"\n\n")
        if b"retry" not in hello:
            raise SystemExit(f"a stream begins with {hello!r}")
        log.write_bytes(events)
        with server(bench.peers, "benchmarks.bare.sse", core=0, log=str(log)) as (bare, _):
            found = in_turns(
                {"ours": partial(read, port, path), "bare": partial(read, bare, "/events")},
                rounds=bench.rounds,
            )
        row = Row(
            what="replay of 1,000 events to 100 clients",
            unit="events/s",
            ours=found["ours"]["events_per_s"],
            shipped=found["bare"]["events_per_s"],
            goal=times(0.5),
        )
        lines = () if row.is_met else profiler.of_server(bench, pid, partial(read, port, path))
    first = Row(
        what="the same: the last client's first event",
        unit="ms",
        ours=found["ours"]["first_p99_ms"],
        shipped=found["bare"]["first_p99_ms"],
    )
    return [row.explained(lines), first]


def _live(bench: Bench) -> Sequence[Row]:
    with _teller(bench, {"paced": 1_000_000, "rate": 100.0}) as (port, pid, job):

        def follow() -> Found:
            last = json.loads(fetched(port, f"/api/v1/jobs/{job}"))["last_event"]
            path = f"/api/v1/jobs/{job}/events?after={last}"
            found: Found = run(
                bench.ours, WATCH, case="live", port=port, path=path, clients=CLIENTS, seconds=4
            )
            return found

        found = in_turns({"ours": follow}, rounds=bench.rounds)["ours"]
        row = Row(
            what="live, 100 events/s to 100 clients, delay p99",
            unit="ms",
            ours=found["p99_ms"],
            goal=at_most(10),
        )
        lines = () if row.is_met else profiler.of_server(bench, pid, follow)
    return [
        row.explained(lines),
        Row(what="the same, delay p50", unit="ms", ours=found["p50_ms"]),
        Row(what="the same, events told", unit="events/s", ours=found["events_per_s"]),
    ]


def _idle(bench: Bench) -> Sequence[Row]:
    def hold() -> Found:
        with _teller(bench, {"hold": 3_600}) as (port, pid, job):
            return run(bench.ours, WATCH, seconds=15, **_held(port, pid, job))

    found = in_turns({"ours": hold}, rounds=max(1, bench.rounds // 2))["ours"]
    streams = round(found["streams"].median)
    late = Row(what="the API's p99 meanwhile", unit="ms", ours=found["api_p99_ms"], goal=at_most(50))
    return [
        Row(
            what=f"{streams:,} idle streams, memory a stream", unit="KiB", ours=found["kib"], goal=at_most(64)
        ),
        late.explained(() if late.is_met else _profile_of_idle(bench)),
        Row(what="time to open them", unit="s", ours=found["opening_s"]),
        Row(what="streams kept open", unit="streams", ours=_kept(found), goal=at_least(IDLE)),
    ]


def _profile_of_idle(bench: Bench) -> Sequence[str]:
    """Look at the server once all streams are open."""
    with (
        _teller(bench, {"hold": 3_600}) as (port, pid, job),
        beside(bench.ours, WATCH, seconds=30, **_held(port, pid, job)),
    ):
        until = time.monotonic() + OPENING
        while _open_files(pid) < IDLE and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(3)  # until the last of them has begun
        return profiler.of_process(bench, pid, seconds=10)


def _held(port: int, pid: int, job: str) -> dict[str, Any]:
    path = f"/api/v1/jobs/{job}"
    held = {"case": "idle", "port": port, "path": f"{path}/events", "clients": IDLE}
    return {**held, "pid": pid, "other": path}


def _open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _kept(found: dict[str, Samples]) -> Samples:
    pairs = zip(found["streams"].values, found["lost"].values, strict=True)
    return Samples(tuple(streams - lost for streams, lost in pairs))


@contextmanager
def _teller(bench: Bench, input: dict[str, float]) -> Iterator[tuple[int, int, str]]:
    """Run our server with a job that tells events, and give port, process and job."""
    folder = bench.folder("streams")
    with server(bench.ours, SERVER, folder=folder, workers=4, begin=[input]) as (port, pid):
        (job,) = json.loads(fetched(port, "/api/v1/jobs?kind=teller"))["items"]
        yield port, pid, job["id"]
