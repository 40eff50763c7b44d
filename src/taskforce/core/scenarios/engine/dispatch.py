"""Queues of a group of machines, and which job of them begins on which free place.

Even jobs go by priority, the higher one first, then by who arrived first. Times that a rule looks at are
the expected ones, as a planner knows them. A rule that ranks jobs lets the best one choose its place: that
with the shortest setup, then the first.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import log
from typing import Protocol

from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.engine.layout import Layout
from taskforce.core.scenarios.scenario import DispatchRule


class Spot(Protocol):
    """A free place."""

    number: int
    family: int
    """What it was set up for."""


class Line(Protocol):
    """The queue of a group."""

    @property
    @abstractmethod
    def jobs(self) -> Sequence[object]:
        """Return who waits; only whether there is anybody is to be asked."""

    @abstractmethod
    def waiting(self) -> Iterator[Job]:
        """Return all who wait, in no order."""

    @abstractmethod
    def join(self, job: Job, now: float) -> None:
        """Put a job into it."""

    @abstractmethod
    def choose(self, free: Sequence[Spot], now: float) -> tuple[Job, int]:
        """Take the next job out, for the free place of this index. There must be a job and a place."""


class RankedLine(Line):
    """A queue whose order does not change while they wait; first in, first out."""

    __slots__ = ("_layout", "jobs")

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.jobs: list[tuple[float, int, int, Job]] = []

    def waiting(self) -> Iterator[Job]:
        """Return all of them."""
        return (entry[3] for entry in self.jobs)

    def join(self, job: Job, now: float) -> None:
        """Put a job where it ranks."""
        heappush(self.jobs, (now, -job.priority, job.number, job))

    def choose(self, free: Sequence[Spot], now: float) -> tuple[Job, int]:
        """Take the first one."""
        job = heappop(self.jobs)[3]
        if len(free) == 1:
            return job, 0
        family, setups = job.step.family, self._layout.setups
        best = at = 0
        least: float | None = None
        for index, spot in enumerate(free):
            setup = 0.0 if spot.family == family else setups[spot.family].get(family, 0.0)
            if least is None or setup < least or (setup == least and spot.number < best):
                least, best, at = setup, spot.number, index
        return job, at


class EarliestDueLine(RankedLine):
    """Earliest due date first."""

    __slots__ = ()

    def join(self, job: Job, now: float) -> None:
        """Put a job where it ranks."""
        heappush(self.jobs, (job.due, -job.priority, job.number, job))


class ShortestLine(RankedLine):
    """Shortest process time first."""

    __slots__ = ()

    def join(self, job: Job, now: float) -> None:
        """Put a job where it ranks."""
        heappush(self.jobs, (job.load * job.step.mean, -job.priority, job.number, job))


class LeastSlackLine(RankedLine):
    """Least slack first: due date less now less work ahead; now is the same for all, so it does not rank."""

    __slots__ = ()

    def join(self, job: Job, now: float) -> None:
        """Put a job where it ranks."""
        heappush(self.jobs, (job.due - _ahead(job), -job.priority, job.number, job))


class TardinessCostLine(Line):
    """Apparent tardiness cost: the highest (1/p) exp(-max(0, slack) / (k p̄)) first.

    p is the process time of this step, p̄ its mean over those who wait, slack as in least slack
    (Vepsalainen & Morton, Priority rules for job shops with weighted tardiness costs, 1987; all weigh the
    same, and later steps are expected not to wait). Logarithms are compared, which never underflow.
    """

    __slots__ = ("_k", "_layout", "jobs")

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._k = layout.scenario.atc_k
        self.jobs: list[tuple[float, float, int, int, Job]] = []
        """Process time, latest begin, priority, negative number, the job."""

    def waiting(self) -> Iterator[Job]:
        """Return all of them."""
        return (entry[4] for entry in self.jobs)

    def join(self, job: Job, now: float) -> None:
        """Put a job at the end."""
        waiting = (job.load * job.step.mean, job.due - _ahead(job), job.priority, -job.number, job)
        self.jobs.append(waiting)

    def choose(self, free: Sequence[Spot], now: float) -> tuple[Job, int]:
        """Take the one whose wait costs most, to its place."""
        ahead = self._k * sum(waiting[0] for waiting in self.jobs) / len(self.jobs)
        best: tuple[float, int, int] | None = None
        at = spot = 0
        for index, (hours, latest, priority, age, job) in enumerate(self.jobs):
            setup, place = self._setup(job, free)
            slack = latest - now
            value = -log(hours) - (slack / ahead if slack > 0 else 0.0) - self._cost(setup)
            if best is None or (value, priority, age) > best:
                best, at, spot = (value, priority, age), index, place
        return self.jobs.pop(at)[4], spot

    def _setup(self, job: Job, free: Sequence[Spot]) -> tuple[float, int]:
        """Return the shortest setup for a job, and the index of the place that has it."""
        family, setups = job.step.family, self._layout.setups
        if len(free) == 1:
            return setups[free[0].family].get(family, 0.0), 0
        setup, _, index = min(
            (setups[spot.family].get(family, 0.0), spot.number, index) for index, spot in enumerate(free)
        )
        return setup, index

    def _cost(self, setup: float) -> float:
        return 0.0


class SetupTardinessCostLine(TardinessCostLine):
    """Apparent tardiness cost with setups: its index times exp(-s / (k2 s̄)), s the setup, s̄ the mean of all.

    Lee, Bhaskaran & Pinedo, A heuristic to minimize the total weighted tardiness with sequence-dependent
    setups, 1997. Among several free places a job is looked at on the one with the shortest setup.
    """

    __slots__ = ("_scale",)

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._k = layout.scenario.atcs_k1
        self._scale = layout.scenario.atcs_k2 * layout.mean_setup

    def _cost(self, setup: float) -> float:
        return setup / self._scale if setup else 0.0


def _ahead(job: Job) -> float:
    """Return the expected hours of this attempt and of all later steps."""
    step = job.step
    return job.load * step.mean + job.pieces * (step.ahead - step.mean)


LINES: dict[DispatchRule, type[RankedLine | TardinessCostLine]] = {
    DispatchRule.FIFO: RankedLine,
    DispatchRule.EDD: EarliestDueLine,
    DispatchRule.SPT: ShortestLine,
    DispatchRule.LSN: LeastSlackLine,
    DispatchRule.ATC: TardinessCostLine,
    DispatchRule.ATCS: SetupTardinessCostLine,
}
