"""The mission program: plays the ReAct loop as a job, a recorded step a model call and a tool call."""

import mimetypes
import posixpath
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import structlog
from pydantic import BaseModel, ValidationError

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import wait_id
from taskforce.core.jobs.budget import Spent, overdrawn
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Delta, Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.jobs.signals import ANSWER, APPROVAL
from taskforce.core.jobs.steps import SKIPPED, Effect
from taskforce.core.missions import events
from taskforce.core.missions.controls import AskUser, FetchResult, RevisePlan
from taskforce.core.missions.errors import ModelNotFound, ScriptBroken
from taskforce.core.missions.model import ModelReply, ModelRequest, ToolCall, ToolMessage, Usage
from taskforce.core.missions.plan import TodoList
from taskforce.core.missions.ports import ChatModel, ModelSource, SessionStore, ToolSource, WorkspaceSource
from taskforce.core.missions.profile import Decision
from taskforce.core.missions.react import Answer, AskModel, CallTools, GiveUp, Transcript, next_action
from taskforce.core.missions.results import Handles, shortened
from taskforce.core.missions.safety import WARNING, trouble
from taskforce.core.missions.stopwatch import Stopwatch
from taskforce.core.missions.task import KIND, MissionTask
from taskforce.core.missions.toolbelt import Toolbelt
from taskforce.core.tools import Tool, ToolContext, ToolEffect, ToolFailed, ToolResult

log = structlog.get_logger()

MODEL_RETRY = RetryPolicy(attempts=3, first=timedelta(milliseconds=500), unless=(ScriptBroken, ModelNotFound))
SIDE_BY_SIDE = 4
MOST_FILES = 50


class MissionProgram(Program):
    """Plays missions."""

    kind: ClassVar[str] = KIND

    def __init__(
        self, *, models: ModelSource, tools: ToolSource, sessions: SessionStore, workspaces: WorkspaceSource
    ) -> None:
        self._models = models
        self._tools = tools
        self._sessions = sessions
        self._workspaces = workspaces

    def opening(self, job: Job) -> Event:
        task = MissionTask.model_validate(job.input)
        return events.started(
            task.mission,
            session_id=task.session_id,
            job_id=job.id,
            profile=task.profile.name,
            model=task.model,
            workspace=task.workspace,
        )

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = MissionTask.model_validate(job.input)
        history = await self._sessions.exchanges(
            task.session_id, before=task.first_job or job.id, limit=task.profile.history
        )
        mission = _Mission(
            job=job,
            task=task,
            ctx=ctx,
            workspaces=self._workspaces,
            model=self._models.open(task.model),
            belt=Toolbelt(self._tools.tools(), task.profile.tools),
            transcript=Transcript.of(task.mission, history),
        )
        return await mission.run()


