"""The library's response as our reply: text, calls with ids of the mission, why it stopped, what it took."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from pydantic_ai.messages import ModelResponse, ToolCallPart
from pydantic_core import to_json

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import (
    AssistantMessage,
    Message,
    ModelReply,
    StopReason,
    ToolCall,
    Usage,
)
from taskforce.core.missions.profile import Price

_OURS = re.compile(r"call(\d{5,})")
_STOPS = {"length": StopReason.LENGTH, "content_filter": StopReason.REFUSED}
_MILLION = 1_000_000


def reply_of(
    response: ModelResponse, *, asked: Sequence[Message], prices: Mapping[str, Price], is_cut: bool
) -> ModelReply:
    """Return what was answered to these messages."""
    stop = StopReason.LENGTH if is_cut else _STOPS.get(response.finish_reason or "", StopReason.ANSWER)
    calls = tuple(_calls(response.parts, after=_last_number(asked)))
    if stop is StopReason.REFUSED:
        calls = ()
    return ModelReply(
        text=_storable(response.text or _refusal(response)),
        calls=calls,
        stop=StopReason.TOOL_CALLS if calls else stop,
        usage=_usage(response, prices),
        model=response.model_name or "",
    )


def _refusal(response: ModelResponse) -> str:
    """Return a refusal that the provider keeps apart from the text."""
    said = (response.provider_details or {}).get("refusal")
    return said if isinstance(said, str) else ""


def _calls(parts: Iterable[object], *, after: int) -> Iterable[ToolCall]:
    """Yield the calls. Their ids are ours, since some servers begin anew at each turn, or give none."""
    called = [part for part in parts if isinstance(part, ToolCallPart)]
    for number, part in enumerate(called, start=after + 1):
        arguments, malformed = _arguments(part.args)
        yield ToolCall(id=f"call{number:05}", tool=part.tool_name, arguments=arguments, malformed=malformed)


def _last_number(messages: Iterable[Message]) -> int:
    ids = (call.id for message in messages if isinstance(message, AssistantMessage) for call in message.calls)
    return max((int(ours[1]) for id in ids if (ours := _OURS.fullmatch(id))), default=0)


def _arguments(said: str | dict[str, object] | None) -> tuple[JsonObject, str | None]:
    """Return the arguments as an object, or none and what was said in their place."""
    if isinstance(said, dict):
        said = json.dumps(said)
    if not said or not said.strip():
        return {}, None
    try:
        read = json.loads(said, parse_constant=_finite, parse_float=_finite)
        to_json(read)  # what cannot be stored is no argument: half a surrogate pair, too deep a nesting
    except (ValueError, RecursionError):
        return {}, _storable(said)
    return (read, None) if isinstance(read, dict) else ({}, _storable(said))


def _finite(number: str) -> float:
    read = float(number)
    if not isfinite(read):
        raise ValueError(f"{number} is no number of JSON")
    return read


def _storable(text: str) -> str:
    """Return the text with halves of surrogate pairs replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _usage(response: ModelResponse, prices: Mapping[str, Price]) -> Usage:
    taken = response.usage
    return Usage(
        input_tokens=taken.input_tokens,
        output_tokens=taken.output_tokens,
        cached_tokens=taken.cache_read_tokens,
        cost=_cost(response, prices),
    )


def _cost(response: ModelResponse, prices: Mapping[str, Price]) -> float:
    """Return the price by the profile's table, else by the public list; nothing when neither knows it."""
    taken = response.usage
    own = prices.get(response.model_name or "")
    if own is not None:
        cached = own.input if own.cached is None else own.cached
        fresh = taken.input_tokens - taken.cache_read_tokens
        total = fresh * own.input + taken.cache_read_tokens * cached + taken.output_tokens * own.output
        return total / _MILLION
    try:
        return float(response.cost().total_price)
    except (LookupError, ValueError, AssertionError):
        return 0.0
