"""Simulations and their evaluation, computed in processes beside this one."""

import pickle
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import ParamSpec, TypeVar, overload

from taskforce.core.clock import Clock
from taskforce.core.scenarios.canonical import plant_of
from taskforce.core.scenarios.engine.simulation import Simulation
from taskforce.core.scenarios.errors import ComputationLost
from taskforce.core.scenarios.model import RunFacts
from taskforce.core.scenarios.outcome import Replication
from taskforce.core.scenarios.ports import (
    Evaluated,
    Evaluation,
    Evaluator,
    MadeFile,
    Simulator,
    Slice,
    Tell,
)
from taskforce.core.scenarios.scenario import ScenarioConfig
from taskforce.infrastructure.processes.computing import Computing, ComputingLost
from taskforce.infrastructure.scenarios.made_files import files_of_debrief, files_of_run
from taskforce.infrastructure.scenarios.on_demand import check_extra

T = TypeVar("T")
P = ParamSpec("P")

EVENTS = 2_000
"""Events between two looks at the clock: some milliseconds."""
TELLING = 0.25
"""Seconds from one slice to the next."""
KEEPING = 5.0
"""Seconds from one slice that is kept to the next."""
MOST_DEATHS = 3
"""So often processes may die over one piece of work: one is an accident, three are too little memory."""


class ComputedSimulator(Simulator):
    """Simulates in a process of the pool; when one dies, another one goes on from the last state."""

    def __init__(self, computing: Computing, clock: Clock, *, keeping: float = KEEPING) -> None:
        self._computing = computing
        self._clock = clock
        self._keeping = keeping

    @asynccontextmanager
    async def play(
        self, plant: bytes, scenario: ScenarioConfig, state: bytes
    ) -> AsyncIterator[AsyncIterator[Slice]]:
        async with aclosing(self._slices(plant, scenario, state)) as slices:
            yield slices

    async def _slices(
        self, plant: bytes, scenario: ScenarioConfig, state: bytes
    ) -> AsyncGenerator[Slice, None]:
        deaths = 0
        while True:
            work = self._computing.run(simulate, plant, scenario, state, self._clock, self._keeping)
            try:
                async with work as slices:
                    async for piece in slices:
                        if piece.state is not None:
                            state, deaths = piece.state, 0
                        yield piece
            except ComputingLost as lost:
                deaths = _one_more(deaths, lost)
            else:
                return


class ComputedEvaluator(Evaluator):
    """Counts, draws and prints in a process of the pool; when one dies, another one begins again."""

    def __init__(self, computing: Computing, *, version: str) -> None:
        self._computing = computing
        self._version = version

    def check(self) -> None:
        check_extra()

    async def evaluate(
        self, plant: bytes, facts: RunFacts, replications: Sequence[bytes], *, tell: Tell
    ) -> Evaluation:
        return await self._answer(tell, evaluate, plant, facts, tuple(replications), self._version)

    async def debrief(self, run: Evaluated, baseline: Evaluated | None) -> tuple[MadeFile, ...]:
        return await self._answer(_nobody, debrief, run, baseline, self._version)

    async def _answer(
        self, tell: Tell, work: Callable[P, Iterator[float | T]], *args: P.args, **words: P.kwargs
    ) -> T:
        deaths = 0
        while True:
            try:
                async with self._computing.run(work, *args, **words) as answers:
                    return await _only(answers, tell)
            except ComputingLost as lost:
                deaths = _one_more(deaths, lost)


def _one_more(deaths: int, lost: ComputingLost) -> int:
    """Count a death. Raises ComputationLost when there were too many."""
    if deaths + 1 == MOST_DEATHS:
        raise ComputationLost(MOST_DEATHS) from lost
    return deaths + 1


async def _only(answers: AsyncIterator[float | T], tell: Tell) -> T:
    """Return the one answer, once the work is over: the process is free again then. Tell how far it is."""
    found: list[T] = []
    async for answer in answers:
        if isinstance(answer, float):
            await tell(answer)
        else:
            found.append(answer)
    (only,) = found
    return only


async def _nobody(_share: float) -> None:
    """Tell nobody."""


# ------------------------------------------------------------ in the process


def simulate(
    plant: bytes, scenario: ScenarioConfig, state: bytes, clock: Clock, keeping: float
) -> Iterator[Slice]:
    """Simulate on from a state, and give slices as `Simulator.play` promises."""
    known = plant_of(plant)
    simulation = Simulation.thaw(known, scenario, state) if state else Simulation.begin(known, scenario)
    ended: list[bytes] = []
    told = kept = clock.monotonic()
    is_over = False
    while not is_over:
        is_over = simulation.play(EVENTS)
        ended += map(_sealed, simulation.finished())
        now = clock.monotonic()
        if is_over:
            yield Slice(done=1.0, state=b"", ended=tuple(ended))
        elif now - kept >= keeping:
            yield Slice(done=simulation.done, state=simulation.freeze(), ended=tuple(ended))
            ended, told, kept = [], now, clock.monotonic()
        elif now - told >= TELLING:
            yield Slice(done=simulation.done)
            told = now


def evaluate(
    plant: bytes, facts: RunFacts, replications: tuple[bytes, ...], version: str
) -> Iterator[float | Evaluation]:
    """Make the files of a run."""
    yield from files_of_run(plant_of(plant), facts, Kept(replications), version=version)


def debrief(run: Evaluated, baseline: Evaluated | None, version: str) -> Iterator[tuple[MadeFile, ...]]:
    """Make the files of a debrief."""
    yield files_of_debrief(run, baseline, version=version)


def _sealed(replication: Replication) -> bytes:
    return pickle.dumps(replication, protocol=5)


class Kept(Sequence[Replication]):
    """Replications that were kept; each is opened when it is looked at, and one at a time is in memory."""

    def __init__(self, sealed: Sequence[bytes]) -> None:
        self._sealed = sealed

    def __len__(self) -> int:
        return len(self._sealed)

    @overload
    def __getitem__(self, at: int) -> Replication: ...
    @overload
    def __getitem__(self, at: slice) -> "Kept": ...
    def __getitem__(self, at: int | slice) -> "Replication | Kept":
        return Kept(self._sealed[at]) if isinstance(at, slice) else _opened(self._sealed[at])


def _opened(sealed: bytes) -> Replication:
    """Return a replication that was kept; the artifact store has checked its bytes."""
    replication = pickle.loads(sealed)  # noqa: S301 - under the run's own key, which nobody else writes
    if not isinstance(replication, Replication):
        raise TypeError("no replication was kept here")
    return replication
