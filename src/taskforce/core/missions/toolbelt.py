"""The tools of one mission: those that its profile allows, and whether a call fits them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from taskforce.core.missions.controls import ARGUMENTS, CONTROLS
from taskforce.core.missions.model import ToolCall
from taskforce.core.tools import Risk, Tool, ToolFailed, ToolSpec

_SPECS: dict[type[Tool[Any]], ToolSpec] = {}


def spec_of(tool: Tool[Any]) -> ToolSpec:
    """Return what a model is told of a tool: the same for all of its class, so that it is made once."""
    kind = type(tool)
    if kind not in _SPECS:
        _SPECS[kind] = ToolSpec(
            name=tool.name,
            description=tool.description,
            parameters=tool.arguments.model_json_schema(),
            risk=tool.risk,
            effect=tool.effect,
            parallel=tool.parallel,
        )
    return _SPECS[kind]


class Toolbelt:
    """The tools that a mission may call."""

    def __init__(self, tools: Mapping[str, Tool[Any]], allowed: tuple[str, ...]) -> None:
        self._tools = {name: tools[name] for name in allowed if name in tools}
        specs = {name: spec_of(tool) for name, tool in self._tools.items()}
        specs |= {name: CONTROLS[name] for name in allowed if name in CONTROLS}
        self._specs = {name: specs[name] for name in allowed if name in specs}

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what the model is told, in the profile's order."""
        return tuple(self._specs.values())

    def spec(self, call: ToolCall) -> ToolSpec:
        """Return what is known of the called tool. Raises ToolFailed when it may not be called."""
        if call.tool not in self._specs:
            known = ", ".join(self._specs) or "none"
            raise ToolFailed(f"There is no tool {call.tool!r} in this mission. Tools are: {known}.")
        return self._specs[call.tool]

    def writes(self, call: ToolCall) -> bool:
        """Tell whether the called tool writes files."""
        return call.tool in self._specs and self._specs[call.tool].risk is Risk.WRITE

    def tool(self, call: ToolCall) -> Tool[Any]:
        """Return the called tool."""
        return self._tools[self.spec(call).name]

    def arguments(self, call: ToolCall) -> BaseModel:
        """Return the call's arguments, checked. Raises ToolFailed with what would be right."""
        name = self.spec(call).name
        model: type[BaseModel] = ARGUMENTS[name] if name in ARGUMENTS else self._tools[name].arguments
        try:
            return model.model_validate_json(to_json(call.arguments))
        except ValidationError as wrong:
            raise ToolFailed(_advice(name, wrong, model)) from wrong


def _advice(name: str, wrong: ValidationError, model: type[BaseModel]) -> str:
    places = "; ".join(
        f"{'.'.join(map(str, error['loc'])) or 'arguments'}: {error['msg']}" for error in wrong.errors()
    )
    fields = ", ".join(
        f"{field}{'' if info.is_required() else ' (optional)'}" for field, info in model.model_fields.items()
    )
    return f"Invalid arguments for {name}: {places}. It takes: {fields}."
