"""Waiting: in memory while another branch goes on, else parked, without worker and without memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from taskforce.application.jobs.checkpoints import Checkpoints
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, wait_id
from taskforce.core.jobs.errors import TIMED_OUT, ChildFailed
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import CHILD, TIMER, Signal, SignalName, Wait, WaitKind


class Waiting:
    """The waits of one play."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints

    async def for_signal(self, key: str, name: SignalName, *, until: datetime | None) -> Signal:
        """Wait for somebody's word."""
        return await self._wait(self._new(key, WaitKind.SIGNAL, name, until=until))

    async def for_moment(self, key: str, until: datetime) -> None:
        """Wait for a moment, the one that was recorded if the key was waited for before."""
        known = self._checkpoints.waits.get(key)
        if known is None and until <= self._checkpoints.kernel.clock.now():
            return
        await self._wait(known or self._new(key, WaitKind.TIMER, TIMER, until=until))

    async def for_child(
        self, key: str, kind: str, input: JsonObject, *, subject: str | None, until: datetime | None
    ) -> Signal:
        """Start a child, once, and wait for its end; the store cancels one whose time is up."""
        if key not in self._checkpoints.waits:
            self._checkpoints.branches.current.children.append(self._new_child(key, kind, input, subject))
        return await self._wait(self._new(key, WaitKind.CHILD, CHILD, until=until))

    async def hear(self) -> None:
        """Look for news of what branches wait for in memory, and let them go on."""
        checkpoints = self._checkpoints
        if checkpoints.branches.waited_for:
            recorded = (await checkpoints.kernel.store.load(checkpoints.job)).waits
            for key in checkpoints.branches.waited_for & recorded.keys():
                if (signal := recorded[key].signal) is not None:
                    checkpoints.waits[key] = recorded[key]
                    checkpoints.branches.wake(key, signal)

    async def _wait(self, wait: Wait) -> Signal:
        branches = self._checkpoints.branches
        known = self._checkpoints.waits.get(wait.key)
        if known is None:
            branches.current.waits.append(wait)
        elif known.signal is not None:
            return known.signal
        wait = known or wait
        now = self._checkpoints.kernel.clock.now()
        if wait.until is not None and wait.until <= now:
            return await self._expire(wait)
        if branches.only_one_goes():
            branches.park()
        if known is None:
            await self._checkpoints.commit()
            self._checkpoints.waits[wait.key] = wait
        seconds = (wait.until - now).total_seconds() if wait.until else None
        signal = await branches.wait(wait.key, seconds=seconds)
        return signal or await self._expire(wait)

    async def _expire(self, wait: Wait) -> Signal:
        """Record that the time is up; if somebody answered meanwhile, the answer holds."""
        checkpoints = self._checkpoints
        over = Signal(name=TIMER, at=checkpoints.kernel.clock.now())
        told = checkpoints.branches.current.waits
        told[:] = [other for other in told if other.key != wait.key]
        told.append(replace(wait, signal=over))
        if wait.kind is WaitKind.TIMER:
            checkpoints.waits[wait.key] = replace(wait, signal=over)
            return over
        await checkpoints.commit()
        recorded = (await checkpoints.kernel.store.load(checkpoints.job)).waits[wait.key]
        checkpoints.waits[wait.key] = recorded
        return recorded.signal or over

    def _new(self, key: str, kind: WaitKind, name: SignalName, *, until: datetime | None) -> Wait:
        return Wait(id=wait_id(self._checkpoints.job.id, key), key=key, kind=kind, name=name, until=until)

    def _new_child(self, key: str, kind: str, input: JsonObject, subject: str | None) -> Job:
        job, kernel = self._checkpoints.job, self._checkpoints.kernel
        now = kernel.clock.now()
        child = Job(
            id=JobId(kernel.ids.new()),
            kind=kind,
            project=job.project,
            input=input,
            created_by=job.created_by,
            created_at=now,
            updated_at=now,
            priority=job.priority,
            subject=subject,
            root=job.root,
            parent=job.id,
            parent_key=key,
            continues=self._checkpoints.failed_children.get(key),
            origin=job.origin,
        )
        return child.throttled(kernel.throttle(child))


def started_under(key: str, waits: Mapping[str, Wait]) -> JobId:
    """Return the child whose end a wait has heard of."""
    wait = waits.get(key)
    if wait is None or wait.signal is None:
        raise LookupError(f"no child has ended under {key!r}")
    return JobId(wait.signal.by)


def told_by_child(key: str, signal: Signal) -> JsonObject:
    """Return a child's result, from the signal of its end or of its time's. Raises ChildFailed."""
    if signal.name == TIMER:
        raise ChildFailed(key, TIMED_OUT, "It took longer than it may, and was cancelled.")
    result, failure = signal.payload.get("result"), signal.payload.get("failure")
    kept = result if isinstance(result, dict) else None
    if isinstance(failure, dict):
        raise ChildFailed(key, str(failure["code"]), str(failure["message"]), result=kept)
    return kept or {}
