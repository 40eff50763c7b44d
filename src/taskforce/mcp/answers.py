"""What a call is answered with: what every door shows, or why it was refused; as data and as text."""

from collections.abc import Mapping

from mcp.types import CallToolResult, ContentBlock, TextContent

from taskforce.application.jobs.refusals import RefusalView
from taskforce.application.jobs.schemas import View
from taskforce.application.missions.schemas import MissionView
from taskforce.core.errors import TaskforceError

ADVICE: Mapping[str, str] = {
    "pending": "It waits for a worker. Follow it with jobs_watch.",
    "in_progress": "It goes on. Follow it with jobs_watch, stop it with sessions_cancel.",
    "paused": "It asks, and waits. Answer with sessions_respond and the wait_id.",
    "failed": "sessions_resume goes on with it, under other limits or another model.",
}
"""What a client can do about a mission that is not done."""


def answered(view: View) -> CallToolResult:
    """Answer with what was asked for."""
    advice = ADVICE.get(view.status) if isinstance(view, MissionView) else None
    return _result(view, *([advice] if advice else []), is_error=False)


def refused(error: TaskforceError) -> CallToolResult:
    """Answer with the error's code and message, and the wrong places: members of the HTTP API's problem."""
    return _result(RefusalView.of(error), is_error=True)


def broken() -> CallToolResult:
    """Answer that something went wrong here; what it was is in the log alone."""
    return refused(TaskforceError("Something went wrong here. The server's log says what."))


def _result(view: View, *more: str, is_error: bool) -> CallToolResult:
    content: list[ContentBlock] = [TextContent(text=text) for text in (view.model_dump_json(), *more)]
    return CallToolResult(content=content, structured_content=view.model_dump(mode="json"), is_error=is_error)
