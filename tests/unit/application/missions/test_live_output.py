"""What a tool shows while it runs, told from the loop or from a thread of its own."""

import asyncio
from datetime import timedelta

from taskforce.core.tools import ToolContext, ToolResult
from tests.unit.application.missions.cast import MissionStage, a_task, answer, calls
from tests.unit.application.missions.toolboxes import Line, Note


class Talker(Note):
    """Says what it is at, as a sync function does that runs in a thread."""

    async def run(self, arguments: Line, context: ToolContext) -> ToolResult:
        context.hint("here")
        await asyncio.to_thread(context.hint, "there")
        return ToolResult(content="Done.")


async def test_output_is_shown_live_and_nothing_of_it_is_stored() -> None:
    mission = MissionStage([calls(("note", {"text": "x"})), answer()])
    mission.toolbox.by_name["note"] = Talker()
    job_id = await mission.stage.submit("mission", a_task().model_dump(mode="json"))
    async with mission.stage.feed.watch(job_id) as watch:
        await mission.stage.settle()
        hints = await watch.next(timeout=timedelta(seconds=1))
    assert [(hint.type, hint.text) for hint in hints] == [("tool_output", "here"), ("tool_output", "there")]
    assert "tool_output" not in await mission.told(await mission.stage.job(job_id))
