"""The tools of one mission: those that its profile allows, and whether a call fits them."""

from asyncio import CancelledError, current_task
from collections.abc import Mapping
from typing import Any

from taskforce.core.missions.controls import ARGUMENTS, CONTROLS
from taskforce.core.missions.model import ToolCall
from taskforce.core.tools import Tool, ToolContext, ToolFailed, ToolResult, ToolSpec, checked

LOOPS_WORDS = frozenset(["agent", "handle", "kept", "left_out", "unseen", "whole"])
"""Facts of a call that the loop itself records; what a tool says under them is left out."""


class ToolLeft(Exception):
    """Raised for a tool that would have ended more than itself."""


class Toolbelt:
    """The tools that a mission may call."""

    def __init__(self, tools: Mapping[str, Tool[Any]], allowed: tuple[str, ...]) -> None:
        self._tools = {name: tools[name] for name in allowed if name in tools}
        specs = {name: tool.spec for name, tool in self._tools.items()}
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

    def tool(self, call: ToolCall) -> Tool[Any]:
        """Return the called tool."""
        return self._tools[self.spec(call).name]

    async def run(self, call: ToolCall, arguments: object, context: ToolContext) -> ToolResult:
        """Run the called tool. Raises ToolFailed, ToolLeft, and whatever a tool by others raises."""
        try:
            result = await self.tool(call).run(arguments, context)
        except SystemExit as left:
            raise ToolLeft(f"it would have ended the process, by exit({left.code})") from left
        except CancelledError as ended:
            task = current_task()
            if task is not None and task.cancelling():
                raise
            raise ToolLeft("it cancelled itself") from ended
        if result.details.keys().isdisjoint(LOOPS_WORDS):
            return result
        facts = {name: value for name, value in result.details.items() if name not in LOOPS_WORDS}
        return result.model_copy(update={"details": facts})

    def arguments(self, call: ToolCall) -> object:
        """Return the call's arguments, checked. Raises ToolFailed with what would be right."""
        spec = self.spec(call)
        if call.malformed is not None:
            raise ToolFailed(f"The arguments for {spec.name} are no JSON object. {spec.fields}")
        if spec.name in ARGUMENTS:
            return checked(spec, ARGUMENTS[spec.name], call.arguments)
        return self._tools[spec.name].check(call.arguments)
