"""`@taskforce.tool`: a typed function as a tool that an agent may call."""

import asyncio
import inspect
import re
from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, get_type_hints, overload

from pydantic import BaseModel, ConfigDict, Field, PydanticUserError, ValidationError, create_model
from pydantic_core import to_json

from taskforce.core.documents import JsonObject
from taskforce.core.tools import Risk, Tool, ToolContext, ToolEffect, ToolResult, ToolSpec, checked

P = ParamSpec("P")
R = TypeVar("R")

_FIELD = "argument_{}"
"""How a model's field is called inside, so that no parameter's name is one of pydantic's words."""
_LEFT_OUT = {"default": inspect.Parameter.empty, "description": None}
"""What a field is not given: left out, an annotation's own Field may say it."""
_SECTION = re.compile(r"^(Args|Arguments|Parameters):\s*$")
_DESCRIBED = re.compile(r"^(?P<name>\w+)\s*(?:\([^)]*\))?:\s*(?P<text>.*)$")


class FunctionTool(Tool[BaseModel], Generic[P, R]):
    """A function as a tool. Called as a function it is the function, and nothing is checked."""

    __name__: str
    __wrapped__: Callable[P, R]

    def __init__(
        self, function: Callable[P, R], *, name: str | None, risk: Risk, effect: ToolEffect, parallel: bool
    ) -> None:
        update_wrapper(self, function)
        self._function = function
        description, told = _docstring_of(function)
        parameters = _parameters_of(function)
        self._context = next((name for name, kind in parameters.items() if kind is ToolContext), None)
        self._arguments = _model_of(function, parameters, told)
        self._spec = _spec_of(
            function,
            name=name or str(getattr(function, "__name__", "")),
            description=description,
            parameters=_schema_of(function, self._arguments),
            risk=risk,
            effect=effect,
            parallel=parallel,
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._function(*args, **kwargs)

    @property
    def spec(self) -> ToolSpec:
        return self._spec

    def check(self, arguments: JsonObject) -> BaseModel:
        return checked(self._spec, self._arguments, arguments)

    async def run(self, arguments: BaseModel, context: ToolContext) -> ToolResult:
        words = {
            str(field.alias): getattr(arguments, name) for name, field in type(arguments).model_fields.items()
        }
        if self._context is not None:
            words[self._context] = context
        function: Callable[..., Any] = self._function
        if inspect.iscoroutinefunction(function):
            return _answer(await function(**words))
        return _answer(await asyncio.to_thread(function, **words))


@overload
def tool(function: Callable[P, R], /) -> FunctionTool[P, R]: ...


@overload
def tool(
    *,
    name: str | None = None,
    risk: Risk | str = Risk.EXECUTE,
    effect: ToolEffect | str = ToolEffect.ONCE,
    parallel: bool = False,
) -> Callable[[Callable[P, R]], FunctionTool[P, R]]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    risk: Risk | str = Risk.EXECUTE,
    effect: ToolEffect | str = ToolEffect.ONCE,
    parallel: bool = False,
) -> object:
    """Make a typed function a tool that an agent may call.

    The model is told the first paragraph of the docstring, the types of the parameters, and what `Args:` says
    of each. A sync function runs in a thread. A parameter of the type ToolContext is given, not asked for.
    What is returned is shown to the model: a text as it is, anything else as JSON. ToolFailed says what would
    be right; after it, or any other exception, the mission goes on.

    Left out, `risk` and `effect` are the careful ones, since nothing is known of the code: it may do whatever
    a program may (`execute`: the careful policy asks before it, and the workspace is looked at for files that
    it wrote), and after a crash it is not started again unasked (`once`).

    Args:
        function: what is decorated.
        name: the tool's name; the function's, if left out.
        risk: what it may do to the world, read, write, execute or network; the policy decides by it.
        effect: what is done when the process died while it ran: pure and idempotent are started again.
        parallel: whether it may run beside other calls of the same turn.

    Raises:
        TypeError: the function cannot be a tool; the message says why.
        ValueError: there is no such risk or effect.
    """

    def made(function: Callable[P, R]) -> FunctionTool[P, R]:
        return FunctionTool(
            function, name=name, risk=Risk(risk), effect=ToolEffect(effect), parallel=parallel
        )

    return made if function is None else made(function)


