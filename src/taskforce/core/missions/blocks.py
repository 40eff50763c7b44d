"""Blocks of a transcript: a call and its result lie in one, so that nothing parts them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from pydantic import JsonValue

from taskforce.core.missions.model import (
    AssistantMessage,
    Message,
    ModelRequest,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.results import handle_of
from taskforce.core.tools import ToolSpec

BYTES_A_TOKEN = 3
"""Fewer than a token of prose takes in any language that providers tell of, so that the estimate is high."""
CLIPPED = "\n[… {left_out} characters left out here …]\n"
SHORTEST = 160
"""Characters below which a text is not clipped, and a result not put away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A message with all that belongs to it, as the model is shown it."""

    messages: tuple[Message, ...]
    said: tuple[Message, ...]
    """The same, as it was said."""
    turn: int
    """The turn in which the model said it; 0 when it is another's word, or an earlier mission's."""
    is_own: bool
    is_kept: bool = False
    """Whether nothing of it may be changed: the mission, and what is to be done now."""
    tokens: int

    @classmethod
    def of(cls, messages: Sequence[Message], *, turn: int, is_own: bool, is_kept: bool = False) -> Self:
        """Return the block that these messages are."""
        tokens = sum(map(tokens_of, messages))
        said = tuple(messages)
        return cls(messages=said, said=said, turn=turn, is_own=is_own, is_kept=is_kept, tokens=tokens)

    def showing(self, messages: Sequence[Message]) -> Self:
        """Return it with other words for what it holds."""
        return replace(self, messages=tuple(messages), tokens=sum(map(tokens_of, messages)))

    @property
    def is_turn(self) -> bool:
        """Tell whether the model said it in this mission."""
        return self.turn > 0

    def put_away(self, *, is_readable: bool) -> Self:
        """Return it with its results replaced by a line that names tool, size and handle."""
        if self.is_kept or not any(isinstance(message, ToolMessage) for message in self.messages):
            return self
        shown = [
            _put_away(message, handle_of(self.turn, place) if self.is_turn else None, is_readable=is_readable)
            for place, message in enumerate(self.messages)
        ]
        return self.showing(shown)

    def clipped(self, most: int) -> Self:
        """Return it with each text cut to head and tail, at most so many characters; in arguments too."""
        if self.is_kept:
            return self
        return self.showing([clipped(message, most) for message in self.messages])


def blocks_of(messages: Sequence[Message]) -> Iterator[tuple[Message, ...]]:
    """Yield messages in blocks: each that is no result begins one."""
    starts = [place for place, message in enumerate(messages) if not isinstance(message, ToolMessage)]
    for start, end in pairwise([*starts, len(messages)]):
        yield tuple(messages[start:end])


def tokens_of(message: Message) -> int:
    """Return how many tokens a message takes, estimated high."""
    return _tokens(message.model_dump_json())


def tokens_around(system: str, tools: Sequence[ToolSpec]) -> int:
    """Return how many tokens a request takes beside its messages, estimated high."""
    return _tokens(system) + sum(_tokens(tool.model_dump_json()) for tool in tools)


def tokens_in(request: ModelRequest) -> int:
    """Return how many tokens a request takes, estimated high."""
    return tokens_around(request.system, request.tools) + sum(map(tokens_of, request.messages))


def clip(text: str, most: int) -> str:
    """Return a text's head and tail, at most so many characters; a short text stays as it is."""
    if len(text) <= max(most, SHORTEST):
        return text
    mark = CLIPPED.format(left_out=len(text))
    head = (most - len(mark)) * 2 // 3
    tail = most - len(mark) - head
    return text[:head] + CLIPPED.format(left_out=len(text) - head - tail) + text[len(text) - tail :]


def clip_to(text: str, room: int) -> str:
    """Return a text's head and tail, as much as so many tokens hold."""
    most, clipped = len(text), text
    while _tokens(clipped) > room and most > SHORTEST:
        most = max(SHORTEST, most * 3 // 4)
        clipped = clip(text, most)
    return clipped


def clipped(message: Message, most: int) -> Message:
    """Return a message with each text in it cut to head and tail."""
    shorter = with_text(message, clip(text_of(message), most))
    if not isinstance(shorter, AssistantMessage) or not shorter.calls:
        return shorter
    calls = tuple(_with_clipped_arguments(call, most) for call in shorter.calls)
    return shorter if calls == shorter.calls else AssistantMessage(text=shorter.text, calls=calls)


def text_of(message: Message) -> str:
    """Return what is said in a message."""
    return message.content if isinstance(message, ToolMessage) else message.text


def with_text(message: Message, text: str) -> Message:
    """Return a message that says something else."""
    if text == text_of(message):
        return message
    match message:
        case UserMessage():
            return UserMessage(text=text)
        case AssistantMessage():
            return AssistantMessage(text=text, calls=message.calls)
        case _:
            return message.model_copy(update={"content": text})


def _with_clipped_arguments(call: ToolCall, most: int) -> ToolCall:
    arguments = {name: _clipped_value(value, most) for name, value in call.arguments.items()}
    malformed = None if call.malformed is None else clip(call.malformed, most)
    return call.model_copy(update={"arguments": arguments, "malformed": malformed})


def _clipped_value(value: JsonValue, most: int) -> JsonValue:
    if isinstance(value, str):
        return clip(value, most)
    if isinstance(value, dict):
        return {name: _clipped_value(one, most) for name, one in value.items()}
    return [_clipped_value(one, most) for one in value] if isinstance(value, list) else value


def _put_away(message: Message, handle: str | None, *, is_readable: bool) -> Message:
    """Return a result as a line; one of before the session has its call's id for a handle."""
    if not isinstance(message, ToolMessage) or len(message.content) <= SHORTEST:
        return message
    how = f"call {message.tool} again if you need it"
    if is_readable:
        how = f"fetch_result handle={handle or message.call_id} reads it"
    return with_text(message, f"[put away: {len(message.content)} characters from {message.tool}; {how}]")


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // BYTES_A_TOKEN)
