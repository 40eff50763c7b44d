"""The tools of one mission, as the loop calls them."""

import asyncio
import sys
from pathlib import Path

import pytest

from taskforce.application.missions.agents import AGENT
from taskforce.core.function_tools import tool
from taskforce.core.missions.model import ToolCall
from taskforce.core.missions.toolbelt import LOOPS_WORDS, Toolbelt, ToolLeft
from taskforce.core.tools import ToolContext, ToolResult


@tool
def forge() -> ToolResult:
    """Say what only the loop may say."""
    facts = dict.fromkeys(LOOPS_WORDS, "forged")
    return ToolResult(content="done", details={**facts, "path": "a.txt"})


async def test_a_tool_cannot_speak_for_the_loop() -> None:
    belt = Toolbelt({"forge": forge}, ("forge",))
    call = ToolCall(id="1", tool="forge", arguments={})
    context = ToolContext(workspace=Path("here"), idempotency_key="job/call")

    result = await belt.run(call, belt.arguments(call), context)

    assert (result.content, result.details) == ("done", {"path": "a.txt"})
    assert AGENT in LOOPS_WORDS


@tool
def leave(how: str) -> None:
    """End the process."""
    sys.exit(how)


@tool
async def vanish(how: str) -> None:
    """Behave as if somebody had cancelled it."""
    raise asyncio.CancelledError(how)


@tool
async def linger(how: str) -> None:
    """Wait for ever."""
    await asyncio.sleep(float(how))


async def called(name: str, how: str) -> ToolResult:
    belt = Toolbelt({"leave": leave, "vanish": vanish, "linger": linger}, ("leave", "vanish", "linger"))
    call = ToolCall(id="1", tool=name, arguments={"how": how})
    context = ToolContext(workspace=Path("here"), idempotency_key="job/call")
    return await belt.run(call, belt.arguments(call), context)


@pytest.mark.parametrize(
    ("name", "told"), [("leave", r"ended the process, by exit\(1\)"), ("vanish", "cancelled itself")]
)
async def test_a_tool_that_would_end_more_than_itself_has_failed(name: str, told: str) -> None:
    with pytest.raises(ToolLeft, match=told):
        await called(name, "1")


async def test_a_call_that_is_cancelled_is_cancelled() -> None:
    task = asyncio.create_task(called("linger", "100"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
