"""Simulations and their evaluation, computed in processes beside this one."""

import pickle
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TypeVar

from taskforce.core.clock import Clock
from taskforce.core.scenarios.canonical import plant_of
from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.model import RunFacts
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.ports import (
    Evaluated,
    Evaluation,
    Evaluator,
    MadeFile,
    Simulator,
    Slice,
)
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.infrastructure.processes.computing import Computing
from taskforce.infrastructure.scenarios.made_files import files_of_debrief, files_of_run
from taskforce.infrastructure.scenarios.on_demand import check_extra

T = TypeVar("T")

EVENTS = 2_000
"""Events between two looks at the clock: some milliseconds."""
TELLING = timedelta(seconds=0.5)
"""How long it takes from one slice to the next."""
KEEPING = timedelta(seconds=5)
"""How long it takes from one slice that is kept to the next."""


class ComputedSimulator(Simulator):
    """Simulates in a process of the pool."""

    def __init__(self, computing: Computing, clock: Clock) -> None:
        self._computing = computing
        self._clock = clock

    def play(
        self, plant: bytes, scenario: ScenarioConfig, state: bytes
    ) -> AbstractAsyncContextManager[AsyncIterator[Slice]]:
        return self._computing.run(simulate, plant, scenario, state, self._clock)


class ComputedEvaluator(Evaluator):
    """Counts, draws and prints in a process of the pool."""

    def __init__(self, computing: Computing, *, version: str) -> None:
        self._computing = computing
        self._version = version

    def check(self) -> None:
        check_extra()

    async def evaluate(self, plant: bytes, facts: RunFacts, replications: Sequence[bytes]) -> Evaluation:
        async with self._computing.run(evaluate, plant, facts, tuple(replications), self._version) as answers:
            return await _only(answers)

    async def debrief(self, run: Evaluated, baseline: Evaluated | None) -> tuple[MadeFile, ...]:
        async with self._computing.run(debrief, run, baseline, self._version) as answers:
            return await _only(answers)


async def _only(answers: AsyncIterator[T]) -> T:
    """Return the one answer, once the work is over: the process is free again then."""
    (answer,) = [answer async for answer in answers]
    return answer


# ------------------------------------------------------------ in the process


def simulate(plant: bytes, scenario: ScenarioConfig, state: bytes, clock: Clock) -> Iterator[Slice]:
    """Simulate on from a state, and give slices as `Simulator.play` promises."""
    known = plant_of(plant)
    simulation = Simulation.thaw(known, scenario, state) if state else Simulation.begin(known, scenario)
    ended: list[bytes] = []
    told = kept = clock.now()
    is_over = False
    while not is_over:
        is_over = simulation.play(EVENTS)
        ended += map(_sealed, simulation.finished())
        now = clock.now()
        if is_over:
            yield Slice(done=1.0, state=b"", ended=tuple(ended))
        elif now - kept >= KEEPING:
            yield Slice(done=simulation.done, state=simulation.freeze(), ended=tuple(ended))
            ended, told, kept = [], now, clock.now()
        elif now - told >= TELLING:
            yield Slice(done=simulation.done)
            told = now


def evaluate(
    plant: bytes, facts: RunFacts, replications: tuple[bytes, ...], version: str
) -> Iterator[Evaluation]:
    """Make the files of a run."""
    yield files_of_run(plant_of(plant), facts, [_opened(sealed) for sealed in replications], version=version)


def debrief(run: Evaluated, baseline: Evaluated | None, version: str) -> Iterator[tuple[MadeFile, ...]]:
    """Make the files of a debrief."""
    yield files_of_debrief(run, baseline, version=version)


def _sealed(replication: Replication) -> bytes:
    return pickle.dumps(replication, protocol=5)


def _opened(sealed: bytes) -> Replication:
    """Return a replication that was kept; the artifact store has checked its bytes."""
    replication = pickle.loads(sealed)  # noqa: S301 - under the run's own key, which nobody else writes
    if not isinstance(replication, Replication):
        raise TypeError("no replication was kept here")
    return replication
