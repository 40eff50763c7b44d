"""The simulator in processes: when it speaks up, and what it does about processes that die."""

import os
import pickle
import signal
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest

from taskforce.core.clock import Clock
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.scenarios.canonical import document
from taskforce.core.scenarios.errors import ComputationLost
from taskforce.core.scenarios.model import RunFacts, SnapshotId
from taskforce.core.scenarios.ports import Slice
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.infrastructure.processes.computing import Computing
from taskforce.infrastructure.scenarios.computed import MOST_DEATHS, ComputedSimulator, Kept, simulate
from taskforce.infrastructure.scenarios.made_files import files_of_run
from taskforce.infrastructure.system.clock import SystemClock
from tests.integration.scenarios.plays import computing_below
from tests.unit.core.scenarios.engine.rich_plant import RICH
from tests.unit.core.scenarios.outcomes import a_plant, replications

PLANT = document(RICH)
LONG = ScenarioConfig(replications=1_000)


class Ticking(Clock):
    """Goes on by a tenth of a second each time that somebody looks; its wall clock is out of order."""

    def __init__(self) -> None:
        self.ticks = 0

    def now(self) -> datetime:
        raise AssertionError("nobody measures with a clock that may be set back")

    def monotonic(self) -> float:
        self.ticks += 1
        return self.ticks / 10


@pytest.fixture
def computing() -> Iterator[Computing]:
    computing = Computing(processes=1)
    yield computing
    computing.close()


def test_slices_come_several_times_a_second_and_those_that_are_kept_as_often_as_told() -> None:
    clock = Ticking()
    told: list[float] = []
    kept: list[float] = []
    slices: list[Slice] = []
    for piece in simulate(PLANT, ScenarioConfig(replications=300), b"", clock, 1.0):
        slices.append(piece)
        (told if piece.state is None else kept).append(clock.ticks / 10)
    assert max(after - before for before, after in pairwise(told)) < 0.7
    assert max(after - before for before, after in pairwise(kept)) < 1.5
    assert len(kept) > 2
    assert [piece.done for piece in slices] == sorted(piece.done for piece in slices)
    assert sum(len(piece.ended) for piece in slices) == 300
    assert all(not piece.ended for piece in slices if piece.state is None)


async def test_processes_that_die_one_after_the_other_end_the_simulation(computing: Computing) -> None:
    simulator = ComputedSimulator(computing, SystemClock(), keeping=600.0)
    killed = set()

    async def kill_each() -> None:
        async with simulator.play(PLANT, LONG, b"") as slices:
            async for _ in slices:
                for pid in computing_below(os.getpid()):
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)

    with pytest.raises(ComputationLost, match="Simulate less at once"):
        await kill_each()
    assert len(killed) == MOST_DEATHS


def test_replications_are_opened_one_at_a_time_and_come_to_the_same_files() -> None:
    outcomes = replications(3)
    kept = Kept([pickle.dumps(outcome) for outcome in outcomes])
    assert kept[0] is not kept[0]
    assert (len(kept), tuple(kept), tuple(kept[1:])) == (3, outcomes, outcomes[1:])
    facts = RunFacts(
        id=JobId("run"),
        project=ProjectId("shop"),
        snapshot=SnapshotId("s"),
        checksum="ab" * 32,
        scenario=ScenarioConfig(),
    )
    opened, whole = ([*files_of_run(a_plant(), facts, of, version="1")] for of in (kept, outcomes))
    assert opened == whole
