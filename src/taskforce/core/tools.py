"""Tools: what an agent may call, what they tell of themselves, what they are given."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from taskforce.core.documents import JsonObject

TOOL_NAME = r"^[A-Za-z0-9_-]{1,64}$"


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

    name: str = Field(pattern=TOOL_NAME)
    """Letters, digits, _ and -, as the providers of models want it."""
    description: str
    parameters: JsonObject
    """JSON Schema of the arguments."""
    risk: Risk
    effect: ToolEffect
    parallel: bool
    """Whether it may run beside other calls of the same turn."""
    walled: bool = False
    """Whether all that it does is done by programs, within the walls of the profile's sandbox."""

    @property
    def fields(self) -> str:
        """Return which arguments it takes, in words."""
        properties, required = self.parameters.get("properties"), self.parameters.get("required")
        names = properties if isinstance(properties, dict) else {}
        needed = required if isinstance(required, list) else []
        told = ", ".join(name if name in needed else f"{name} (optional)" for name in names)
        return f"It takes: {told or 'nothing'}."


class Sandbox(BaseModel):
    """What is asked of the walls around the programs that tools start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: bool = False
    """Whether programs have the network."""
    required: bool = False
    """Whether no program runs where there are no walls to be had."""
    readable: tuple[Annotated[str, Field(pattern=r"^/[^/]", max_length=4_096)], ...] = Field(
        default=(), max_length=50
    )
    """Folders and files, absolute, that programs may read beside the system's and the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """What a tool is given beside its arguments."""

    workspace: Path
    """The folder it works in; nothing outside is to be read or written."""
    idempotency_key: str
    """The same when the same call is started again."""
    hint: Callable[[str], None] = field(default=lambda _: None)
    """Shows output live; nothing of it is stored."""
    sandbox: Sandbox = field(default_factory=Sandbox)
    """What the profile asks for, if it starts a program."""


class ToolFile(BaseModel):
    """A file that a tool answers with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    media_type: str
    content: bytes = Field(repr=False)


class ToolResult(BaseModel):
    """What a tool answers. A failure is an answer too: it says what would be right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str
    failed: bool = False
    details: JsonObject = {}
    """Facts about the call for the log (exit code, bytes, truncated …), never needed to read `content`."""
    files: tuple[ToolFile, ...] = Field(default=(), exclude=True)
    """Kept as the mission's artifacts, and not recorded with the result; `content` says what they are."""


class ToolFailed(Exception):
    """Raised by a tool that could not do what was asked; the message goes to the model as an observation."""


A = TypeVar("A")
M = TypeVar("M", bound=BaseModel)


class Tool(Protocol[A]):
    """Something an agent may call."""

    @property
    @abstractmethod
    def spec(self) -> ToolSpec:
        """Return what a model is told of it; the same as long as it lives."""

    @abstractmethod
    def check(self, arguments: JsonObject) -> A:
        """Return the arguments as `run` takes them. Raises ToolFailed with what would be right."""

    @abstractmethod
    async def run(self, arguments: A, context: ToolContext) -> ToolResult:
        """Do it. Blocking work goes to a thread or a process. Raises ToolFailed with what would be right."""


class ModelledTool(Tool[M]):
    """A tool written as a class, with a pydantic model of its arguments."""

    name: ClassVar[str]
    description: ClassVar[str]
    risk: ClassVar[Risk]
    effect: ClassVar[ToolEffect]
    parallel: ClassVar[bool]
    arguments: ClassVar[type[BaseModel]]
    """Extra ones are refused, each field says what it is."""
    walled: ClassVar[bool] = False

    @property
    def spec(self) -> ToolSpec:
        return _spec_of(type(self))

    def check(self, arguments: JsonObject) -> M:
        model: type[M] = self.arguments  # type: ignore[assignment] # a ClassVar cannot name the class's own M
        return checked(self.spec, model, arguments)


@cache
def _spec_of(kind: type[ModelledTool[Any]]) -> ToolSpec:
    return ToolSpec(
        name=kind.name,
        description=kind.description,
        parameters=kind.arguments.model_json_schema(),
        risk=kind.risk,
        effect=kind.effect,
        parallel=kind.parallel,
        walled=kind.walled,
    )


def checked(spec: ToolSpec, model: type[M], arguments: JsonObject) -> M:
    """Return the arguments of a call as their model has them. Raises ToolFailed with what would be right."""
    try:
        return model.model_validate_json(to_json(arguments))
    except ValidationError as wrong:
        places = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'arguments'}: {error['msg']}" for error in wrong.errors()
        )
        raise ToolFailed(f"Invalid arguments for {spec.name}: {places}. {spec.fields}") from wrong


class NoTool(TypeError):
    """What was given as a tool is none; the message says what would be one."""


def tools_in(given: object) -> tuple[Tool[Any], ...]:
    """Return the tools that a tool, or a list or a mapping of tools, holds. Raises NoTool."""
    if isinstance(given, Mapping):
        return tuple(found for value in given.values() for found in tools_in(value))
    if isinstance(given, list | tuple):
        return tuple(found for value in given for found in tools_in(value))
    return (_as_tool(given),)


def _as_tool(given: object) -> Tool[Any]:
    if isinstance(given, type):
        raise NoTool(f"{given.__name__} is a class. Give an instance of it")
    has_all = all(callable(getattr(given, name, None)) for name in ("check", "run"))
    if has_all and isinstance(getattr(given, "spec", None), ToolSpec):
        tool: Tool[Any] = given  # type: ignore[assignment] # it has all that a tool has
        return tool
    if callable(given):
        raise NoTool(f"{getattr(given, '__name__', given)} is a function. Decorate it with @taskforce.tool")
    raise NoTool(f"{given!r} is no tool. Give a function decorated with @taskforce.tool")
