"""The hold that a program has on the kernel: each call records, recalls, waits or stops."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import JsonValue, TypeAdapter
from pydantic_core import from_json

from taskforce.application.jobs.checkpoints import Checkpoints
from taskforce.application.jobs.interrupts import Stop
from taskforce.application.jobs.outputs import adapter_of
from taskforce.application.jobs.tries import pause_key, question_key
from taskforce.application.jobs.waiting import Waiting, started_under, told_by_child
from taskforce.core.artifacts import ArtifactRef, Content
from taskforce.core.documents import JsonObject, JsonText, written
from taskforce.core.errors import TaskforceError
from taskforce.core.identity import JobId, wait_id
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import TIMED_OUT, StepFailed
from taskforce.core.jobs.events import APPROVAL_REQUIRED, Delta, Event, answered
from taskforce.core.jobs.model import Progress
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.signals import OUTCOME, UNKNOWN_AFTER_CRASH, Signal, SignalName
from taskforce.core.jobs.steps import (
    LONGEST_OUTPUT,
    SKIPPED,
    Effect,
    Ruling,
    StepError,
    StepRecord,
    StepStatus,
    Subject,
)

T = TypeVar("T")
LONGEST_PAUSE = timedelta(seconds=1)
"""A retry that is due within this is waited for in memory; a later one parks."""

_TO_BE_TRIED = frozenset({StepStatus.INTENDED, StepStatus.RETRYING})


class PlayContext(JobContext):
    """One play of one job by one worker."""

    def __init__(self, checkpoints: Checkpoints, waiting: Waiting) -> None:
        self._checkpoints = checkpoints
        self._kernel = checkpoints.kernel
        self._waiting = waiting

    # ------------------------------------------------------------ steps

    async def step(
        self,
        key: str,
        do: Callable[[], Awaitable[T]],
        *,
        type: type[T],
        retry: RetryPolicy = ONCE,
        effect: Effect = Effect.IDEMPOTENT,
        timeout: timedelta | None = None,
        subject: Subject | None = None,
    ) -> T:
        self._checkpoints.say(key)
        adapter = adapter_of(type)
        record = self._checkpoints.recorded(key)
        if record is None or record.status in _TO_BE_TRIED:
            record = await self._settle(key, record, effect, subject)
        if record.status in _TO_BE_TRIED:
            record = await self._try(record, do, adapter, retry=retry, effect=effect, timeout=timeout)
        return await self._output(record, adapter)

    async def recall(self, key: str, *, type: type[T]) -> T | None:
        record = self._checkpoints.recorded(key)
        if record is None or record.status in _TO_BE_TRIED:
            return None
        return await self._output(record, adapter_of(type))

    async def _settle(
        self, key: str, record: StepRecord | None, effect: Effect, subject: Subject | None
    ) -> StepRecord:
        """Return the record to try under; of a `once` step that was under way somebody says what became."""
        if record is None:
            return StepRecord(key=key, status=StepStatus.RETRYING, attempts=0)
        if record.status is StepStatus.INTENDED and effect is Effect.ONCE:
            about = subject or Subject(name=key, details={})
            if about.ruling is None:
                return await self._judged(record, await self._ask_what_became(record, about))
            return await self._judged(record, await self._ruled(record, about, about.ruling))
        return record

    async def _ruled(self, record: StepRecord, subject: Subject, ruling: Ruling) -> Signal:
        """Return a ruling as the word that nobody is asked for, and tell it with what it is about."""
        key = question_key(record.key, record.attempts)
        now = self._kernel.clock.now()
        word = Signal(name=OUTCOME, payload={"decision": ruling.decision}, by=ruling.by, at=now)
        facts: JsonObject = {"step": record.key, **subject.details}
        wait = wait_id(self._checkpoints.job.id, key)
        await self.emit(f"{key}/answered", answered(wait, word, reason=UNKNOWN_AFTER_CRASH, **facts))
        return word

    async def _ask_what_became(self, record: StepRecord, subject: Subject) -> Signal:
        key = question_key(record.key, record.attempts)
        details: JsonObject = {
            "wait_id": wait_id(self._checkpoints.job.id, key),
            "step": record.key,
            "reason": UNKNOWN_AFTER_CRASH,
            "choices": ["repeat", "skip", "result"],
            **subject.details,
        }
        question = f"{subject.name} was under way when its worker stopped. Did it happen?"
        await self.emit(key, Event(type=APPROVAL_REQUIRED, message=question, details=details))
        signal = await self.wait_for(key, OUTCOME)
        told = answered(wait_id(self._checkpoints.job.id, key), signal, reason=UNKNOWN_AFTER_CRASH)
        await self.emit(f"{key}/answered", told)
        return signal

    async def _judged(self, record: StepRecord, signal: Signal) -> StepRecord:
        """Return the record of a step that was under way, after a word on what became of it."""
        match signal.payload.get("decision"):
            case "repeat":
                return replace(record, status=StepStatus.RETRYING)
            case "result":
                output = written(signal.payload.get("output"))
                done = replace(record, status=StepStatus.DONE, output=output)
                return await self._checkpoints.record(done)
            case _:
                error = StepError(code=SKIPPED, message=f"Skipped by {signal.by}.", details={})
                return await self._checkpoints.record(replace(record, status=StepStatus.FAILED, error=error))

    async def _try(
        self,
        record: StepRecord,
        do: Callable[[], Awaitable[T]],
        adapter: TypeAdapter[Any],
        *,
        retry: RetryPolicy,
        effect: Effect,
        timeout: timedelta | None,
    ) -> StepRecord:
        failed = record.attempts
        await self._end_pause(pause_key(record.key, failed))
        while True:
            self._checkpoints.check()
            if effect is Effect.ONCE:  # the intent of each try is on disk before it
                intent = replace(record, status=StepStatus.INTENDED, attempts=failed + 1, error=None)
                record = await self._checkpoints.record(intent)
            self._kernel.probe.reach(f"step.start:{record.key}")
            try:
                with self._checkpoints.telling():
                    output = adapter.dump_json(await _within(timeout, do))
            except Exception as error:  # noqa: BLE001 - whatever a step raises is its failure, and is recorded
                failed += 1
                delay = retry.delay_after(failed, error, seed=f"{self._checkpoints.job.id}/{record.key}")
                status = StepStatus.FAILED if delay is None else StepStatus.RETRYING
                record = replace(record, status=status, attempts=failed, error=_error_of(error))
                record = await self._checkpoints.record(record)
                if delay is None:
                    return record
                await self._pause(pause_key(record.key, failed), delay)
            else:
                self._kernel.probe.reach(f"step.done:{record.key}")
                return await self._checkpoints.record(await self._done(record.key, failed + 1, output))

    async def _done(self, key: str, attempts: int, output: bytes) -> StepRecord:
        if len(output) <= LONGEST_OUTPUT:
            text = JsonText(output.decode())
            return StepRecord(key=key, status=StepStatus.DONE, attempts=attempts, output=text)
        ref = await self._checkpoints.put(
            f"steps/{key}.json", output, kind="step", media_type="application/json"
        )
        return StepRecord(key=key, status=StepStatus.DONE, attempts=attempts, overflow=ref)

    async def _output(self, record: StepRecord, adapter: TypeAdapter[T]) -> T:
        if record.error is not None:
            raise StepFailed(record.key, record.error.code, record.error.message, record.error.details)
        if record.overflow is not None:
            return adapter.validate_json(await self.load(record.overflow))
        return adapter.validate_json(record.output)

    async def _pause(self, key: str, delay: timedelta) -> None:
        if delay <= LONGEST_PAUSE:
            await asyncio.sleep(delay.total_seconds())
        else:
            await self.sleep(key, self._kernel.clock.now() + delay)

    async def _end_pause(self, key: str) -> None:
        """Wait for what is left of the pause before the next try, if one was begun by an earlier play."""
        begun = self._checkpoints.waits.get(key)
        if begun is not None and begun.until is not None:
            await self.sleep(key, begun.until)

    # ------------------------------------------------------------ waits

    async def gather(
        self, branches: Mapping[str, Callable[[], Awaitable[T]]], *, limit: int = 4
    ) -> dict[str, T]:
        return await self._checkpoints.branches.gather(branches, limit=limit)

    async def sleep(self, key: str, until: datetime) -> None:
        self._checkpoints.say(key)
        await self._waiting.for_moment(key, until)

    async def wait_for(self, key: str, signal: SignalName, *, until: datetime | None = None) -> Signal:
        self._checkpoints.say(key)
        return await self._waiting.for_signal(key, signal, until=until)

    async def child(
        self,
        key: str,
        kind: str,
        input: JsonObject,
        *,
        subject: str | None = None,
        until: datetime | None = None,
    ) -> JsonObject:
        self._checkpoints.say(key)
        signal = await self._waiting.for_child(key, kind, input, subject=subject, until=until)
        return told_by_child(key, signal)

    def child_of(self, key: str) -> JobId:
        return started_under(key, self._checkpoints.waits)

    # ------------------------------------------------------------ facts

    async def emit(self, key: str, event: Event) -> None:
        self._checkpoints.say(f"event:{key}")
        self._checkpoints.tell(key, event)

    async def write(self, key: str, change: Change) -> None:
        self._checkpoints.say_at_last(key)
        if self._checkpoints.recorded(key) is None:
            self._note(key, None)
            self._checkpoints.change(change)

    @property
    def is_cancelled(self) -> bool:
        return self._checkpoints.stopped is Stop.CANCELLED

    async def hint(self, delta: Delta) -> None:
        self._checkpoints.hint(delta)

    async def progress(self, percent: float, message: str = "") -> None:
        self._checkpoints.check()
        if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
            raise ValueError(f"progress goes from 0 to 100 percent, not {percent}")
        await self._checkpoints.show(Progress(percent=percent, message=message))

    async def save(
        self, key: str, content: Content, *, kind: str, media_type: str, place: str | None = None
    ) -> ArtifactRef:
        self._checkpoints.say_at_last(key)
        record = self._checkpoints.recorded(key)
        if record is None:
            put = self._checkpoints.put
            ref = await put(key, content, kind=kind, media_type=media_type, place=place)
            record = self._note(key, ref.model_dump(mode="json"))
        return ArtifactRef.model_validate_json(record.output)

    async def load(self, ref: ArtifactRef) -> bytes:
        return await self._kernel.artifacts.read(ref)

    def now(self, key: str) -> datetime:
        return datetime.fromisoformat(self._noted(key, lambda: self._kernel.clock.now().isoformat()))

    def new_id(self, key: str) -> str:
        return self._noted(key, self._kernel.ids.new)

    def _noted(self, key: str, make: Callable[[], str]) -> str:
        self._checkpoints.say(key)
        record = self._checkpoints.recorded(key) or self._note(key, make())
        return str(from_json(record.output))

    def _note(self, key: str, output: JsonValue) -> StepRecord:
        record = StepRecord(key=key, status=StepStatus.DONE, output=written(output))
        return self._checkpoints.note(record)


async def _within(timeout: timedelta | None, do: Callable[[], Awaitable[T]]) -> T:
    if timeout is None:
        return await do()
    async with asyncio.timeout(timeout.total_seconds()):
        return await do()


def _error_of(error: Exception) -> StepError:
    if isinstance(error, StepFailed):
        return StepError(code=error.reason, message=error.message, details=error.details)
    if isinstance(error, TaskforceError):
        return StepError(code=error.code, message=error.message, details=error.details)
    if isinstance(error, TimeoutError):
        return StepError(code=TIMED_OUT, message="It took longer than it may.", details={})
    return StepError(code="step_failed", message=f"{type(error).__name__}: {error}", details={})
