"""What happened so far in a mission, read from its conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from taskforce.core.missions.controls import ACTIVATE_SKILL, PLANNER
from taskforce.core.missions.model import AssistantMessage, Message, ToolCall, ToolMessage, UserMessage
from taskforce.core.missions.planning.programs import outcome, runs_a_file


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call of a step and what came of it."""

    call: ToolCall
    content: str
    failed: bool
    value: str
    """What a later step may write to a file."""
    say: str
    """What the answer tells, or why it failed."""
    is_final: bool = False
    """Whether trying again cannot help."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The mission's text, the number of turns so far, the attempts in order and the last plan."""

    mission: str
    count: int
    attempts: tuple[Attempt, ...]
    plan: ToolCall | None

    @property
    def activated(self) -> tuple[str, ...]:
        """Return what the skills said that were activated, in order."""
        tried = (one for one in self.attempts if one.call.tool == ACTIVATE_SKILL)
        return tuple(one.content for one in tried if not one.failed)


def turns(messages: Sequence[Message]) -> Turns:
    """Read a mission, which its first message tells; later words to the model change nothing of it."""
    first, since = next(iter(messages), None), messages[1:]
    replies = [one for one in since if isinstance(one, AssistantMessage)]
    results = {one.call_id: one for one in since if isinstance(one, ToolMessage)}
    calls = [call for reply in replies for call in reply.calls]
    plans = [call for call in calls if call.tool == PLANNER]
    return Turns(
        mission=first.text if isinstance(first, UserMessage) else "",
        count=len(replies),
        attempts=tuple(_attempt(call, results.get(call.id)) for call in calls if call.tool != PLANNER),
        plan=plans[-1] if plans else None,
    )


def _is_ours(call: ToolCall) -> bool:
    return call.tool == "python" and not runs_a_file(call.arguments.get("code"))


def _attempt(call: ToolCall, result: ToolMessage | None) -> Attempt:
    if result is None:
        return Attempt(call, "", failed=True, value="", say="there is no result of the call")
    content = result.content
    printed = outcome(content) if _is_ours(call) else None
    if printed is not None and "stopped" in printed:
        return Attempt(call, content, failed=True, value="", say=str(printed["stopped"]), is_final=True)
    if result.failed:
        return Attempt(call, content, failed=True, value="", say=content.strip())
    if call.tool == ACTIVATE_SKILL:
        return Attempt(call, content, failed=False, value="", say=content.partition("\n")[0])
    if printed is not None:
        return Attempt(call, content, failed=False, value=str(printed["result"]), say=str(printed["say"]))
    return Attempt(call, content, failed=False, value=content, say=content.rstrip())
