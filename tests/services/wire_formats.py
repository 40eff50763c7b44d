"""The wire formats of the providers, as a peer speaks them: what a request says, and a turn as events."""

import json
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Protocol

from tests.services.wire_turns import Call, Turn, pieces

Json = dict[str, Any]
MODEL = "peer-model-2026"


class Format(Protocol):
    """How a provider is asked, and how it answers."""

    key_headers: tuple[str, ...]
    """Where the key may stand."""

    @abstractmethod
    def place(self, request: Json) -> int:
        """Return how many answers the request already holds."""

    @abstractmethod
    def events(self, turn: Turn) -> Iterator[bytes]:
        """Yield a turn as server-sent events."""

    @abstractmethod
    def error(self, status: int, code: str, message: str) -> Json:
        """Return the body of an error."""


def sse(data: Json, *, event: str | None = None) -> bytes:
    """Write one event; text stays as it is, so that its bytes can be cut anywhere."""
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def said(call: Call) -> str:
    """Return a call's arguments as they are said."""
    return call.raw if call.raw is not None else json.dumps(call.arguments, ensure_ascii=False)


class OpenAIChat(Format):
    """POST /v1/chat/completions."""

    key_headers = ("authorization",)

    def place(self, request: Json) -> int:
        return sum(message["role"] == "assistant" for message in request["messages"])

    def events(self, turn: Turn) -> Iterator[bytes]:
        if turn.end == "refusal":
            yield self._chunk({"role": "assistant", "refusal": ""})
            for piece in pieces(turn.text):
                yield self._chunk({"refusal": piece})
        else:
            yield self._chunk({"role": "assistant", "content": ""})
            for piece in pieces(turn.text):
                yield self._chunk({"content": piece})
        for index, call in enumerate(turn.calls):
            head = {"name": call.tool, "arguments": ""}
            yield self._call({"index": index, "id": f"call_{index}", "type": "function", "function": head})
        for index, call in enumerate(turn.calls):
            for piece in pieces(said(call)):
                yield self._call({"index": index, "function": {"arguments": piece}})
        end = {"length": "length", "refusal": "stop"}.get(turn.end, "tool_calls" if turn.calls else "stop")
        yield self._chunk({}, end=end)
        usage = {
            "prompt_tokens": turn.input_tokens,
            "completion_tokens": turn.output_tokens,
            "total_tokens": turn.input_tokens + turn.output_tokens,
            "prompt_tokens_details": {"cached_tokens": turn.cached_tokens},
        }
        yield sse({**self._head(), "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def error(self, status: int, code: str, message: str) -> Json:
        return {"error": {"message": message, "type": code, "param": None, "code": code}}

    def _call(self, delta: Json) -> bytes:
        return self._chunk({"tool_calls": [delta]})

    def _chunk(self, delta: Json, *, end: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": end, "logprobs": None}
        return sse({**self._head(), "choices": [choice]})

    def _head(self) -> Json:
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}


class OpenAIResponses(Format):
    """POST /v1/responses."""

    key_headers = ("authorization",)

    def place(self, request: Json) -> int:
        """Count answers: each is a message or calls, and what follows an answer is never another one."""
        ours = [
            item.get("role") == "assistant" or item.get("type") == "function_call"
            for item in request["input"]
        ]
        return sum(mine and not before for before, mine in zip([False, *ours], ours, strict=False))

    def events(self, turn: Turn) -> Iterator[bytes]:
        number = iter(range(10_000))

        def event(kind: str, **facts: object) -> bytes:
            return sse({"type": kind, "sequence_number": next(number), **facts}, event=kind)

        yield event("response.created", response=self._response(turn, "in_progress", [], None))
        items: list[Json] = []
        if turn.text or turn.end:
            items.append(self._message(turn))
            yield from self._text_events(turn, event)
        for index, call in enumerate(turn.calls, start=len(items)):
            item = {
                "type": "function_call",
                "id": f"fc_{index}",
                "call_id": f"call_{index}",
                "name": call.tool,
                "arguments": said(call),
                "status": "completed",
            }
            items.append(item)
            begun = {**item, "arguments": "", "status": "in_progress"}
            yield event("response.output_item.added", output_index=index, item=begun)
            for piece in pieces(said(call)):
                yield event(
                    "response.function_call_arguments.delta",
                    item_id=item["id"],
                    output_index=index,
                    delta=piece,
                )
            yield event(
                "response.function_call_arguments.done",
                item_id=item["id"],
                output_index=index,
                name=call.tool,
                arguments=said(call),
            )
            yield event("response.output_item.done", output_index=index, item=item)
        cut = turn.end == "length"
        ended = self._response(
            turn,
            "incomplete" if cut else "completed",
            items,
            {"reason": "max_output_tokens"} if cut else None,
        )
        yield event("response.incomplete" if cut else "response.completed", response=ended)

    def error(self, status: int, code: str, message: str) -> Json:
        return {"error": {"message": message, "type": code, "param": None, "code": code}}

    def _text_events(self, turn: Turn, event: Any) -> Iterator[bytes]:  # noqa: ANN401 - a closure over its counter
        refused = turn.end == "refusal"
        part = (
            {"type": "refusal", "refusal": ""}
            if refused
            else {"type": "output_text", "text": "", "annotations": []}
        )
        place = {"item_id": "msg_0", "output_index": 0, "content_index": 0}
        begun = {
            "type": "message",
            "id": "msg_0",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        yield event("response.output_item.added", output_index=0, item=begun)
        yield event("response.content_part.added", **place, part=part)
        word = "refusal" if refused else "output_text"
        for piece in pieces(turn.text):
            yield event(f"response.{word}.delta", **place, delta=piece, logprobs=[])
        whole = {"refusal": turn.text} if refused else {"text": turn.text, "logprobs": []}
        yield event(f"response.{word}.done", **place, **whole)
        yield event("response.output_item.done", output_index=0, item=self._message(turn))

    def _message(self, turn: Turn) -> Json:
        content = (
            {"type": "refusal", "refusal": turn.text}
            if turn.end == "refusal"
            else {"type": "output_text", "text": turn.text, "annotations": []}
        )
        return {
            "type": "message",
            "id": "msg_0",
            "role": "assistant",
            "status": "completed",
            "content": [content],
        }

    def _response(self, turn: Turn, status: str, output: list[Json], details: Json | None) -> Json:
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "model": MODEL,
            "status": status,
            "output": output,
            "incomplete_details": details,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": turn.input_tokens,
                "input_tokens_details": {"cached_tokens": turn.cached_tokens},
                "output_tokens": turn.output_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": turn.input_tokens + turn.output_tokens,
            },
        }


class AnthropicMessages(Format):
    """POST /v1/messages."""

    key_headers = ("x-api-key", "authorization")

    def place(self, request: Json) -> int:
        return sum(message["role"] == "assistant" for message in request["messages"])

    def events(self, turn: Turn) -> Iterator[bytes]:
        usage = {
            "input_tokens": turn.input_tokens - turn.cached_tokens,
            "cache_read_input_tokens": turn.cached_tokens,
            "cache_creation_input_tokens": 0,
            "output_tokens": 1,
        }
        begun: Json = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        yield self._event("message_start", message=begun)
        index = 0
        if turn.text:
            yield from self._block(
                index,
                {"type": "text", "text": ""},
                [{"type": "text_delta", "text": piece} for piece in pieces(turn.text)],
            )
            index += 1
        yield self._event("ping")
        for call in turn.calls:
            head = {"type": "tool_use", "id": f"toolu_{index}", "name": call.tool, "input": {}}
            deltas = [
                {"type": "input_json_delta", "partial_json": piece} for piece in ["", *pieces(said(call))]
            ]
            yield from self._block(index, head, deltas)
            index += 1
        end = {"length": "max_tokens", "refusal": "refusal"}.get(
            turn.end, "tool_use" if turn.calls else "end_turn"
        )
        yield self._event(
            "message_delta",
            delta={"stop_reason": end, "stop_sequence": None},
            usage={"output_tokens": turn.output_tokens},
        )
        yield self._event("message_stop")

    def error(self, status: int, code: str, message: str) -> Json:
        return {"type": "error", "error": {"type": code, "message": message}, "request_id": "req_1"}

    def _block(self, index: int, head: Json, deltas: list[Json]) -> Iterator[bytes]:
        yield self._event("content_block_start", index=index, content_block=head)
        for delta in deltas:
            yield self._event("content_block_delta", index=index, delta=delta)
        yield self._event("content_block_stop", index=index)

    def _event(self, kind: str, **facts: object) -> bytes:
        return sse({"type": kind, **facts}, event=kind)


class GoogleGenerate(Format):
    """POST /v1beta/models/MODEL:streamGenerateContent."""

    key_headers = ("x-goog-api-key",)

    def place(self, request: Json) -> int:
        return sum(content.get("role") == "model" for content in request["contents"])

    def events(self, turn: Turn) -> Iterator[bytes]:
        for piece in pieces(turn.text):
            yield self._chunk([{"text": piece}])
        calls = [{"functionCall": {"name": call.tool, "args": self._arguments(call)}} for call in turn.calls]
        usage = {
            "promptTokenCount": turn.input_tokens,
            "candidatesTokenCount": turn.output_tokens,
            "totalTokenCount": turn.input_tokens + turn.output_tokens,
            "cachedContentTokenCount": turn.cached_tokens,
        }
        end = {"length": "MAX_TOKENS", "refusal": "SAFETY"}.get(turn.end, "STOP")
        yield self._chunk(calls, end=end, usage=usage)

    def error(self, status: int, code: str, message: str) -> Json:
        return {"error": {"code": status, "message": message, "status": code.upper()}}

    def _arguments(self, call: Call) -> Json:
        """Return the arguments; this format cannot say broken JSON, only an object that fits nothing."""
        return call.arguments if call.raw is None else {"raw": call.raw}

    def _chunk(self, parts: list[Json], *, end: str | None = None, usage: Json | None = None) -> bytes:
        candidate: Json = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if end:
            candidate["finishReason"] = end
        body: Json = {"candidates": [candidate], "modelVersion": MODEL, "responseId": "r1"}
        if usage:
            body["usageMetadata"] = usage
        return sse(body)
