"""The branches of a play: which can go on, which wait, and when nothing is left but to park."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

from taskforce.application.jobs.interrupts import Interrupted, Stop
from taskforce.core.artifacts import Artifact
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import KeyedEvent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit
from taskforce.core.jobs.signals import Signal, Wait
from taskforce.core.jobs.steps import StepRecord

T = TypeVar("T")


@dataclass(slots=True)
class Branch:
    """One line of a play: what it has told since its last checkpoint, and its place among its siblings."""

    gate: asyncio.Semaphore | None = None
    has_place: bool = False
    is_going: bool = True
    steps: list[StepRecord] = field(default_factory=list)
    events: list[KeyedEvent] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    children: list[Job] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def drain(self) -> Commit:
        """Return all that was told, and begin anew."""
        commit = Commit(
            steps=tuple(self.steps),
            events=tuple(self.events),
            waits=tuple(self.waits),
            children=tuple(self.children),
            artifacts=tuple(self.artifacts),
            changes=tuple(self.changes),
        )
        for told in (
            self.steps,
            self.events,
            self.waits,
            self.children,
            self.artifacts,
            self.changes,
        ):
            told.clear()
        return commit

    def take_over(self, other: "Branch") -> None:
        """Tell at the next checkpoint what another branch has not told yet."""
        self.steps.extend(other.steps)
        self.events.extend(other.events)
        self.waits.extend(other.waits)
        self.children.extend(other.children)
        self.artifacts.extend(other.artifacts)
        self.changes.extend(other.changes)

    async def enter(self) -> None:
        """Take a place among the siblings that may go at once."""
        if self.gate:
            await self.gate.acquire()
            self.has_place = True

    def leave(self) -> None:
        """Give the place back."""
        if self.gate and self.has_place:
            self.gate.release()
            self.has_place = False


@dataclass(frozen=True, slots=True)
class _Waiter:
    branch: Branch
    future: "asyncio.Future[Signal | None]"


_current: ContextVar[Branch] = ContextVar("branch")


class Branches:
    """Keeps count. A play parks when every branch waits; until then a waiting branch waits in memory."""

    def __init__(self) -> None:
        self._top = Branch()
        self._all = [self._top]
        self._going = 1
        self._waiters: dict[str, _Waiter] = {}

    def begin(self) -> None:
        """Begin the play on the running task."""
        _current.set(self._top)

    @property
    def current(self) -> Branch:
        """Return the branch that the running task plays."""
        return _current.get()

    @property
    def waited_for(self) -> frozenset[str]:
        """Return the keys that branches wait for in memory."""
        return frozenset(self._waiters)

    def only_one_goes(self) -> bool:
        """Tell whether the running branch is the last that can go on."""
        return self._going == 1

    def drain(self) -> Commit:
        """Return all that any branch has told since its last checkpoint."""
        whole = Branch()
        for branch in self._all:
            whole.take_over(branch)
            branch.drain()
        return whole.drain()

    def has_events(self) -> bool:
        """Tell whether any branch has told events since its last checkpoint."""
        return any(branch.events for branch in self._all)

    async def gather(self, branches: Mapping[str, Callable[[], Awaitable[T]]], *, limit: int) -> dict[str, T]:
        """Play branches side by side; the first error ends the others and is raised."""
        if not branches:
            return {}
        parent = self.current
        parent.leave()
        gate = asyncio.Semaphore(limit)
        forks = {name: Branch(gate=gate) for name in branches}
        self._all.extend(forks.values())
        self._going += len(forks) - 1
        alive = set(forks)
        tasks = {
            name: asyncio.create_task(self._play(name, play, forks[name], alive))
            for name, play in branches.items()
        }
        try:
            await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_EXCEPTION)
        finally:
            try:
                await _end(tasks.values())
            finally:
                self._rejoin(parent, forks.values())
        await parent.enter()
        return {name: task.result() for name, task in tasks.items()}

    async def wait(self, key: str, *, seconds: float | None) -> Signal | None:
        """Wait in memory for the signal under a key; None when the time is up.

        Raises Interrupted in every waiting branch when none is left that goes.
        """
        loop = asyncio.get_running_loop()
        branch = self.current
        waiter = _Waiter(branch, loop.create_future())
        self._waiters[key] = waiter
        timer = loop.call_later(seconds, self.wake, key, None) if seconds is not None else None
        branch.leave()
        self._count(branch, is_going=False)
        self._park_if_none_goes()
        try:
            signal = await waiter.future
        finally:
            self._waiters.pop(key, None)
            if timer:
                timer.cancel()
        await branch.enter()
        return signal

    def wake(self, key: str, signal: Signal | None) -> None:
        """Let the branch that waits under the key go on."""
        waiter = self._waiters.pop(key, None)
        if waiter is None or waiter.future.done():
            return
        self._count(waiter.branch, is_going=True)
        waiter.future.set_result(signal)

    async def _play(self, name: str, play: Callable[[], Awaitable[T]], branch: Branch, alive: set[str]) -> T:
        _current.set(branch)
        try:
            await branch.enter()
            result = await play()
        except BaseException:
            self._count(branch, is_going=True)  # for the parent, which is about to hear of it
            raise
        else:
            alive.discard(name)
            self._count(branch, is_going=not alive)  # the last one, too, goes on as the parent
            self._park_if_none_goes()
            return result
        finally:
            branch.leave()

    def _rejoin(self, parent: Branch, forks: Collection[Branch]) -> None:
        """Let the parent go on in place of its forks, with what they have not told yet."""
        for fork in forks:
            self._count(fork, is_going=False)
            self._all.remove(fork)
            parent.take_over(fork)
        self._going += 1

    def _count(self, branch: Branch, *, is_going: bool) -> None:
        self._going += is_going - branch.is_going
        branch.is_going = is_going

    def park(self) -> NoReturn:
        """End the running branch and all that wait in memory: the play is to be parked."""
        self._park_the_waiting()
        raise Interrupted(Stop.PARKED)

    def _park_if_none_goes(self) -> None:
        if not self._going:
            self._park_the_waiting()

    def _park_the_waiting(self) -> None:
        for waiter in self._waiters.values():
            if not waiter.future.done():
                waiter.future.set_exception(Interrupted(Stop.PARKED))


async def _end(tasks: Collection["asyncio.Task[T]"]) -> None:
    """Wait until all have ended; if one failed, end the others and raise its error."""
    if not _is_parking(_error_of(tasks)):
        for task in tasks:
            task.cancel()
    await asyncio.wait(tasks)
    error = _error_of(tasks)
    if error is not None:
        raise error


def _error_of(tasks: Collection["asyncio.Task[T]"]) -> BaseException | None:
    """Return the error of those that have ended: a failure before a mere parking.

    Every error is looked at, so that none is reported as never retrieved.
    """
    found = [task.exception() for task in tasks if task.done() and not task.cancelled()]
    errors = [error for error in found if error is not None]
    return min(errors, key=_is_parking, default=None)


def _is_parking(error: BaseException | None) -> bool:
    return isinstance(error, Interrupted) and error.reason is Stop.PARKED
