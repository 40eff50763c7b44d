"""A rehearsal: a program played over what is recorded of a job. Nothing is done and nothing is stored."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import JsonValue
from pydantic_core import from_json, to_json

from taskforce.application.jobs.outputs import adapter_of
from taskforce.application.jobs.waiting import started_under, told_by_child
from taskforce.core.artifacts import ArtifactRef, ArtifactStore, Content
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import KeyUsedTwice, StepFailed
from taskforce.core.jobs.events import COMPLETE, ERROR, OPENING, Delta, Event, RecordedEvent
from taskforce.core.jobs.model import DEAD_LETTER, Job, JobStatus
from taskforce.core.jobs.ports import Record
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.signals import UNKNOWN_AFTER_CRASH, Signal, SignalName
from taskforce.core.jobs.steps import Effect, StepRecord, StepStatus, Subject

T = TypeVar("T")

_BY_THE_KERNEL = frozenset({OPENING, ERROR, COMPLETE})
_SETTLED = frozenset({StepStatus.DONE, StepStatus.FAILED})


class RecordEnds(BaseException):
    """The program would go on where the record stops, for its job never came further."""


class Departed(BaseException):
    """The program goes another way than was recorded; no `except Exception` of it holds this up."""

    def __init__(self, place: str, *, recorded: JsonValue, today: JsonValue) -> None:
        super().__init__(place)
        self.place = place
        self.recorded = recorded
        self.today = today


class StepMissing(Departed):
    """The program would do what was never done."""


class EventDiffers(Departed):
    """The program would tell another fact."""


class Rehearsal(JobContext):
    """Gives a program what was recorded, and holds what it tells against the log."""

    def __init__(
        self, *, job: Job, record: Record, log: Sequence[RecordedEvent], artifacts: ArtifactStore
    ) -> None:
        self._job = job
        self._record = record
        self._artifacts = artifacts
        self._untold = [recorded.event for recorded in log if not _is_the_kernels(recorded.event)]
        self._next = 0
        self._said: set[str] = set()
        self._side_by_side = 0

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
        self.say(key)
        record = self._record.steps.get(key)
        if record is None or record.status not in _SETTLED:
            raise self._missing(key, subject.details if subject else {})
        return await self._recorded(record, type)

    async def recall(self, key: str, *, type: type[T]) -> T | None:
        record = self._record.steps.get(key)
        if record is None or record.status not in _SETTLED:
            return None
        return await self._recorded(record, type)

    async def gather(
        self, branches: Mapping[str, Callable[[], Awaitable[T]]], *, limit: int = 4
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        ended: RecordEnds | None = None
        self._side_by_side += 1
        for name, play in branches.items():
            try:
                found[name] = await play()
            except RecordEnds as here:
                ended = here
        self._side_by_side -= 1
        if ended is not None:
            raise ended
        return found

    async def sleep(self, key: str, until: datetime) -> None:
        self.say(key)
        wait = self._record.waits.get(key)
        if wait is not None and wait.is_open():
            raise RecordEnds

    async def wait_for(self, key: str, signal: SignalName, *, until: datetime | None = None) -> Signal:
        return self._word(key, str(signal))

    async def child(
        self,
        key: str,
        kind: str,
        input: JsonObject,
        *,
        subject: str | None = None,
        until: datetime | None = None,
    ) -> JsonObject:
        return told_by_child(key, self._word(key, kind))

    def child_of(self, key: str) -> JobId:
        return started_under(key, self._record.waits)

    async def emit(self, key: str, event: Event) -> None:
        self.say(f"event:{key}")
        places = range(self._next, len(self._untold) if self._side_by_side else self._next + 1)
        if self._next == len(self._untold):
            raise self._beyond(event.type, today=_shown(event))
        found = next((place for place in places if _is_same(self._untold[place], event)), None)
        if found is None:
            recorded = _shown(self._untold[self._next])
            raise EventDiffers(event.type, recorded=recorded, today=_shown(event))
        self._untold[self._next + 1 : found + 1] = self._untold[self._next : found]
        self._next += 1

    async def write(self, key: str, change: Change) -> None:
        self.say(key)
        if key not in self._record.steps:
            raise self._missing(key, {"change": type(change).__name__})

    @property
    def is_cancelled(self) -> bool:
        return False

    async def hint(self, delta: Delta) -> None:
        return

    async def progress(self, percent: float, message: str = "") -> None:
        return

    async def save(
        self, key: str, content: Content, *, kind: str, media_type: str, place: str | None = None
    ) -> ArtifactRef:
        self.say(key)
        record = self._record.steps.get(key)
        if record is None:
            raise self._missing(key, {"kind": kind, "media_type": media_type})
        return ArtifactRef.model_validate_json(record.output)

    async def load(self, ref: ArtifactRef) -> bytes:
        return await self._artifacts.read(ref)

    def now(self, key: str) -> datetime:
        noted = self._noted(key)
        return self._job.created_at if noted is None else datetime.fromisoformat(noted)

    def new_id(self, key: str) -> str:
        return self._noted(key) or self._job.id

    def check_all_is_told(self) -> None:
        """Raise Departed when the log tells more than the program did, which has come to its end."""
        if self._next < len(self._untold):
            left = self._untold[self._next]
            raise EventDiffers(left.type, recorded=_shown(left), today=None)

    # ------------------------------------------------------------ what is recorded

    def _noted(self, key: str) -> str | None:
        """Return what was noted; None when today's program notes more than that of then, which is no harm."""
        self.say(key)
        record = self._record.steps.get(key)
        return None if record is None else str(from_json(record.output))

    def _word(self, key: str, name: str) -> Signal:
        self.say(key)
        wait = self._record.waits.get(key)
        if wait is None:
            raise self._missing(key, {"waits_for": name})
        if wait.signal is None:
            raise RecordEnds
        return wait.signal

    async def _recorded(self, record: StepRecord, type: type[T]) -> T:
        if record.error is not None:
            raise StepFailed(record.key, record.error.code, record.error.message, record.error.details)
        return adapter_of(type).validate_json(await self._output(record))

    async def _output(self, record: StepRecord) -> bytes | str:
        return record.output if record.overflow is None else await self.load(record.overflow)

    def say(self, key: str) -> None:
        """Use a key. Raises KeyUsedTwice."""
        if key in self._said:
            raise KeyUsedTwice(key)
        self._said.add(key)

    def _missing(self, key: str, asked: JsonObject) -> BaseException:
        is_known = self._next < len(self._untold)
        if self._came_to_its_end or is_known:
            recorded = _shown(self._untold[self._next]) if is_known else None
            return StepMissing(key, recorded=recorded, today={"step": key, **asked})
        return RecordEnds()

    def _beyond(self, place: str, *, today: JsonValue) -> BaseException:
        return EventDiffers(place, recorded=None, today=today) if self._came_to_its_end else RecordEnds()

    @property
    def _came_to_its_end(self) -> bool:
        """Tell whether the program itself ended the job: then all that it does is recorded."""
        outcome = self._job.outcome
        if outcome is None or outcome.status is JobStatus.CANCELLED:
            return False
        return outcome.failure is None or outcome.failure.code != DEAD_LETTER


def _is_the_kernels(event: Event) -> bool:
    return event.type in _BY_THE_KERNEL or event.details.get("reason") == UNKNOWN_AFTER_CRASH


def _is_same(recorded: Event, event: Event) -> bool:
    return recorded == event or _shown(recorded) == _shown(event)


def _shown(event: Event) -> JsonObject:
    """Return an event as the log holds it."""
    return {"type": event.type, "message": event.message, "details": from_json(to_json(event.details))}
