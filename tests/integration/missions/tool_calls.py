"""Calling a tool as the loop does: by its name, with arguments that its schema checked."""

from itertools import count
from pathlib import Path

from pydantic import JsonValue

from taskforce.core.tools import ToolContext, ToolResult
from taskforce.infrastructure.missions.toolbox import BuiltinTools

_TOOLS = BuiltinTools().tools()
_calls = count()


async def call(tool: str, workspace: Path, *, key: str | None = None, **arguments: JsonValue) -> ToolResult:
    called = _TOOLS[tool]
    checked = called.check(arguments)
    context = ToolContext(workspace=workspace, idempotency_key=key or f"job/call-{next(_calls)}")
    return await called.run(checked, context)
