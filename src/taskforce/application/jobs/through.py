"""A context that hands everything on to another: for those that look at some of it on the way."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from taskforce.core.artifacts import ArtifactRef, Content
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import Delta, Event
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.signals import Signal, SignalName
from taskforce.core.jobs.steps import Effect, Subject

T = TypeVar("T")


class ThroughContext(JobContext):
    """Hands every call on."""

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx

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
        return await self._ctx.step(
            key, do, type=type, retry=retry, effect=effect, timeout=timeout, subject=subject
        )

    async def recall(self, key: str, *, type: type[T]) -> T | None:
        return await self._ctx.recall(key, type=type)

    async def gather(
        self, branches: Mapping[str, Callable[[], Awaitable[T]]], *, limit: int = 4
    ) -> dict[str, T]:
        return await self._ctx.gather(branches, limit=limit)

    async def sleep(self, key: str, until: datetime) -> None:
        await self._ctx.sleep(key, until)

    async def wait_for(self, key: str, signal: SignalName, *, until: datetime | None = None) -> Signal:
        return await self._ctx.wait_for(key, signal, until=until)

    async def child(
        self,
        key: str,
        kind: str,
        input: JsonObject,
        *,
        subject: str | None = None,
        until: datetime | None = None,
    ) -> JsonObject:
        return await self._ctx.child(key, kind, input, subject=subject, until=until)

    def child_of(self, key: str) -> JobId:
        return self._ctx.child_of(key)

    async def emit(self, key: str, event: Event) -> None:
        await self._ctx.emit(key, event)

    async def write(self, key: str, change: Change) -> None:
        await self._ctx.write(key, change)

    @property
    def is_cancelled(self) -> bool:
        return self._ctx.is_cancelled

    async def hint(self, delta: Delta) -> None:
        await self._ctx.hint(delta)

    async def progress(self, percent: float, message: str = "") -> None:
        await self._ctx.progress(percent, message)

    async def save(
        self, key: str, content: Content, *, kind: str, media_type: str, place: str | None = None
    ) -> ArtifactRef:
        return await self._ctx.save(key, content, kind=kind, media_type=media_type, place=place)

    async def load(self, ref: ArtifactRef) -> bytes:
        return await self._ctx.load(ref)

    def now(self, key: str) -> datetime:
        return self._ctx.now(key)

    def new_id(self, key: str) -> str:
        return self._ctx.new_id(key)
