"""The hold that a program has on the kernel: each call records, recalls, waits or stops."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import JsonValue, TypeAdapter
from pydantic_core import from_json

from taskforce.application.jobs.checkpoints import Checkpoints
from taskforce.application.jobs.waiting import Waiting
from taskforce.core.artifacts import ArtifactRef, Content
from taskforce.core.documents import JsonObject
from taskforce.core.errors import TaskforceError
from taskforce.core.identity import wait_id
from taskforce.core.jobs.errors import ChildFailed, StepFailed
from taskforce.core.jobs.events import APPROVAL_REQUIRED, Delta, Event
from taskforce.core.jobs.model import Progress
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.signals import OUTCOME, UNKNOWN_AFTER_CRASH, Signal, SignalName
from taskforce.core.jobs.steps import SKIPPED, Effect, StepError, StepRecord, StepStatus

T = TypeVar("T")
LONGEST_OUTPUT = 1024 * 1024
"""Bytes of JSON that a record holds; what is longer goes to the artifact store."""
LONGEST_PAUSE = timedelta(seconds=1)
"""A retry that is due within this is waited for in memory; a later one parks."""

_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _adapter(type: type[T]) -> TypeAdapter[T]:
    if type not in _ADAPTERS:
        _ADAPTERS[type] = TypeAdapter(type)
    return _ADAPTERS[type]


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
    ) -> T:
        self._checkpoints.say(key)
        record = self._checkpoints.steps.get(key)
        if record is None or record.status in {StepStatus.INTENDED, StepStatus.RETRYING}:
            record = await self._settle(key, record, effect)
        if record.status in {StepStatus.INTENDED, StepStatus.RETRYING}:
            record = await self._try(record, do, _adapter(type), retry=retry, effect=effect, timeout=timeout)
        return await self._recall(record, _adapter(type))

    async def _settle(self, key: str, record: StepRecord | None, effect: Effect) -> StepRecord:
        """Return the record to try under; of a `once` step that was under way a person says what became."""
        if record is None:
            return StepRecord(key=key, status=StepStatus.RETRYING, attempts=0)
        if record.status is StepStatus.INTENDED and effect is Effect.ONCE:
            return await self._ask_what_became(record)
        return record

    async def _ask_what_became(self, record: StepRecord) -> StepRecord:
        key = f"{record.key}@outcome/{record.attempts}"
        details: JsonObject = {
            "wait_id": wait_id(self._checkpoints.job.id, key),
            "step": record.key,
            "reason": UNKNOWN_AFTER_CRASH,
            "choices": ["repeat", "skip", "result"],
        }
        question = f"{record.key} was under way when its worker died. Did it happen?"
        await self.emit(key, Event(type=APPROVAL_REQUIRED, message=question, details=details))
        signal = await self.wait_for(key, OUTCOME)
        match signal.payload.get("decision"):
            case "repeat":
                return replace(record, status=StepStatus.RETRYING)
            case "result":
                done = replace(record, status=StepStatus.DONE, output=signal.payload.get("output"))
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
        seconds = timeout.total_seconds() if timeout else None
        failed = record.attempts
        await self._end_pause(f"{record.key}@retry/{failed}")
        while True:
            self._checkpoints.check()
            if effect is Effect.ONCE:  # the intent of each try is on disk before it
                intent = replace(record, status=StepStatus.INTENDED, attempts=failed + 1, error=None)
                record = await self._checkpoints.record(intent)
            self._kernel.probe.reach(f"step.start:{record.key}")
            try:
                async with asyncio.timeout(seconds), self._checkpoints.telling():
                    output = adapter.dump_json(await do())
            except Exception as error:  # noqa: BLE001 - whatever a step raises is its failure, and is recorded
                failed += 1
                delay = retry.delay_after(failed, error)
                status = StepStatus.FAILED if delay is None else StepStatus.RETRYING
                record = replace(record, status=status, attempts=failed, error=_error_of(error))
                record = await self._checkpoints.record(record)
                if delay is None:
                    return record
                await self._pause(f"{record.key}@retry/{failed}", delay)
            else:
                self._kernel.probe.reach(f"step.done:{record.key}")
                done = replace(record, status=StepStatus.DONE, attempts=failed + 1, error=None)
                return await self._checkpoints.record(await self._with_output(done, output))

    async def _with_output(self, record: StepRecord, output: bytes) -> StepRecord:
        if len(output) <= LONGEST_OUTPUT:
            return replace(record, output=from_json(output))
        ref = await self._checkpoints.put(
            f"steps/{record.key}.json", output, kind="step", media_type="application/json"
        )
        return replace(record, overflow=ref)

    async def _recall(self, record: StepRecord, adapter: TypeAdapter[T]) -> T:
        if record.error is not None:
            raise StepFailed(record.key, record.error.code, record.error.message, record.error.details)
        if record.overflow is not None:
            return adapter.validate_json(await self.load(record.overflow))
        return adapter.validate_python(record.output)

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

    async def child(self, key: str, kind: str, input: JsonObject) -> JsonObject:
        self._checkpoints.say(key)
        said = (await self._waiting.for_child(key, kind, input)).payload
        result, failure = said.get("result"), said.get("failure")
        if isinstance(failure, dict):
            raise ChildFailed(key, str(failure["code"]), str(failure["message"]))
        return result if isinstance(result, dict) else {}

    # ------------------------------------------------------------ facts

    async def emit(self, key: str, event: Event) -> None:
        self._checkpoints.say(f"event:{key}")
        self._checkpoints.tell(key, event)

    async def hint(self, delta: Delta) -> None:
        self._checkpoints.hint(delta)

    async def progress(self, percent: float, message: str = "") -> None:
        self._checkpoints.check()
        if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
            raise ValueError(f"progress goes from 0 to 100 percent, not {percent}")
        self._checkpoints.progressed = Progress(percent=percent, message=message)

    async def save(self, key: str, content: Content, *, kind: str, media_type: str) -> ArtifactRef:
        self._checkpoints.say(key)
        record = self._checkpoints.steps.get(key)
        if record is None:
            ref = await self._checkpoints.put(key, content, kind=kind, media_type=media_type)
            record = self._note(key, ref.model_dump(mode="json"))
        return ArtifactRef.model_validate(record.output)

    async def load(self, ref: ArtifactRef) -> bytes:
        async with self._kernel.artifacts.open(ref) as chunks:
            return b"".join([chunk async for chunk in chunks])

    def now(self, key: str) -> datetime:
        return datetime.fromisoformat(self._noted(key, lambda: self._kernel.clock.now().isoformat()))

    def new_id(self, key: str) -> str:
        return self._noted(key, self._kernel.ids.new)

    def _noted(self, key: str, make: Callable[[], str]) -> str:
        self._checkpoints.say(key)
        record = self._checkpoints.steps.get(key) or self._note(key, make())
        return str(record.output)

    def _note(self, key: str, output: JsonValue) -> StepRecord:
        return self._checkpoints.note(StepRecord(key=key, status=StepStatus.DONE, output=output))


def _error_of(error: Exception) -> StepError:
    if isinstance(error, StepFailed):
        return StepError(code=error.reason, message=error.message, details=error.details)
    if isinstance(error, TaskforceError):
        return StepError(code=error.code, message=error.message, details=error.details)
    if isinstance(error, TimeoutError):
        return StepError(code="timed_out", message="It took longer than it may.", details={})
    return StepError(code="step_failed", message=f"{type(error).__name__}: {error}", details={})
