"""Who plays in the tests of missions: a model that says its turns, tools and a workspace in memory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from taskforce.application.missions.program import MissionProgram
from taskforce.core.documents import JsonObject
from taskforce.core.identity import SessionId
from taskforce.core.jobs.budget import Limits
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import SignalName
from taskforce.core.missions.errors import ModelUnavailable
from taskforce.core.missions.model import (
    AssistantMessage,
    MissionOutcome,
    ModelReply,
    ModelRequest,
    StopReason,
    ToolCall,
    Usage,
)
from taskforce.core.missions.outcome import MissionLog
from taskforce.core.missions.ports import ChatModel, ModelSource, Text, ToolSource, WorkspaceSource
from taskforce.core.missions.profile import Approval, Profile
from taskforce.core.missions.task import MissionTask
from taskforce.core.tools import Risk, Tool, ToolContext, ToolEffect, ToolFailed, ToolResult
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.missions.memory import MemorySessions, MemorySessionStore
from tests.stage import Stage

SESSION = SessionId("00000000-0000-7000-8000-00000000cafe")
USAGE = Usage(input_tokens=10, output_tokens=5, cost=0.25)


def calls(*wanted: tuple[str, JsonObject]) -> ModelReply:
    """A turn that wants tools called."""
    return ModelReply(
        calls=tuple(ToolCall(id=f"c{n}", tool=tool, arguments=said) for n, (tool, said) in enumerate(wanted)),
        stop=StopReason.TOOL_CALLS,
        usage=USAGE,
    )


def answer(text: str = "Done.") -> ModelReply:
    """A turn that ends the mission."""
    return ModelReply(text=text, stop=StopReason.ANSWER, usage=USAGE)


class ListedModel(ChatModel, ModelSource):
    """Says its turns one after the other; counts what it was asked."""

    name = "listed"

    def __init__(self, turns: Sequence[ModelReply], *, failures: int = 0) -> None:
        self._turns = turns
        self._failures = failures
        self.requests: list[ModelRequest] = []

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        self.requests.append(request)
        if len(self.requests) <= self._failures:
            raise ModelUnavailable("listed", "it is busy")
        own = request.messages[request.begin :]
        return self._turns[sum(isinstance(message, AssistantMessage) for message in own)]

    def open(self, name: str) -> ChatModel:
        return self

    def pinned(self, name: str) -> str:
        return name

    def names(self) -> Mapping[str, str]:
        return {"listed": ""}


class Line(BaseModel):
    """A line of text."""

    model_config = ConfigDict(extra="forbid")
    text: str


class Note(Tool[Line]):
    """Keeps lines in memory; what happens is told by its name."""

    arguments = Line
    description = "Notes a line."
    parallel: ClassVar[bool] = False
    name = "note"
    risk = Risk.WRITE
    effect = ToolEffect.IDEMPOTENT

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.on_run: Callable[[], object] = list

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        if arguments.text == "fail":
            raise ToolFailed("It failed; say something else.")
        self.on_run()
        self.lines.append(arguments.text)
        return ToolResult(content=arguments.text * 1, details={"path": f"./{arguments.text[:10]}"})


class NoteOnce(Note):
    """The same, but never to be started twice unasked."""

    name = "note_once"
    effect = ToolEffect.ONCE


class Look(Note):
    """The same, but only looks, and may run beside others."""

    name = "look"
    risk = Risk.READ
    parallel: ClassVar[bool] = True


class Toolbox(ToolSource):
    """The three."""

    def __init__(self) -> None:
        self.by_name: dict[str, Note] = {tool.name: tool for tool in (Note(), NoteOnce(), Look())}

    def tools(self) -> Mapping[str, Tool[Any]]:
        return self.by_name


class MemoryWorkspaces(WorkspaceSource):
    """Every file holds its own name."""

    def place(self, session_id: SessionId, wanted: str | None) -> str:
        return "memory"

    def make(self, workspace: str) -> None:
        return

    async def read(self, workspace: str, path: str) -> bytes | None:
        return path.encode()


class MissionStage:
    """Plays one mission on a stage."""

    def __init__(self, turns: Sequence[ModelReply], *, failures: int = 0) -> None:
        self.stage = Stage()
        self.model = ListedModel(turns, failures=failures)
        self.toolbox = Toolbox()
        self.sessions = MemorySessionStore(MemorySessions(), self.stage.store, MemoryRequestLog())
        self.stage.programs["mission"] = MissionProgram(
            models=self.model, tools=self.toolbox, sessions=self.sessions, workspaces=MemoryWorkspaces()
        )

    async def run(self, *, approval: Approval | None = None, limits: Limits | None = None) -> Job:
        """Run a mission to where it stops."""
        task = a_task(approval=approval, limits=limits)
        job_id = await self.stage.submit("mission", task.model_dump(mode="json"))
        await self.stage.settle()
        return await self.stage.job(job_id)

    async def answer(self, job: Job, key: str, name: SignalName, payload: JsonObject) -> Job:
        """Answer what the mission waits for, and play on."""
        await self.stage.answer(job.id, key, name, payload)
        await self.stage.settle()
        return await self.stage.job(job.id)

    async def outcome(self, job: Job) -> MissionOutcome:
        events = await self.stage.store.events(job.id, after=0, limit=10_000)
        return MissionLog(told.event for told in events).outcome()

    async def told(self, job: Job) -> list[str]:
        """Return the types of the log's events."""
        return [type_ for _, type_, _ in await self.stage.log(job.id)]


def a_task(*, approval: Approval | None = None, limits: Limits | None = None) -> MissionTask:
    """A task with every tool and nothing to ask."""
    everything = Approval.model_validate(dict.fromkeys(Approval.model_fields, "auto"))
    profile = Profile(
        name="test",
        tools=("planner", "ask_user", "fetch_result", "note", "note_once", "look"),
        approval=approval or everything,
    )
    return MissionTask(
        session_id=SESSION,
        mission="Do it",
        model="listed",
        profile=profile,
        workspace="memory",
        limits=limits or profile.limits,
    )
