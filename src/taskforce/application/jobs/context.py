"""The hold that a program has on the kernel: each call records, recalls, waits or stops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import JsonValue, TypeAdapter
from pydantic_core import from_json

from taskforce.application.jobs.branches import Branches
from taskforce.application.jobs.interrupts import Interrupted, Stop
from taskforce.core.artifacts import Artifact, ArtifactRef, ArtifactStore, Content
from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.errors import TaskforceError, Unavailable
from taskforce.core.identity import ArtifactId, IdSource, JobId, wait_id
from taskforce.core.jobs.errors import ChildFailed, KeyUsedTwice, LeaseLost, StepFailed
from taskforce.core.jobs.events import APPROVAL_REQUIRED, Delta, Event, KeyedEvent
from taskforce.core.jobs.model import Job, Progress
from taskforce.core.jobs.ports import Commit, JobFeed, JobStore, Probe, Record
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.signals import CHILD, OUTCOME, TIMER, Signal, SignalName, Wait, WaitKind
from taskforce.core.jobs.steps import Effect, StepError, StepRecord, StepStatus

T = TypeVar("T")
LONGEST_OUTPUT = 1024 * 1024
"""Bytes of JSON that a record holds; what is longer goes to the artifact store."""
SLOW = timedelta(milliseconds=50)
"""A step that takes longer than this does not hold back the events told before it."""
LONGEST_PAUSE = timedelta(seconds=1)
"""A retry that is due within this is waited for in memory; a later one parks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """What plays stand on."""

    store: JobStore
    artifacts: ArtifactStore
    feed: JobFeed
    clock: Clock
    ids: IdSource
    probe: Probe
    lease: timedelta


_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _adapter(type: type[T]) -> TypeAdapter[T]:
    if type not in _ADAPTERS:
        _ADAPTERS[type] = TypeAdapter(type)
    return _ADAPTERS[type]


