"""Our messages as the library's, which knows how each provider writes them."""

from collections.abc import Iterable, Sequence

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequestPart,
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.messages import ModelRequest as Said
from pydantic_ai.tools import ToolDefinition

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import AssistantMessage, Message, ToolCall, ToolMessage, UserMessage
from taskforce.core.tools import ToolSpec

MALFORMED = "malformed_arguments"
"""Under this name a model is shown what it once said in place of arguments."""


def messages_of(messages: Sequence[Message]) -> list[ModelMessage]:
    """Return the conversation: turns alternate, and results stand right behind their calls."""
    found: list[ModelMessage] = []
    heard: list[ModelRequestPart] = []
    for message in messages:
        if isinstance(message, AssistantMessage):
            if heard:
                found.append(Said(parts=heard))
                heard = []
            found.append(ModelResponse(parts=_said(message)))
        else:
            heard.append(_heard(message))
    return [*found, Said(parts=heard)] if heard else found


def tools_of(specs: Iterable[ToolSpec]) -> list[ToolDefinition]:
    """Return the tools as function schemas; none is strict, since validation is ours."""
    return [
        ToolDefinition(
            name=spec.name,
            description=spec.description,
            parameters_json_schema=dict(spec.parameters),
            strict=False,
        )
        for spec in specs
    ]


def _heard(message: UserMessage | ToolMessage) -> ModelRequestPart:
    if isinstance(message, UserMessage):
        return UserPromptPart(content=message.text)
    return ToolReturnPart(
        tool_name=message.tool,
        content=message.content,
        tool_call_id=message.call_id,
        outcome="failed" if message.failed else "success",
    )


def _said(message: AssistantMessage) -> list[ModelResponsePart]:
    texts: list[ModelResponsePart] = [TextPart(content=message.text)] if message.text else []
    calls = [
        ToolCallPart(tool_name=call.tool, args=_arguments(call), tool_call_id=call.id)
        for call in message.calls
    ]
    return [*texts, *calls] or [TextPart(content="(nothing)")]


def _arguments(call: ToolCall) -> JsonObject:
    return call.arguments if call.malformed is None else {MALFORMED: call.malformed}
