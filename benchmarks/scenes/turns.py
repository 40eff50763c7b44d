"""Durable turns of an agent, one tool call and an answer, against LangGraph and agno."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from benchmarks import profiler
from benchmarks.environment import Bench
from benchmarks.goals import Goal, Row, at_least, at_most, times
from benchmarks.measure import Found, Samples, in_turns, run

TITLE = "Durable agent turns"
NOTES = """
- A turn is a question, a model reply that calls a tool, the tool, and a model reply that answers. All use a
  scripted model and one tool that answers from memory; agno and ours show the model the last 20 exchanges.
- Ours runs with the shipped `script:` model, which reads its file at each reply; the rows "in-memory model"
  use one that reads nothing, as the peers' do.
- LangGraph is `create_react_agent` with `SqliteSaver` as shipped (WAL, synchronous=FULL). With
  `durability="exit"` it keeps the end of a turn only, so that a crash loses the turn: less than ours
  promises, and shown for comparison.
- The peers run 16 sessions from 16 threads; their column "tuned" is their rate with one session from one
  thread, which is more where they stand in each other's way.
- agno is its Agent with history and `SqliteDb` (WAL, synchronous=FULL), which stores a turn at its end.
- Disk is what the files grow by from turn 10 to turn 200 of a session, by turn.
"""
OURS = "benchmarks.ours.turns"
LANGGRAPH = "benchmarks.peers.langgraph_turns"
AGNO = "benchmarks.peers.agno_turns"
MANY = 16

Rates: TypeAlias = Mapping[str, Samples]
Profile: TypeAlias = Callable[[], Sequence[str]]


def measure(bench: Bench) -> Sequence[Row]:
    """Measure many sessions at once, one alone, and a long one."""
    alone, at_once = _rates(bench, sessions=1), _rates(bench, sessions=MANY)
    rows = [
        Row(
            what="16 sessions at once",
            unit="turns/s",
            ours=at_once["ours"],
            goal=at_least(600),
            profile=partial(_profile, bench, MANY),
        ),
        *_compared("16 sessions at once", at_once, tuned=alone),
        *_compared("one session", alone, profile=partial(_profile, bench, 1)),
    ]
    return [*rows, *_long(bench)]


def _compared(
    what: str, rate: Rates, *, tuned: Rates | None = None, profile: Profile | None = None
) -> Sequence[Row]:
    def row(
        against: str, ours: str, peer: str, goal: Goal | None = None, profile: Profile | None = None
    ) -> Row:
        faster = tuned[peer] if tuned else None
        return Row(
            what=f"{what}, {against}",
            unit="turns/s",
            ours=rate[ours],
            shipped=rate[peer],
            tuned=faster,
            goal=goal,
            profile=profile,
        )

    return [
        row("against LangGraph", "ours", "langgraph", times(3)),
        row("against agno", "ours", "agno", times(1), profile),
        row("in-memory model, against agno", "in memory", "agno"),
        row("in-memory model, against LangGraph with exit", "in memory", "langgraph exit"),
    ]


def _rates(bench: Bench, *, sessions: int) -> Rates:
    ours_turns, peers_turns = (40, 8) if sessions > 1 else (120, 60)

    def ours(*, in_memory: bool) -> Found:
        told: dict[str, Any] = {"sessions": sessions, "turns": ours_turns, "in_memory": in_memory}
        return run(bench.ours, OURS, case="at_once", folder=bench.folder("turns"), **told)

    def peer(module: str, durability: str | None = None) -> Found:
        told: dict[str, Any] = {"sessions": sessions, "turns": peers_turns, "durability": durability}
        return run(bench.peers, module, case="at_once", folder=bench.folder("turns"), **told)

    found = in_turns(
        {
            "ours": partial(ours, in_memory=False),
            "in memory": partial(ours, in_memory=True),
            "langgraph": partial(peer, LANGGRAPH),
            "langgraph exit": partial(peer, LANGGRAPH, "exit"),
            "agno": partial(peer, AGNO),
        },
        rounds=bench.rounds,
    )
    return {name: samples["turns_per_s"] for name, samples in found.items()}


def _profile(bench: Bench, sessions: int) -> Sequence[str]:
    turns = 80 if sessions > 1 else 600
    told: dict[str, Any] = {"case": "at_once", "sessions": sessions, "turns": turns, "in_memory": False}
    return profiler.of_child(bench, bench.ours, OURS, folder=bench.folder("turns"), **told)


def _long(bench: Bench) -> Sequence[Row]:
    def ours() -> Found:
        folder = bench.folder("turns")
        return run(bench.ours, OURS, case="long", folder=folder, sessions=1, in_memory=False)

    def peer(module: str) -> Found:
        return run(bench.peers, module, case="long", folder=bench.folder("turns"), durability=None)

    found = in_turns(
        {"ours": ours, "langgraph": partial(peer, LANGGRAPH), "agno": partial(peer, AGNO)},
        rounds=min(bench.rounds, 3),
    )
    ours_, langgraph, agno = found["ours"], found["langgraph"], found["agno"]
    return [
        Row(what="turn 200 by turn 10 of a session", unit="times", ours=ours_["growth"], goal=at_most(1.3)),
        Row(what="the same, LangGraph", unit="times", ours=ours_["growth"], shipped=langgraph["growth"]),
        Row(what="the same, agno", unit="times", ours=ours_["growth"], shipped=agno["growth"]),
        Row(
            what="disk a turn",
            unit="bytes",
            ours=ours_["disk"],
            goal=at_most(3_072),
            profile=partial(_tables, bench),
        ),
        Row(what="the same, LangGraph", unit="bytes", ours=ours_["disk"], shipped=langgraph["disk"]),
        Row(what="the same, agno", unit="bytes", ours=ours_["disk"], shipped=agno["disk"]),
    ]


def _tables(bench: Bench) -> Sequence[str]:
    folder = bench.folder("turns")
    run(bench.ours, OURS, case="long", folder=folder, sessions=1, in_memory=False)
    found: list[dict[str, Any]] = run(bench.ours, "benchmarks.ours.disk", folder=folder)["tables"]
    return ["Bytes a turn, by table and index:"] + [
        f"{each['bytes']:8.0f} {each['name']} ({each['rows']:.1f} rows a turn)" for each in found
    ]
