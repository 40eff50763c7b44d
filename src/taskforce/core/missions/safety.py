"""Loop safety: an agent that goes round in circles is told once, then stopped."""

from collections.abc import Sequence
from itertools import takewhile

from taskforce.core.documents import canonical
from taskforce.core.missions.model import AssistantMessage, Message, ToolMessage, UserMessage

IN_A_ROW = 3
WARNING = "You are going round in circles: {trouble}. Do something else, or answer with what you have."


def trouble(messages: Sequence[Message]) -> str | None:
    """Return what goes round in circles since the last word to the model, or None."""
    since = list(
        reversed(list(takewhile(lambda message: not isinstance(message, UserMessage), reversed(messages))))
    )
    return _same_calls(since) or _same_failures(since)


def _same_calls(messages: Sequence[Message]) -> str | None:
    calls = [call for message in messages if isinstance(message, AssistantMessage) for call in message.calls]
    last = calls[-IN_A_ROW:]
    wishes = {(call.tool, canonical(call.arguments)) for call in last}
    if len(last) == IN_A_ROW and len(wishes) == 1:
        return f"{last[0].tool} was called {IN_A_ROW} times with the same arguments"
    return None


def _same_failures(messages: Sequence[Message]) -> str | None:
    results = [message for message in messages if isinstance(message, ToolMessage)]
    if not results:
        return None
    tool = results[-1].tool
    last = [result for result in results if result.tool == tool][-IN_A_ROW:]
    if len(last) == IN_A_ROW and all(result.failed for result in last):
        return f"{tool} failed {IN_A_ROW} times in a row"
    return None
