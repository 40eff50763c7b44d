"""Missions in the words of OpenTelemetry's conventions for generative AI."""

import json
from urllib.parse import urlsplit

from pydantic import JsonValue

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import (
    AssistantMessage,
    Message,
    ModelReply,
    ModelRequest,
    StopReason,
    ToolCall,
    ToolMessage,
)
from taskforce.core.missions.redaction import Redaction
from taskforce.core.telemetry import Attributes
from taskforce.core.tools import ToolResult

PROVIDERS = {"google": "gcp.gemini", "openai-responses": "openai"}
"""Those that the conventions call otherwise than we do."""
FINISH = {
    StopReason.ANSWER: "stop",
    StopReason.TOOL_CALLS: "tool_call",
    StopReason.LENGTH: "length",
    StopReason.REFUSED: "content_filter",
}
"""What is not here has no word in the conventions, and keeps ours."""


def agent(*, profile: str, session_id: str, job_id: str) -> Attributes:
    """Return what is told of a mission when it is played."""
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": profile,
        "gen_ai.conversation.id": session_id,
        "taskforce.job.id": job_id,
    }


def chat(model: str) -> Attributes:
    """Return what is told of a model call when it begins."""
    kind, _, name = model.partition(":")
    known, _, place = name.partition("@http")
    where: Attributes = {"server.address": urlsplit(f"http{place}").netloc} if place else {}
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDERS.get(kind, kind),
        "gen_ai.request.model": known or model,
        **where,
    }


def replied(reply: ModelReply) -> Attributes:
    """Return what is told of a model's reply."""
    named: Attributes = {"gen_ai.response.model": reply.model} if reply.model else {}
    return {
        **named,
        "gen_ai.response.finish_reasons": [FINISH.get(reply.stop, reply.stop.value)],
        "gen_ai.usage.input_tokens": reply.usage.input_tokens,
        "gen_ai.usage.output_tokens": reply.usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": reply.usage.cached_tokens,
    }


def tool(name: str, call_id: str) -> Attributes:
    """Return what is told of a tool call when it begins."""
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": call_id,
    }


class Content:
    """What was said and done, for those who want to see it: without secrets."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    def asked(self, request: ModelRequest) -> Attributes:
        """Return what a model is asked."""
        return {
            "gen_ai.system_instructions": self._text([{"type": "text", "content": request.system}]),
            "gen_ai.input.messages": self._text([_message(message) for message in request.messages]),
        }

    def replied(self, reply: ModelReply) -> Attributes:
        """Return what a model said."""
        said = _message(AssistantMessage(text=reply.text, calls=reply.calls))
        finished: JsonObject = {**said, "finish_reason": FINISH.get(reply.stop, reply.stop.value)}
        return {"gen_ai.output.messages": self._text([finished])}

    def called(self, arguments: JsonValue) -> Attributes:
        """Return what a tool is called with."""
        return {"gen_ai.tool.call.arguments": self._text(arguments)}

    def result(self, result: ToolResult) -> Attributes:
        """Return what a tool answered."""
        return {"gen_ai.tool.call.result": self._redaction.text(result.content)}

    def _text(self, document: JsonValue) -> str:
        return json.dumps(self._redaction.document(document), ensure_ascii=False)


def _message(message: Message) -> JsonObject:
    if isinstance(message, ToolMessage):
        answer: JsonObject = {
            "type": "tool_call_response",
            "id": message.call_id,
            "response": message.content,
        }
        return {"role": "tool", "parts": [answer]}
    texts: list[JsonValue] = [{"type": "text", "content": message.text}] if message.text else []
    calls = message.calls if isinstance(message, AssistantMessage) else ()
    return {"role": message.role, "parts": [*texts, *map(_call, calls)]}


def _call(call: ToolCall) -> JsonObject:
    return {"type": "tool_call", "id": call.id, "name": call.tool, "arguments": call.arguments}
