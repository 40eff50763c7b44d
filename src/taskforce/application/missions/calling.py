"""A mission's tool calls: the run as a recorded step, results by handle."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import structlog
from pydantic import ValidationError

from taskforce.application.missions.activating import Activation
from taskforce.application.missions.agents import SIDE_BY_SIDE, Agents, groups_of
from taskforce.application.missions.allowing import AllowedCall, Approvals
from taskforce.application.missions.keeping import Keeping
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, wait_id
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.errors import StepFailed
from taskforce.core.jobs.events import Delta
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER
from taskforce.core.jobs.steps import SKIPPED, Effect
from taskforce.core.missions import events
from taskforce.core.missions.controls import (
    CALL_AGENT,
    ActivateSkill,
    AskUser,
    CallAgent,
    FetchResult,
    RevisePlan,
)
from taskforce.core.missions.model import ToolCall, ToolMessage, Usage
from taskforce.core.missions.plan import TodoList
from taskforce.core.missions.results import Handles, handle_of, shortened
from taskforce.core.missions.stopwatch import Stopwatch
from taskforce.core.missions.task import MissionTask
from taskforce.core.missions.toolbelt import Toolbelt
from taskforce.core.tools import ToolContext, ToolEffect, ToolFailed, ToolResult

log = structlog.get_logger()


class ToolCalls:
    """Makes the calls of one play of a mission. What goes wrong with one is its result."""

    def __init__(
        self,
        *,
        job_id: JobId,
        task: MissionTask,
        ctx: JobContext,
        belt: Toolbelt,
        agents: Agents,
        activation: Activation,
        keeping: Keeping,
        stopwatch: Stopwatch,
        approvals: Approvals,
        handles: Handles,
        revise: Callable[[TodoList], TodoList],
    ) -> None:
        self._job_id = job_id
        self._task = task
        self._ctx = ctx
        self._belt = belt
        self._agents = agents
        self._activation = activation
        self._keeping = keeping
        self._stopwatch = stopwatch
        self._approvals = approvals
        self._revise_plan = revise
        self._handles = handles
        self._offered: Collection[str] = ()
        self.usage = Usage()
        """What the agents took that were called."""

    async def make(
        self, turn: int, calls: Sequence[ToolCall], *, offered: Collection[str], left: Limits | None
    ) -> list[ToolMessage]:
        """Make a turn's calls of tools that were offered; what is left of the limits is for its agents."""
        self._offered = offered
        self._agents.allot(left, among=sum(call.tool == CALL_AGENT for call in calls))
        if len(calls) > 1 and all(self._may_run_beside(call) for call in calls):
            results = await self._make_side_by_side(turn, calls)
        else:
            results = [await self._make_one(turn, place, call) for place, call in enumerate(calls, start=1)]
        return [
            ToolMessage(call_id=call.id, tool=call.tool, content=result.content, failed=result.failed)
            for call, result in zip(calls, results, strict=True)
        ]

    async def _make_side_by_side(self, turn: int, calls: Sequence[ToolCall]) -> list[ToolResult]:
        places = {handle_of(turn, place): call for place, call in enumerate(calls, start=1)}
        for key, call in places.items():
            await self._ctx.emit(key, events.tool_call(turn, call))
        found: dict[str, ToolResult] = {}
        with self._off_the_clock(f"turn/{turn}/agents", calls):
            for group in groups_of(places):
                plays = {key: partial(self._perform, key, call) for key, call in group.items()}
                found |= await self._ctx.gather(plays, limit=SIDE_BY_SIDE)
        return [await self._tell_result(turn, key, call, found[key]) for key, call in places.items()]

    async def _make_one(self, turn: int, place: int, call: ToolCall) -> ToolResult:
        key = handle_of(turn, place)
        await self._ctx.emit(key, events.tool_call(turn, call))
        with self._off_the_clock(key, (call,)):
            result = await self._perform(key, call)
        return await self._tell_result(turn, key, call, result)

    def _off_the_clock(self, key: str, calls: Sequence[ToolCall]) -> AbstractContextManager[None]:
        """Leave out the time that agents take: they measure their own, and wait for people as well."""
        has_agents = any(call.tool == CALL_AGENT for call in calls)
        return self._stopwatch.paused(key) if has_agents else nullcontext()

    async def _tell_result(self, turn: int, key: str, call: ToolCall, result: ToolResult) -> ToolResult:
        self._handles.note(key, result)
        await self._ctx.emit(f"{key}/result", events.tool_result(turn, call, result))
        await self._keeping.tell(key, result)
        taken = self._agents.count(result)
        if taken is not None:
            self.usage = self.usage.plus(taken)
            await self._ctx.emit(f"{key}/usage", events.agents_usage(turn, taken))
        return result

    def _may_run_beside(self, call: ToolCall) -> bool:
        try:
            spec = self._belt.spec(call)
        except ToolFailed:
            return False
        return spec.parallel and self._approvals.are_needless(spec)

    async def _perform(self, key: str, call: ToolCall) -> ToolResult:
        try:
            self._check_it_is_offered(call)
            allowed = await self._approvals.of(key, call)
            arguments = self._belt.arguments(allowed.call)
            played = self._played_here(key, allowed.call, arguments)
            return await (self._run(key, allowed, arguments) if played is None else played)
        except ToolFailed as failed:
            return ToolResult(content=str(failed), failed=True)

    def _check_it_is_offered(self, call: ToolCall) -> None:
        if self._belt.spec(call).name not in self._offered:
            raise ToolFailed(f"{call.tool} is not to be called now. Tools are: {', '.join(self._offered)}.")
        self._activation.check(call.tool)

    def _played_here(self, key: str, call: ToolCall, arguments: object) -> Awaitable[ToolResult] | None:
        """Return the play of a tool that changes the mission alone; None when it is another one."""
        match arguments:
            case AskUser():
                return self._ask_user(key, arguments)
            case RevisePlan():
                return self._revise(key, arguments)
            case FetchResult():
                return self._fetch(key, arguments)
            case CallAgent():
                return self._call_agent(key, arguments)
            case ActivateSkill():
                return self._activate(key, call, arguments)
        return None

    async def _ask_user(self, key: str, question: AskUser) -> ToolResult:
        wait = f"{key}/answer"
        await self._ctx.emit(wait, events.ask_user(wait_id(self._job_id, wait), question))
        with self._stopwatch.paused(wait):
            signal = await self._ctx.wait_for(wait, ANSWER)
        await self._approvals.tell_answer(wait, signal)
        return ToolResult(content=str(signal.payload["answer"]), details={"by": signal.by})

    async def _revise(self, key: str, revised: RevisePlan) -> ToolResult:
        try:
            plan = self._revise_plan(TodoList(items=revised.items))
        except ValidationError as wrong:
            raise ToolFailed(f"The plan is not right: {wrong.errors()[0]['msg']}.") from wrong
        await self._ctx.emit(f"{key}/plan", events.plan_updated(plan))
        return ToolResult(content=f"Noted:\n{plan.as_text()}")

    async def _fetch(self, key: str, wanted: FetchResult) -> ToolResult:
        found = self._handles.find(wanted.handle)
        if not self._handles.is_of_before(wanted.handle):
            return await self._part(found, wanted)

        async def read() -> ToolResult:
            return await self._part(found, wanted)

        try:  # what another session keeps may be gone when the mission is played again
            return await self._ctx.step(f"{key}/run", read, type=ToolResult)
        except StepFailed as failed:
            raise ToolFailed(
                f"The result {wanted.handle} cannot be read any more: {failed.message}"
            ) from failed

    async def _part(self, found: ArtifactRef | str, wanted: FetchResult) -> ToolResult:
        text = found
        if isinstance(found, ArtifactRef):
            text = (await self._ctx.load(found)).decode("utf-8", "replace")
        part = str(text)[wanted.offset : wanted.offset + wanted.limit]
        return ToolResult(content=part, details={"total": len(str(text)), "offset": wanted.offset})

    async def _activate(self, key: str, call: ToolCall, wanted: ActivateSkill) -> ToolResult:
        names = [spec.name for spec in self._belt.specs]
        ask = partial(self._approvals.of_first_use, key, call, skill=wanted.name)
        return await self._activation.activate(key, wanted, names, ask=ask)

    async def _call_agent(self, key: str, asked: CallAgent) -> ToolResult:
        done = await self._agents.call(key, asked, allowed=self._activation.allowed)
        return await self._kept_short(key, done)

    async def _run(self, key: str, allowed: AllowedCall, arguments: object) -> ToolResult:
        call = allowed.call
        tool = self._belt.tool(call)
        context = ToolContext(
            workspace=Path(self._task.workspace),
            idempotency_key=f"{self._job_id}/{key}",
            hint=self._live_output(),
            sandbox=allowed.sandbox,
        )

        async def run() -> ToolResult:
            try:
                result = await self._keeping.run(key, tool, lambda: self._belt.run(call, arguments, context))
            except ToolFailed as failed:
                return ToolResult(content=str(failed), failed=True)
            return await self._kept_short(key, result)

        effect = Effect.ONCE if tool.spec.effect is ToolEffect.ONCE else Effect.IDEMPOTENT
        subject = events.subject_of(call, ruling=self._task.profile.ruling)
        try:
            return await self._ctx.step(f"{key}/run", run, type=ToolResult, effect=effect, subject=subject)
        except StepFailed as failed:
            if failed.reason == SKIPPED:
                return ToolResult(content=f"{call.tool} was not started again. {failed.message}", failed=True)
            log.warning("tool_broke", tool=call.tool, reason=failed.message)
            return ToolResult(content=f"{call.tool} broke: {failed.message}", failed=True)

    def _live_output(self) -> Callable[[str], None]:
        """Return what shows a tool's output as it comes, in whatever thread the tool runs."""
        loop = asyncio.get_running_loop()

        def show(text: str) -> None:
            delta = Delta(type=events.TOOL_OUTPUT, text=text)
            asyncio.run_coroutine_threadsafe(self._ctx.hint(delta), loop)

        return show

    async def _kept_short(self, key: str, result: ToolResult) -> ToolResult:
        short = shortened(result.content, handle=key)
        if short is None:
            return result
        whole = result.content.encode("utf-8", "replace")
        ref = await self._ctx.save(
            f"{key}/whole", whole, kind="tool_result", media_type="text/plain; charset=utf-8"
        )
        details: JsonObject = {**result.details, "handle": key, "whole": ref.model_dump(mode="json")}
        return result.model_copy(update={"content": short, "details": details})