def _answer(returned: object) -> ToolResult:
    if isinstance(returned, ToolResult):
        return returned
    return ToolResult(content=returned if isinstance(returned, str) else to_json(returned).decode())


def _parameters_of(function: Callable[..., Any]) -> Mapping[str, object]:
    """Return the types of the parameters by name."""
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as unknown:
        raise _unfit(function, f"an annotation cannot be resolved: {unknown}") from unknown
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            raise _unfit(function, f"a model cannot fill {parameter}. Name each parameter")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise _unfit(function, f"{parameter.name} is positional-only. Leave the / out")
        if parameter.name not in hints:
            raise _unfit(function, f"the parameter {parameter.name} has no annotation. Give its type")
    return {name: hints[name] for name in inspect.signature(function).parameters}


def _model_of(
    function: Callable[..., Any], parameters: Mapping[str, object], told: Mapping[str, str]
) -> type[BaseModel]:
    strays = told.keys() - parameters.keys()
    if strays:
        raise _unfit(function, f"its docstring describes {', '.join(sorted(strays))}, which it does not take")
    fields: dict[str, Any] = {}
    for name, kind in parameters.items():
        if kind is ToolContext:
            continue
        default = inspect.signature(function).parameters[name].default
        said = {"default": default, "description": told.get(name)}
        given = {word: value for word, value in said.items() if value is not _LEFT_OUT.get(word)}
        fields[_FIELD.format(name)] = (kind, Field(alias=name, **given))
    try:
        return create_model(
            getattr(function, "__name__", "Arguments"),
            __config__=ConfigDict(extra="forbid", protected_namespaces=()),
            **fields,
        )
    except PydanticUserError as wrong:
        raise _unfit(function, wrong.message.split("\n")[0]) from wrong


def _schema_of(function: Callable[..., Any], model: type[BaseModel]) -> JsonObject:
    try:
        schema = model.model_json_schema()
    except PydanticUserError as wrong:
        raise _unfit(function, wrong.message.split("\n")[0]) from wrong
    schema.pop("description", None)
    return schema


def _spec_of(function: Callable[..., Any], *, name: str, **told: Any) -> ToolSpec:  # noqa: ANN401 - pydantic checks
    try:
        return ToolSpec(name=name, **told)
    except ValidationError as wrong:
        raise _unfit(function, "a name has letters, digits, _ and -, 64 at most. Give `name`") from wrong


def _docstring_of(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the first paragraph of a docstring, and what its `Args:` say."""
    text = inspect.cleandoc(function.__doc__ or "")
    paragraph = " ".join(text.split("\n\n", maxsplit=1)[0].split())
    if not paragraph or _SECTION.match(paragraph):
        raise _unfit(function, "it has no docstring. Its first paragraph tells the model what the tool does")
    return paragraph, _args_of(text.splitlines())


def _args_of(lines: list[str]) -> dict[str, str]:
    """Return what the section `Args:` says of each parameter; deeper lines go on with the one above."""
    begin = next((place for place, line in enumerate(lines, start=1) if _SECTION.match(line)), len(lines))
    told: dict[str, str] = {}
    indent, name = 0, ""
    for line in lines[begin:]:
        text = line.strip()
        depth = len(line) - len(line.lstrip())
        if text and depth == 0:
            break
        described = _DESCRIBED.match(text)
        if described and (not told or depth <= indent):
            indent, name = depth, described["name"]
            told[name] = described["text"]
        elif text and name:
            told[name] = f"{told[name]} {text}".strip()
    return told


def _unfit(function: Callable[..., Any], why: str) -> TypeError:
    name = getattr(function, "__qualname__", repr(function))
    return TypeError(f"{name} cannot be a tool: {why}.")