class PlayContext(JobContext):
    """One play of one job by one worker."""

    def __init__(self, job: Job, record: Record, kernel: Kernel) -> None:
        self._job = job
        self._kernel = kernel
        self._steps = dict(record.steps)
        self._waits = {key: wait for key, wait in record.waits.items() if not _failed_before(wait, job)}
        self._told = set(record.events)
        self._said: set[str] = set()
        self._stop: Stop | None = None
        self._tellers: set[asyncio.Task[None]] = set()
        self.branches = Branches()
        self.progressed: Progress | None = None

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
        self._say(key)
        record = self._steps.get(key)
        if record is None or record.status in {StepStatus.INTENDED, StepStatus.RETRYING}:
            record = await self._settle(key, record, effect)
        if record.status in {StepStatus.INTENDED, StepStatus.RETRYING}:
            record = await self._try(record, do, _adapter(type), retry, timeout)
        return await self._recall(record, _adapter(type))

    async def _settle(self, key: str, record: StepRecord | None, effect: Effect) -> StepRecord:
        """Return the record to try under; for a `once` step its intent is on disk first."""
        if effect is not Effect.ONCE:
            return record or StepRecord(key=key, status=StepStatus.RETRYING, attempts=0)
        if record and record.status is StepStatus.INTENDED:
            record = await self._ask_what_became(record)
            if record.status is not StepStatus.INTENDED:
                return record
        attempts = record.attempts + 1 if record else 1
        return await self._record(StepRecord(key=key, status=StepStatus.INTENDED, attempts=attempts))

    async def _ask_what_became(self, record: StepRecord) -> StepRecord:
        key = f"{record.key}@outcome/{record.attempts}"
        details: JsonObject = {
            "wait_id": wait_id(self._job.id, key),
            "step": record.key,
            "reason": "unknown_after_crash",
            "choices": ["repeat", "skip", "result"],
        }
        question = f"{record.key} was under way when its worker died. Did it happen?"
        await self.emit(key, Event(type=APPROVAL_REQUIRED, message=question, details=details))
        signal = await self.wait_for(key, OUTCOME)
        match signal.payload.get("decision"):
            case "repeat":
                return record
            case "result":
                done = replace(record, status=StepStatus.DONE, output=signal.payload.get("output"))
                return await self._record(done)
            case _:
                error = StepError(code="skipped", message=f"Skipped by {signal.by}.", details={})
                return await self._record(replace(record, status=StepStatus.FAILED, error=error))

    async def _try(
        self,
        record: StepRecord,
        do: Callable[[], Awaitable[T]],
        adapter: TypeAdapter[Any],
        retry: RetryPolicy,
        timeout: timedelta | None,
    ) -> StepRecord:
        failed = 0 if record.status is StepStatus.INTENDED else record.attempts
        while True:
            self._check()
            self._kernel.probe.reach(f"step.start:{record.key}")
            try:
                async with asyncio.timeout(timeout.total_seconds() if timeout else None), self._telling():
                    output = adapter.dump_json(await do())
            except Exception as error:  # noqa: BLE001 - whatever a step raises is its failure, and is recorded
                failed += 1
                delay = retry.delay_after(failed, error)
                status = StepStatus.FAILED if delay is None else StepStatus.RETRYING
                record = replace(record, status=status, attempts=failed, error=_error_of(error))
                record = await self._record(record)
                if delay is None:
                    return record
                await self._pause(f"{record.key}@retry/{failed}", delay)
            else:
                self._kernel.probe.reach(f"step.done:{record.key}")
                done = replace(record, status=StepStatus.DONE, attempts=failed + 1, error=None)
                return await self._record(await self._with_output(done, output))

    async def _with_output(self, record: StepRecord, output: bytes) -> StepRecord:
        if len(output) <= LONGEST_OUTPUT:
            return replace(record, output=from_json(output))
        ref = await self._put(f"steps/{record.key}.json", output, kind="step", media_type="application/json")
        return replace(record, overflow=ref)

    async def _recall(self, record: StepRecord, adapter: TypeAdapter[T]) -> T:
        if record.error is not None:
            raise StepFailed(record.key, record.error.code, record.error.message, record.error.details)
        if record.overflow is not None:
            return adapter.validate_json(await self.load(record.overflow))
        return adapter.validate_python(record.output)

    async def _record(self, record: StepRecord) -> StepRecord:
        self.branches.current.steps.append(record)
        await self._commit()
        self._steps[record.key] = record
        self._kernel.probe.reach(f"step.{record.status.value}.recorded:{record.key}")
        return record

    async def _pause(self, key: str, delay: timedelta) -> None:
        if delay <= LONGEST_PAUSE:
            await asyncio.sleep(delay.total_seconds())
        else:
            await self.sleep(key, self._kernel.clock.now() + delay)

    # ------------------------------------------------------------ waits

    async def gather(
        self, branches: Mapping[str, Callable[[], Awaitable[T]]], *, limit: int = 4
    ) -> dict[str, T]:
        return await self.branches.gather(branches, limit=limit)

    async def sleep(self, key: str, until: datetime) -> None:
        self._say(key)
        if key in self._steps:
            return
        wait = Wait(id=wait_id(self._job.id, key), key=key, kind=WaitKind.TIMER, name=TIMER, until=until)
        if (self._waits.get(key) or wait).has_news(self._kernel.clock.now()):
            return
        await self._wait(wait)

    async def wait_for(self, key: str, signal: SignalName, *, until: datetime | None = None) -> Signal:
        self._say(key)
        wait = Wait(id=wait_id(self._job.id, key), key=key, kind=WaitKind.SIGNAL, name=signal, until=until)
        return await self._wait(wait)

    async def child(self, key: str, kind: str, input: JsonObject) -> JsonObject:
        self._say(key)
        wait = Wait(id=wait_id(self._job.id, key), key=key, kind=WaitKind.CHILD, name=CHILD)
        if key not in self._waits:
            self.branches.current.children.append(self._new_child(key, kind, input))
        said = (await self._wait(wait)).payload
        result, failure = said.get("result"), said.get("failure")
        if isinstance(failure, dict):
            raise ChildFailed(key, str(failure["code"]), str(failure["message"]))
        return result if isinstance(result, dict) else {}

    async def _wait(self, wait: Wait) -> Signal:
        self._check()
        known = self._waits.get(wait.key)
        if known is None:
            self.branches.current.waits.append(wait)
        elif known.signal is not None:
            return known.signal
        wait = known or wait
        now = self._kernel.clock.now()
        if wait.until is not None and wait.until <= now:
            return await self._expire(wait)
        if self.branches.only_one_goes():
            raise Interrupted(Stop.PARKED)
        if known is None:
            await self._commit()
            self._waits[wait.key] = wait
        seconds = (wait.until - now).total_seconds() if wait.until else None
        signal = await self.branches.wait(wait.key, seconds=seconds)
        return signal or await self._expire(wait)

    async def _expire(self, wait: Wait) -> Signal:
        """Record that nobody answered in time; if somebody did meanwhile, the answer holds."""
        over = Signal(name=TIMER, at=self._kernel.clock.now())
        branch = self.branches.current
        branch.waits[:] = [told for told in branch.waits if told.key != wait.key]
        branch.waits.append(replace(wait, signal=over))
        await self._commit()
        recorded = (await self._kernel.store.load(self._job)).waits[wait.key]
        self._waits[wait.key] = recorded
        return recorded.signal or over

    def _new_child(self, key: str, kind: str, input: JsonObject) -> Job:
        job, now = self._job, self._kernel.clock.now()
        return Job(
            id=JobId(self._kernel.ids.new()),
            kind=kind,
            project=job.project,
            input=input,
            created_by=job.created_by,
            created_at=now,
            updated_at=now,
            due_at=now,
            priority=job.priority,
            root=job.root,
            parent=job.id,
            parent_key=key,
            origin=job.origin,
        )

    async def hear(self) -> None:
        """Look for news of what branches wait for in memory, and let them go on."""
        if self.branches.waited_for:
            recorded = (await self._kernel.store.load(self._job)).waits
            for key in self.branches.waited_for & recorded.keys():
                if (signal := recorded[key].signal) is not None:
                    self._waits[key] = recorded[key]
                    self.branches.wake(key, signal)

    # ------------------------------------------------------------ facts

    async def emit(self, key: str, event: Event) -> None:
        self._say(f"event:{key}")
        self._check()
        if key not in self._told:
            self._told.add(key)
            self.branches.current.events.append(KeyedEvent(key=key, event=event))

    async def hint(self, delta: Delta) -> None:
        self._kernel.feed.hint(self._job.id, delta)

    async def progress(self, percent: float, message: str = "") -> None:
        self._check()
        self.progressed = Progress(percent=percent, message=message)

    async def save(self, key: str, content: Content, *, kind: str, media_type: str) -> ArtifactRef:
        self._say(key)
        self._check()
        record = self._steps.get(key)
        if record is None:
            ref = await self._put(key, content, kind=kind, media_type=media_type)
            record = StepRecord(key=key, status=StepStatus.DONE, output=ref.model_dump(mode="json"))
            self._steps[key] = record
            self.branches.current.steps.append(record)
        return ArtifactRef.model_validate(record.output)

    async def load(self, ref: ArtifactRef) -> bytes:
        async with self._kernel.artifacts.open(ref) as chunks:
            return b"".join([chunk async for chunk in chunks])

    def now(self, key: str) -> datetime:
        moment = self._noted(key, lambda: self._kernel.clock.now().isoformat())
        return datetime.fromisoformat(str(moment))

    def new_id(self, key: str) -> str:
        return str(self._noted(key, self._kernel.ids.new))

    def _noted(self, key: str, make: Callable[[], JsonValue]) -> JsonValue:
        self._say(key)
        record = self._steps.get(key)
        if record is None:
            record = StepRecord(key=key, status=StepStatus.DONE, output=make())
            self._steps[key] = record
            self.branches.current.steps.append(record)
        return record.output

    async def _put(self, key: str, content: Content, *, kind: str, media_type: str) -> ArtifactRef:
        job = self._job
        place = f"{job.project}/{job.id}/{key}"
        stored = await self._kernel.artifacts.put(place, content, media_type=media_type)
        self._kernel.probe.reach(f"artifact.stored:{key}")
        ref = ArtifactRef(
            id=ArtifactId(self._kernel.ids.new()),
            key=place,
            kind=kind,
            media_type=media_type,
            size=stored.size,
            sha256=stored.sha256,
        )
        artifact = Artifact(ref=ref, project=job.project, job_id=job.id, created_at=self._kernel.clock.now())
        self.branches.current.artifacts.append(artifact)
        return ref

    # ------------------------------------------------------------ checkpoints

    def stop(self, reason: Stop) -> None:
        """Let the play end at its next checkpoint, for this reason; the first reason holds."""
        self._stop = self._stop or reason

    @property
    def stopped(self) -> Stop | None:
        """Return why the play is to end, if it is."""
        return self._stop

    def last_words(self) -> Commit:
        """Return all that was told and not recorded yet."""
        return replace(self.branches.drain(), progress=self.progressed)

    def _say(self, key: str) -> None:
        if key in self._said:
            raise KeyUsedTwice(key)
        self._said.add(key)

    def _check(self) -> None:
        if self._stop is not None:
            raise Interrupted(self._stop)

    @asynccontextmanager
    async def _telling(self) -> AsyncIterator[None]:
        """Record events that wait for a slow step's end before it, so that watchers see what is going on."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(
            SLOW.total_seconds(), lambda: self._tellers.add(loop.create_task(self._tell()))
        )
        try:
            yield
        finally:
            timer.cancel()

    async def _tell(self) -> None:
        events = self.branches.drain_events()
        if events:
            with suppress(Interrupted):  # the step's own commit will meet the same
                await self._write(Commit(events=events, progress=self.progressed))

    async def _commit(self) -> None:
        await self._write(replace(self.branches.current.drain(), progress=self.progressed))

    async def _write(self, commit: Commit) -> None:
        try:
            await self._kernel.store.commit(self._job, commit, lease=self._kernel.lease)
        except LeaseLost as lost:
            raise Interrupted(Stop.LOST) from lost
        except Unavailable as broken:
            raise Interrupted(Stop.UNSTORED) from broken
        if commit.events:
            self._kernel.feed.moved(self._job.id)


def _failed_before(wait: Wait, job: Job) -> bool:
    """Tell whether it is a child that failed in a job which this one continues: it gets another chance."""
    if wait.kind is not WaitKind.CHILD or wait.signal is None:
        return False
    return wait.id != wait_id(job.id, wait.key) and wait.signal.payload.get("failure") is not None


def _error_of(error: Exception) -> StepError:
    if isinstance(error, StepFailed):
        return StepError(code=error.reason, message=error.message, details=error.details)
    if isinstance(error, TaskforceError):
        return StepError(code=error.code, message=error.message, details=error.details)
    if isinstance(error, TimeoutError):
        return StepError(code="timed_out", message="It took longer than it may.", details={})
    return StepError(code="step_failed", message=f"{type(error).__name__}: {error}", details={})
