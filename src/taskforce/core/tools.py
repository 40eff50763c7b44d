"""Tools: what an agent may call, what they tell of themselves, what they are given."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from taskforce.core.documents import JsonObject


class Risk(StrEnum):
    """What a tool may do to the world; a profile's policy decides by it."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"
    NETWORK = "network"


class ToolEffect(StrEnum):
    """What may be done when a process died while the tool was under way.

    `pure` and `idempotent` are started again; `once` becomes a question.
    """

    PURE = "pure"
    IDEMPOTENT = "idempotent"
    ONCE = "once"


class ToolSpec(BaseModel):
    """What a model is told of a tool, and what the loop must know of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    description: str
    parameters: JsonObject
    """JSON Schema of the arguments."""
    risk: Risk
    effect: ToolEffect
    parallel: bool
    """Whether it may run beside other calls of the same turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """What a tool is given beside its arguments."""

    workspace: Path
    """The folder it works in; nothing outside is to be read or written."""
    idempotency_key: str
    """The same when the same call is started again."""
    hint: Callable[[str], None] = field(default=lambda _: None)
    """Shows output live; nothing of it is stored."""


class ToolResult(BaseModel):
    """What a tool answers. A failure is an answer too: it says what would be right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str
    failed: bool = False
    details: JsonObject = {}
    """Facts about the call for the log (exit code, bytes, truncated …), never needed to read `content`."""


class ToolFailed(Exception):
    """Raised by a tool that could not do what was asked; the message goes to the model as an observation."""


A_contra = TypeVar("A_contra", bound=BaseModel, contravariant=True)


class Tool(Protocol[A_contra]):
    """Something an agent may call."""

    name: ClassVar[str]
    description: ClassVar[str]
    risk: ClassVar[Risk]
    effect: ClassVar[ToolEffect]
    parallel: ClassVar[bool]
    arguments: ClassVar[type[BaseModel]]
    """Its arguments; extra ones are refused, each field says what it is."""

    @abstractmethod
    async def run(self, arguments: A_contra, context: ToolContext) -> ToolResult:
        """Do it. Blocking work goes to a thread or a process. Raises ToolFailed with what would be right."""
