"""An event loop in which time jumps to the next timer; its work belongs to machines that stop or die."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from selectors import BaseSelector, SelectorKey
from typing import Any, TypeVar, TypeVarTuple

from taskforce.application.jobs.loop import Lane

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Callback = Callable[..., object]


class NothingLeft(Exception):
    """Everybody waits, and no timer will ever wake anyone."""


class Died(BaseException):
    """The machine is no more. No `except Exception` holds it up; nothing of the machine runs after it."""


@dataclass(slots=True, eq=False)
class Machine:
    """What callbacks belong to: they run while it lives, pile up while it stands still, end when it dies."""

    name: str
    is_dead: bool = False
    is_still: bool = False
    _backlog: "list[_Call]" = field(default_factory=list)

    def die(self) -> None:
        self.is_dead = True

    def stand_still(self) -> None:
        self.is_still = True

    def go_on(self, loop: "VirtualLoop") -> None:
        """Do all that piled up, in its order."""
        self.is_still = False
        calls, self._backlog = self._backlog, []
        for call in calls:
            loop.again(call)

    def pile_up(self, call: "_Call") -> None:
        self._backlog.append(call)


@dataclass(slots=True, eq=False)
class _Call:
    """A callback of a machine."""

    loop: "VirtualLoop"
    machine: Machine | None
    callback: Callback
    context: Context
    arguments: tuple[object, ...]
    handle: asyncio.Handle | None = None

    def __call__(self) -> None:
        if self.handle is None or not self.handle.cancelled():
            self.loop.run_call(self)


class _VirtualSelector(BaseSelector):
    """Waits for nothing but time, which passes at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is None:
            raise NothingLeft
        self.now += max(timeout, 0.0)
        return []

    def register(self, fileobj: Any, events: int, data: object = None) -> SelectorKey:  # noqa: ANN401 - as in selectors
        return SelectorKey(fileobj, fileobj if isinstance(fileobj, int) else fileobj.fileno(), events, data)

    def unregister(self, fileobj: Any) -> SelectorKey:  # noqa: ANN401 - as in selectors
        return self.register(fileobj, 0)

    def get_map(self) -> Mapping[Any, SelectorKey]:
        return {}


class VirtualLoop(asyncio.SelectorEventLoop):
    """Deterministic: one thread, no sockets, and the order of timers is that of their times."""

    def __init__(self) -> None:
        self._virtual = _VirtualSelector()
        self._machine: Machine | None = None
        self._is_over = False
        self._stopped: dict[Machine, None] = {}
        self._tasks: set[asyncio.Task[Any]] = set()  # those of the dead, too: they unwind at the end
        super().__init__(self._virtual)
        self.set_task_factory(self._kept)  # type: ignore[arg-type] # any task of any coroutine
        self.set_exception_handler(lambda _, __: None)  # who cares for a task's error awaits the task

    def time(self) -> float:
        return self._virtual.now

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        call = self._call(callback, args, context)
        call.handle = super().call_soon(call, context=call.context)
        return call.handle

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        call = self._call(callback, args, context)
        timer = super().call_at(when, call, context=call.context)
        call.handle = timer
        return timer

    @property
    def machine(self) -> Machine | None:
        """Return whose work is done now."""
        return self._machine

    @contextmanager
    def acting_as(self, machine: Machine | None) -> Iterator[None]:
        """Let what is begun meanwhile belong to a machine; None is the world outside, which never stops."""
        before, self._machine = self._machine, machine
        try:
            yield
        finally:
            self._machine = before

    def begin(self, machine: Machine | None, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start a coroutine on a machine."""
        with self.acting_as(machine):
            return self.create_task(work)

    def run_call(self, call: _Call) -> None:
        machine = call.machine
        if machine is not None and (machine.is_dead or machine.is_still) and not self._is_over:
            machine.pile_up(call)
            self._stopped[machine] = None
            return
        before, self._machine = self._machine, machine  # acting_as, less what a context manager takes
        try:
            call.callback(*call.arguments)
        finally:
            self._machine = before

    def again(self, call: _Call) -> None:
        super().call_soon(call, context=call.context)

    def end(self) -> None:
        """Close; what is left of dead machines unwinds first, so that no coroutine is lost unfinished."""
        self._is_over = True
        for machine in self._stopped:
            machine.go_on(self)
        for _ in range(100):
            left = [task for task in self._tasks if not task.done()]
            if not left:
                break
            for task in left:
                task.cancel()
            self.run_until_complete(asyncio.wait(left, timeout=1))
        self.close()

    def _kept(self, _: object, work: Coroutine[Any, Any, T], **how: Any) -> "asyncio.Task[T]":  # noqa: ANN401
        task = asyncio.Task(work, loop=self, **how)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _call(self, callback: Callback, args: tuple[object, ...], context: Context | None) -> _Call:
        return _Call(self, self._machine, callback, copy_context() if context is None else context, args)


class VirtualLane(Lane):
    """A machine's thread: it has none, for all of its work is on the one loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def stop(self) -> None:
        raise NotImplementedError("a virtual machine is drained, and then dies")
