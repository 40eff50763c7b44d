"""Missions watched from outside: spans of what is done, and counters of what is newly recorded."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import ClassVar, TypeVar

from taskforce.application.jobs.through import ThroughContext
from taskforce.core.documents import JsonObject
from taskforce.core.errors import TaskforceError
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, JobStatus, Throttle
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import ONCE, RetryPolicy
from taskforce.core.jobs.steps import Effect, Subject
from taskforce.core.missions import semantics
from taskforce.core.missions.counters import COST, MISSIONS, TOKENS, TOOL_CALLS, TURNS, label_of
from taskforce.core.missions.model import ModelReply, ModelRequest
from taskforce.core.missions.ports import ChatModel, ModelSource, Text
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.routing import ChosenModel, ModelOffer
from taskforce.core.missions.semantics import Content
from taskforce.core.missions.task import KIND, session_of
from taskforce.core.telemetry import Meter, Span, SpanKind, Tracer
from taskforce.core.tools import ToolResult

T = TypeVar("T")

ENDS = {JobStatus.SUCCEEDED: "completed", JobStatus.FAILED: "failed", JobStatus.CANCELLED: "cancelled"}


class MissionCounter:
    """Counts missions when their end is recorded."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def __call__(self, job: Job) -> None:
        """Take in a job that has ended."""
        if job.kind == KIND:
            labels = {"status": ENDS[job.status], "profile": _profile_of(job)}
            self._meter.count(MISSIONS, labels)


class ObservedMissions(Program):
    """Plays missions as another program does, within a span, and counts what their plays record."""

    kind: ClassVar[str] = KIND

    def __init__(self, program: Program, *, tracer: Tracer, meter: Meter, content: Content | None) -> None:
        self._program = program
        self._tracer = tracer
        self._meter = meter
        self._content = content

    def opening(self, job: Job) -> Event:
        return self._program.opening(job)

    def throttle(self, job: Job) -> Throttle | None:
        return self._program.throttle(job)

    async def ended(self, job: Job) -> None:
        await self._program.ended(job)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        profile = _profile_of(job)
        told = semantics.agent(profile=profile, session_id=session_of(job.subject), job_id=job.id)
        watched = _ObservedContext(ctx, tracer=self._tracer, meter=self._meter, content=self._content)
        with self._tracer.span(f"invoke_agent {profile}", kind=SpanKind.INTERNAL, attributes=told) as span:
            try:
                return await self._program.play(job, watched)
            except JobFailed as failed:
                span.fail(failed.reason, failed.message)
                raise
            except Exception as error:
                _tell_failure(span, error)
                raise


class ObservedModels(ModelSource):
    """Opens models that are asked within spans."""

    def __init__(self, models: ModelSource, *, tracer: Tracer, content: Content | None) -> None:
        self._models = models
        self._tracer = tracer
        self._content = content

    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        return _ObservedModel(self._models.open(name, settings), name, self._tracer, self._content)

    def pinned(self, name: str, settings: ModelSettings, *, is_trusted: bool) -> str:
        return self._models.pinned(name, settings, is_trusted=is_trusted)

    def is_file(self, name: str) -> bool:
        return self._models.is_file(name)

    def window(self, name: str) -> int | None:
        return self._models.window(name)

    async def found(self) -> ChosenModel:
        return await self._models.found()

    def offers(self) -> Sequence[ModelOffer]:
        return self._models.offers()


class _ObservedModel(ChatModel):
    """A model that is asked within a span: a try each."""

    def __init__(self, model: ChatModel, asked: str, tracer: Tracer, content: Content | None) -> None:
        self._model = model
        self._asked = asked
        self._tracer = tracer
        self._content = content

    @property
    def name(self) -> str:
        return self._model.name

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        told = semantics.chat(self._asked)
        name = f"chat {told['gen_ai.request.model']}"
        with self._tracer.span(name, kind=SpanKind.CLIENT, attributes=told) as span:
            if self._content:
                span.note(self._content.asked(request))
            try:
                said = await self._model.reply(request, on_text=on_text)
            except Exception as error:
                _tell_failure(span, error)
                raise
            span.note(semantics.replied(said))
            if self._content:
                span.note(self._content.replied(said))
            return said


class _ObservedContext(ThroughContext):
    """Watches the steps of a mission: what is done now, not what was recorded before."""

    def __init__(self, ctx: JobContext, *, tracer: Tracer, meter: Meter, content: Content | None) -> None:
        super().__init__(ctx)
        self._tracer = tracer
        self._meter = meter
        self._content = content

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
        is_done = False

        async def watched() -> T:
            nonlocal is_done
            is_done = True
            return await (do() if subject is None else self._called(subject, do))

        try:
            result = await super().step(
                key, watched, type=type, retry=retry, effect=effect, timeout=timeout, subject=subject
            )
        except StepFailed:
            if is_done and subject is not None:
                self._count_call(subject, failed=True)
            raise
        if is_done and isinstance(result, ModelReply):
            self._count_turn(result)
        elif is_done and subject is not None and isinstance(result, ToolResult):
            self._count_call(subject, failed=result.failed)
        return result

    async def _called(self, subject: Subject, do: Callable[[], Awaitable[T]]) -> T:
        name, call_id = str(subject.details.get("tool")), str(subject.details.get("call_id"))
        told = semantics.tool(name, call_id)
        with self._tracer.span(f"execute_tool {name}", kind=SpanKind.INTERNAL, attributes=told) as span:
            if self._content:
                span.note(self._content.called(subject.details.get("arguments")))
            try:
                result = await do()
            except Exception as error:
                _tell_failure(span, error)
                raise
            if isinstance(result, ToolResult):
                self._tell_result(span, result)
            return result

    def _tell_result(self, span: Span, result: ToolResult) -> None:
        if result.failed:
            span.fail("tool_failed", "The tool said that it failed.")
        if self._content:
            span.note(self._content.result(result))

    def _count_turn(self, reply: ModelReply) -> None:
        model, usage = label_of(reply.asked), reply.usage
        self._meter.count(TURNS, {"model": model})
        self._meter.count(TOKENS, {"model": model, "type": "input"}, usage.input_tokens)
        self._meter.count(TOKENS, {"model": model, "type": "output"}, usage.output_tokens)
        self._meter.count(COST, {"model": model}, usage.cost)

    def _count_call(self, subject: Subject, *, failed: bool) -> None:
        labels = {"tool": str(subject.details.get("tool")), "outcome": "failed" if failed else "done"}
        self._meter.count(TOOL_CALLS, labels)


def _tell_failure(span: Span, error: Exception) -> None:
    if isinstance(error, TaskforceError):
        span.fail(error.code, error.message)
    else:
        span.fail(type(error).__qualname__, str(error))


def _profile_of(job: Job) -> str:
    profile = job.input.get("profile")
    return str(profile.get("name")) if isinstance(profile, dict) else ""