class _Mission:
    """One play of one mission: its transcript, and what it has spent."""

    def __init__(
        self,
        *,
        job: Job,
        task: MissionTask,
        ctx: JobContext,
        workspaces: WorkspaceSource,
        model: ChatModel,
        belt: Toolbelt,
        transcript: Transcript,
    ) -> None:
        self._job = job
        self._task = task
        self._ctx = ctx
        self._workspaces = workspaces
        self._model = model
        self._belt = belt
        self._transcript = transcript
        self._usage = Usage()
        self._handles = Handles()
        self._written: dict[str, None] = {}
        self._artifacts: list[ArtifactRef] = []
        self._warned = False
        self._stopwatch = Stopwatch(ctx.now, is_needed=task.limits.seconds is not None)

    async def run(self) -> JsonObject:
        """Play until it is answered, or raise JobFailed with what was done."""
        while True:
            match next_action(self._transcript):
                case AskModel(turn):
                    await self._ask(turn)
                case CallTools(turn, calls):
                    await self._call(turn, calls)
                    self._stopwatch.stop(f"turn/{turn}/end")
                    await self._mind_circles()
                case Answer(text):
                    await self._keep_files()
                    await self._ctx.emit("answer", events.final_answer(text))
                    return self._result(text)
                case GiveUp(code, text):
                    raise await self._failure(code, text)

    # ------------------------------------------------------------ the model

    async def _ask(self, turn: int) -> None:
        await self._mind_budget(turn)
        request = ModelRequest(
            system=self._task.profile.system_prompt,
            messages=self._transcript.messages,
            begin=self._transcript.begin,
            tools=self._belt.specs,
        )

        async def reply() -> ModelReply:
            return await self._model.reply(request, on_text=self._show)

        try:
            said = await self._ctx.step(f"turn/{turn}/model", reply, type=ModelReply, retry=MODEL_RETRY)
        except StepFailed as failed:
            raise await self._failure(failed.reason, failed.message) from failed
        self._usage = self._usage.plus(said.usage)
        self._transcript = self._transcript.said(said)
        await self._ctx.emit(f"turn/{turn}/usage", events.token_usage(turn, said))
        if said.calls and said.text:
            await self._ctx.emit(f"turn/{turn}/thought", events.thought(turn, said.text))

    async def _show(self, text: str) -> None:
        await self._ctx.hint(Delta(type=events.TOKEN, text=text))

    async def _mind_budget(self, turn: int) -> None:
        self._stopwatch.start(f"turn/{turn}/begin")
        spent = Spent(
            steps=turn - 1,
            tokens=self._usage.tokens,
            cost=self._usage.cost,
            seconds=self._stopwatch.seconds,
        )
        code = overdrawn(spent, self._task.limits)
        if code is not None:
            raise await self._failure(code, f"Stopped at a limit ({code}), after turn {turn - 1}.")

    # ------------------------------------------------------------ the tools

    async def _call(self, turn: int, calls: tuple[ToolCall, ...]) -> None:
        if len(calls) > 1 and all(self._may_run_beside(call) for call in calls):
            results = await self._call_side_by_side(turn, calls)
        else:
            results = [await self._call_one(turn, place, call) for place, call in enumerate(calls, start=1)]
        self._transcript = self._transcript.heard(
            [
                ToolMessage(call_id=call.id, tool=call.tool, content=result.content, failed=result.failed)
                for call, result in zip(calls, results, strict=True)
            ]
        )

    async def _call_side_by_side(self, turn: int, calls: tuple[ToolCall, ...]) -> list[ToolResult]:
        places = {f"turn/{turn}/call/{place}": call for place, call in enumerate(calls, start=1)}
        for key, call in places.items():
            await self._ctx.emit(key, events.tool_call(turn, call))
        found = await self._ctx.gather(
            {key: partial(self._perform, key, call) for key, call in places.items()}, limit=SIDE_BY_SIDE
        )
        return [await self._tell_result(turn, key, call, found[key]) for key, call in places.items()]

    async def _call_one(self, turn: int, place: int, call: ToolCall) -> ToolResult:
        key = f"turn/{turn}/call/{place}"
        await self._ctx.emit(key, events.tool_call(turn, call))
        return await self._tell_result(turn, key, call, await self._perform(key, call))

    async def _tell_result(self, turn: int, key: str, call: ToolCall, result: ToolResult) -> ToolResult:
        self._handles.note(result)
        if not result.failed and self._belt.writes(call) and "path" in result.details:
            self._written[posixpath.normpath(str(result.details["path"]))] = None
        await self._ctx.emit(f"{key}/result", events.tool_result(turn, call, result))
        return result

    def _may_run_beside(self, call: ToolCall) -> bool:
        try:
            spec = self._belt.spec(call)
        except ToolFailed:
            return False
        return spec.parallel and self._task.profile.approval.about(spec.risk) is Decision.AUTO

    async def _perform(self, key: str, call: ToolCall) -> ToolResult:
        try:
            allowed = await self._allowed(key, call)
            arguments = self._belt.arguments(allowed)
            if isinstance(arguments, AskUser):
                return await self._ask_user(key, arguments)
            if isinstance(arguments, RevisePlan):
                return await self._revise(key, arguments)
            if isinstance(arguments, FetchResult):
                return await self._fetch(arguments)
            return await self._run(key, self._belt.tool(call), arguments)
        except ToolFailed as failed:
            return ToolResult(content=str(failed), failed=True)

    async def _allowed(self, key: str, call: ToolCall) -> ToolCall:
        """Return the call as it may be made. Raises ToolFailed when the profile or a person denies it."""
        spec = self._belt.spec(call)
        decision = self._task.profile.approval.about(spec.risk)
        if decision is Decision.AUTO:
            return call
        if decision is Decision.DENY:
            raise ToolFailed(
                f"The profile {self._task.profile.name} denies {spec.risk} calls such as {call.tool}."
            )
        self._belt.arguments(call)
        wait = f"{key}/approval"
        await self._ctx.emit(wait, events.approval_required(wait_id(self._job.id, wait), call, spec.risk))
        with self._stopwatch.paused(wait):
            signal = await self._ctx.wait_for(wait, APPROVAL)
        if signal.payload.get("decision") != "approve":
            raise ToolFailed(f"{signal.by} denied this call.")
        changed = signal.payload.get("arguments")
        return call.model_copy(update={"arguments": changed}) if isinstance(changed, dict) else call

    async def _ask_user(self, key: str, question: AskUser) -> ToolResult:
        wait = f"{key}/answer"
        await self._ctx.emit(wait, events.ask_user(wait_id(self._job.id, wait), question))
        with self._stopwatch.paused(wait):
            signal = await self._ctx.wait_for(wait, ANSWER)
        return ToolResult(content=str(signal.payload["answer"]), details={"by": signal.by})

    async def _revise(self, key: str, revised: RevisePlan) -> ToolResult:
        try:
            plan = TodoList(items=revised.items)
        except ValidationError as wrong:
            raise ToolFailed(f"The plan is not right: {wrong.errors()[0]['msg']}.") from wrong
        await self._ctx.emit(f"{key}/plan", events.plan_updated(plan))
        return ToolResult(content=f"Noted:\n{plan.as_text()}")

    async def _fetch(self, wanted: FetchResult) -> ToolResult:
        text = (await self._ctx.load(self._handles.ref(wanted.handle))).decode("utf-8", "replace")
        part = text[wanted.offset : wanted.offset + wanted.limit]
        return ToolResult(content=part, details={"total": len(text), "offset": wanted.offset})

    async def _run(self, key: str, tool: Tool[Any], arguments: BaseModel) -> ToolResult:
        context = ToolContext(workspace=Path(self._task.workspace), idempotency_key=f"{self._job.id}/{key}")

        async def run() -> ToolResult:
            try:
                result = await tool.run(arguments, context)
            except ToolFailed as failed:
                return ToolResult(content=str(failed), failed=True)
            return await self._kept_short(key, result)

        effect = Effect.ONCE if tool.effect is ToolEffect.ONCE else Effect.IDEMPOTENT
        try:
            return await self._ctx.step(f"{key}/run", run, type=ToolResult, effect=effect)
        except StepFailed as failed:
            if failed.reason == SKIPPED:
                return ToolResult(content=f"{tool.name} was not started again. {failed.message}", failed=True)
            log.warning("tool_broke", tool=tool.name, reason=failed.message)
            return ToolResult(content=f"{tool.name} broke: {failed.message}", failed=True)

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

    # ------------------------------------------------------------ the end

    async def _mind_circles(self) -> None:
        found = trouble(self._transcript.own)
        if found is None:
            return
        if self._warned:
            raise await self._failure("loop_detected", f"Stopped: {found}, and again after a warning.")
        self._warned = True
        self._transcript = self._transcript.told(WARNING.format(trouble=found))

    async def _failure(self, code: str, message: str) -> JobFailed:
        await self._keep_files()
        return JobFailed(code, message, result=self._result(message))

    async def _keep_files(self) -> None:
        """Keep what the mission wrote into its workspace, as it is at the end."""
        for path in list(self._written)[:MOST_FILES]:
            content = await self._workspaces.read(self._task.workspace, path)
            if content is None:
                continue
            media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
            ref = await self._ctx.save(f"files/{path}", content, kind="file", media_type=media_type)
            self._artifacts.append(ref)
            await self._ctx.emit(f"files/{path}", events.artifact(ref))

    def _result(self, message: str) -> JsonObject:
        return {
            "session_id": self._task.session_id,
            "message": message,
            "usage": self._usage.model_dump(),
            "artifacts": [ref.model_dump(mode="json") for ref in self._artifacts],
        }
