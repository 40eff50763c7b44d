"""However a conversation goes, no wire parts a call from its result or changes its arguments."""

import json
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from taskforce.core.documents import JsonObject
from taskforce.core.missions.model import AssistantMessage, Message, ToolCall, ToolMessage, UserMessage
from taskforce.infrastructure.missions.providers.messages import MALFORMED, messages_of
from taskforce.infrastructure.missions.providers.replies import reply_of

TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """A mission as the loop writes it: each turn's calls have their results right behind them."""
    messages: list[Message] = [UserMessage(text=draw(TEXT))]
    number = 0
    for _ in range(draw(st.integers(0, 5))):
        calls = []
        for arguments in draw(st.lists(OBJECT, max_size=3)):
            number += 1
            calls.append(ToolCall(id=f"call{number:05}", tool="tool", arguments=arguments))
        messages.append(AssistantMessage(text=draw(TEXT), calls=tuple(calls)))
        messages += [
            ToolMessage(call_id=call.id, tool=call.tool, content=draw(TEXT), failed=draw(st.booleans()))
            for call in calls
        ]
        if not calls or draw(st.booleans()):
            messages.append(UserMessage(text=draw(TEXT)))
    return messages


def calls_in(message: ModelMessage) -> list[ToolCallPart]:
    return [part for part in message.parts if isinstance(part, ToolCallPart)]


def results_in(message: ModelMessage) -> list[ToolReturnPart]:
    return [part for part in message.parts if isinstance(part, ToolReturnPart)]


def pairs(messages: list[ModelMessage]) -> Iterator[tuple[ModelMessage, ModelMessage]]:
    return pairwise(messages)


@given(conversations())
def test_results_stand_in_the_message_right_behind_their_calls(messages: list[Message]) -> None:
    found = messages_of(messages)

    for before, after in pairs(found):
        asked = [call.tool_call_id for call in calls_in(before)]
        heard = [result.tool_call_id for result in results_in(after)]
        assert asked == heard
    assert not calls_in(found[-1])


@given(conversations())
def test_turns_alternate_and_none_is_empty(messages: list[Message]) -> None:
    found = messages_of(messages)

    assert isinstance(found[0], ModelRequest)
    assert all(type(before) is not type(after) for before, after in pairs(found))
    assert all(message.parts for message in found)


@given(conversations())
def test_nothing_that_was_said_gets_lost(messages: list[Message]) -> None:
    found = messages_of(messages)

    asked = [part.content for message in found for part in message.parts if isinstance(part, UserPromptPart)]
    heard = [result.content for message in found for result in results_in(message)]
    assert asked == [message.text for message in messages if isinstance(message, UserMessage)]
    assert heard == [message.content for message in messages if isinstance(message, ToolMessage)]


@given(OBJECT)
def test_arguments_come_back_as_they_were_sent(arguments: JsonObject) -> None:
    call = ToolCall(id="call00001", tool="tool", arguments=arguments)
    (sent,) = calls_in(messages_of([UserMessage(text=""), AssistantMessage(calls=(call,))])[1])
    said = ToolCallPart(tool_name=sent.tool_name, args=json.dumps(sent.args), tool_call_id="theirs")

    reply = reply_of(ModelResponse(parts=[said]), asked=(), prices={}, is_cut=False)

    assert reply.calls == (call,)


@given(st.text().filter(str.strip))
@example("[1]")
@example('{"city": ')
@example('{"n": 1e999}')
@example('{"n": NaN}')
@example('{"half": "\\ud800"}')
@example("[" * 100_000)
def test_whatever_is_said_in_place_of_arguments_is_shown_again_and_breaks_nothing(text: str) -> None:
    said = ToolCallPart(tool_name="tool", args=text, tool_call_id="theirs")
    (call,) = reply_of(ModelResponse(parts=[said]), asked=(), prices={}, is_cut=False).calls
    if call.malformed is None:
        assert call.arguments == json.loads(text)
    else:
        (sent,) = calls_in(messages_of([UserMessage(text=""), AssistantMessage(calls=(call,))])[1])
        assert (call.malformed, sent.args) == (text, {MALFORMED: text})
