"""The words of a mission: messages, calls, usage, sessions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.budget import SUMMED_UP
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Failure, JobStatus
from taskforce.core.tools import ToolSpec


def _is_none(value: object) -> bool:
    return value is None


def _is_false(value: object) -> bool:
    return value is False


def _is_empty(text: str) -> bool:
    return not text


class Frozen(BaseModel):
    """A value that does not change and knows no field by accident."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolCall(Frozen):
    """A model's wish to call a tool; `id` is unique within the mission."""

    id: str
    tool: str
    arguments: JsonObject
    malformed: str | None = Field(default=None, exclude_if=_is_none)
    """What the model said in place of arguments, when that is no JSON object."""


class Usage(Frozen):
    """What model calls took: tokens in and out, and their price in US dollars."""

    input_tokens: Annotated[int, SUMMED_UP] = 0
    output_tokens: Annotated[int, SUMMED_UP] = 0
    cost: Annotated[float, SUMMED_UP] = 0.0
    cached_tokens: Annotated[int, SUMMED_UP] = 0
    """Of the tokens in, those that the provider had kept from an earlier request."""

    @property
    def tokens(self) -> int:
        """Return tokens in and out together."""
        return self.input_tokens + self.output_tokens

    def plus(self, other: "Usage") -> "Usage":
        """Return both together."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=self.cost + other.cost,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )


class UserMessage(Frozen):
    """What the user said: a mission, or an answer."""

    role: Literal["user"] = "user"
    text: str


class AssistantMessage(Frozen):
    """What the model said: a text, calls, or both."""

    role: Literal["assistant"] = "assistant"
    text: str = ""
    calls: tuple[ToolCall, ...] = ()


class ToolMessage(Frozen):
    """What a tool answered to one call."""

    role: Literal["tool"] = "tool"
    call_id: str
    tool: str
    content: str
    failed: bool = False


Message: TypeAlias = Annotated[UserMessage | AssistantMessage | ToolMessage, Field(discriminator="role")]


class StopReason(StrEnum):
    """Why a model stopped.

    It answered, wants tools called, cannot go on without a language model, came to the end of what it
    may say, or its provider's rules forbid an answer.
    """

    ANSWER = "answer"
    TOOL_CALLS = "tool_calls"
    NEEDS_MODEL = "needs_model"
    LENGTH = "length"
    REFUSED = "refused"


class ModelRequest(Frozen):
    """What a model is asked: everything it may know; it keeps nothing between requests."""

    system: str
    messages: tuple[Message, ...]
    begin: int = 0
    """Where the mission itself begins in the messages; before it are earlier ones of its session."""
    tools: tuple[ToolSpec, ...]
    output: JsonObject | None = Field(default=None, exclude_if=_is_none)
    """JSON Schema of the text that is wanted; None is a text of any form."""


class RequestPrint(Frozen):
    """What of a request is kept with its reply: digests of its parts, to know it again by."""

    system: str
    tools: str
    messages: str
    count: int
    """How many messages there were."""


class ModelReply(Frozen):
    """What a model answers."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    stop: StopReason
    usage: Usage = Usage()
    asked: str = Field(default="", exclude_if=_is_empty)
    """The model that was asked, by our name for it."""
    model: str = Field(default="", exclude_if=_is_empty)
    """The model that answered, by its provider's name for it."""
    request: RequestPrint | None = Field(default=None, exclude_if=_is_none)
    """The print of what it answers."""
    within: int | None = Field(default=None, exclude_if=_is_none)
    """The most tokens that what it answers might take; None is no limit."""


class SessionStatus(StrEnum):
    """How a session stands: as its last mission does."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"


SESSION_STATUS = {
    JobStatus.QUEUED: SessionStatus.IN_PROGRESS,
    JobStatus.RUNNING: SessionStatus.IN_PROGRESS,
    JobStatus.WAITING: SessionStatus.PAUSED,
    JobStatus.SUCCEEDED: SessionStatus.COMPLETED,
    JobStatus.FAILED: SessionStatus.FAILED,
    JobStatus.CANCELLED: SessionStatus.FAILED,
}


def status_of(newest: JobStatus | None, *, asks: bool = True) -> SessionStatus:
    """Return how a session stands whose newest job stands so; None is no job yet.

    One that waits is at it, unless it or one below it asks a person and nothing of it goes on.
    """
    if newest is JobStatus.WAITING and not asks:
        return SessionStatus.IN_PROGRESS
    return SESSION_STATUS[newest] if newest else SessionStatus.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A place for missions, one after the other, in one workspace."""

    id: SessionId
    project: ProjectId
    profile: str
    workspace: str
    """Absolute path of the folder that its tools work in."""
    created_by: str
    created_at: datetime
    forked_from: SessionId | None = None
    """The session that it goes on from, which may be gone by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condemned:
    """A session that is to be removed, and the jobs that go with it."""

    session: Session
    jobs: tuple[JobId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A mission that is over, as later ones of its session remember it: what was asked, what was answered."""

    job_id: JobId
    mission: str
    answer: str


class MissionResult(Frozen):
    """The result of a mission's job, when it was answered or gave up; else its log tells what it came to."""

    session_id: SessionId
    message: str
    usage: Usage
    artifacts: tuple[ArtifactRef, ...]
    steps: int = 0
    """Turns, those of the agents that it called among them."""
    seconds: float = 0
    """Time on the wall without waiting for people, where a limit wants it measured."""
    gave_up: bool = Field(default=False, exclude_if=_is_false)
    """Whether it ended because its model or its strategy knew no further: who resumes it bids it go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionOutcome:
    """What a mission came to."""

    status: SessionStatus
    message: str
    usage: Usage
    artifacts: tuple[ArtifactRef, ...]
    failure: Failure | None
    waiting: Event | None
    """The question that is open, when it is paused."""
