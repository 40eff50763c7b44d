"""What the planner says next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.documents import JsonObject
from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.model import (
    AssistantMessage,
    Message,
    ModelReply,
    ModelRequest,
    StopReason,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.planning.decision import decide
from taskforce.core.tools import Risk, ToolEffect, ToolSpec


def _tool(name: str, description: str = "", **properties: str) -> ToolSpec:
    schema: JsonObject = {name: {"type": kind} for name, kind in properties.items()}
    return ToolSpec(
        name=name,
        description=description,
        parameters={"properties": schema, "required": [*properties]},
        risk=Risk.READ,
        effect=ToolEffect.PURE,
        parallel=True,
    )


TOOLS = (*map(_tool, ("file_read", "file_write", "python", "shell", "git")), *CONTROLS.values())
_WEB = (*TOOLS, _tool("http_fetch", url="string"))


def _reply(*messages: Message, tools: tuple[ToolSpec, ...] = TOOLS, begin: int = 0) -> ModelReply:
    return decide(ModelRequest(system="", messages=messages, begin=begin, tools=tools))


def _after(reply: ModelReply, content: str, *, failed: bool = False) -> list[Message]:
    results = [
        ToolMessage(
            call_id=call.id, tool=call.tool, content=content, failed=failed and call.tool != "planner"
        )
        for call in reply.calls
    ]
    return [AssistantMessage(calls=reply.calls), *results]


def test_one_clause_needs_no_plan_and_is_answered_from_its_result() -> None:
    mission = UserMessage(text="Read a.txt")
    first = _reply(mission)
    last = _reply(mission, *_after(first, "hello"))

    assert [(call.id, call.tool, call.arguments) for call in first.calls] == [
        ("call-1-1", "file_read", {"path": "a.txt"})
    ]
    assert last.stop is StopReason.ANSWER
    assert "hello (step 1: file_read)" in last.text


def test_several_clauses_make_a_plan_that_is_shown_with_the_first_call() -> None:
    reply = _reply(UserMessage(text="Read a.txt and read b.txt"))

    assert [call.tool for call in reply.calls] == ["planner", "file_read"]
    assert [item["status"] for item in reply.calls[0].arguments["items"]] == ["in_progress", "pending"]  # type: ignore[union-attr,index,call-overload]  # JSON


def test_a_failed_step_is_tried_twice_and_then_told() -> None:
    said: list[Message] = [UserMessage(text="Read a.txt")]
    for _ in range(2):
        reply = _reply(*said)
        assert reply.stop is StopReason.TOOL_CALLS
        said += _after(reply, "the disk is gone", failed=True)
    last = _reply(*said)

    assert last.stop is StopReason.NEEDS_MODEL
    assert "the disk is gone" in last.text


def test_a_denied_call_is_not_made_again() -> None:
    mission = UserMessage(text="Read a.txt")
    last = _reply(mission, *_after(_reply(mission), "Ann denied this call.", failed=True))

    assert last.stop is StopReason.NEEDS_MODEL
    assert "Ann denied this call." in last.text


def test_what_is_not_understood_is_quoted_and_what_is_done_is_kept() -> None:
    mission = UserMessage(text="Read a.txt, then sing a song.")
    said: list[Message] = [mission]
    reply = _reply(*said)
    while reply.stop is StopReason.TOOL_CALLS:
        said += _after(reply, "hello")
        reply = _reply(*said)

    assert reply.stop is StopReason.NEEDS_MODEL
    assert "then sing a song" in reply.text
    assert "--model NAME" in reply.text


def test_a_clause_whose_tool_is_not_offered_is_not_understood() -> None:
    assert _reply(UserMessage(text="Read a.txt"), tools=()).stop is StopReason.NEEDS_MODEL


def test_only_the_last_mission_of_a_session_counts() -> None:
    reply = _reply(
        UserMessage(text="Read a.txt"), AssistantMessage(text="Done."), UserMessage(text="Hash it"), begin=2
    )

    assert reply.stop is StopReason.NEEDS_MODEL


def test_a_word_on_the_way_is_not_taken_for_the_mission() -> None:
    reply = _reply(UserMessage(text="Read a.txt"), UserMessage(text="You stopped here. Go on."))

    assert [call.tool for call in reply.calls] == ["file_read"]


def test_a_tool_of_ones_own_is_found_by_its_words() -> None:
    weather = _tool("weather", "Tell the weather of a city.", city="string")

    known = _reply(UserMessage(text='weather of city "Bern"'), tools=(weather,))
    unknown = _reply(UserMessage(text='weather of city "Bern" next week'), tools=(weather,))

    assert [(call.tool, call.arguments) for call in known.calls] == [("weather", {"city": "Bern"})]
    assert unknown.stop is StopReason.NEEDS_MODEL


def test_a_page_is_fetched_and_shown() -> None:
    mission = UserMessage(text="Fetch the page at https://example.com/a?b=1.")
    first = _reply(mission, tools=_WEB)
    last = _reply(mission, *_after(first, "Status: 200 OK\n\nhello"), tools=_WEB)

    assert [call.arguments for call in first.calls] == [{"url": "https://example.com/a?b=1"}]
    assert last.stop is StopReason.ANSWER
    assert last.text.endswith("(step 1: http_fetch):\nStatus: 200 OK\n\nhello")


@pytest.mark.parametrize(
    "mission",
    [
        "Fetch example.com",
        "Fetch 'https://example.com/a b'",
        "Fetch ftp://example.com/a",
        "Fetch https://example.com/a, https://example.com/b",
        "Download https://example.com/a to a.zip",
    ],
)
def test_what_is_no_single_page_is_not_fetched(mission: str) -> None:
    reply = _reply(UserMessage(text=mission), tools=_WEB)

    assert reply.stop is StopReason.NEEDS_MODEL
    assert not reply.calls


@pytest.mark.parametrize("then", ["tell me the price", "count the words in it", "save it to page.txt"])
def test_what_is_done_with_a_page_needs_a_model(then: str) -> None:
    mission = UserMessage(text=f"Fetch https://example.com/a and {then}")
    said: list[Message] = [mission]
    while (reply := _reply(*said, tools=_WEB)).stop is StopReason.TOOL_CALLS:
        said += _after(reply, "Status: 200 OK\n\nhello")

    assert reply.stop is StopReason.NEEDS_MODEL
    assert f"> {then}" in reply.text


def test_the_output_of_a_persons_own_script_is_no_outcome() -> None:
    mission = UserMessage(text="Run a.py")
    last = _reply(mission, *_after(_reply(mission), '{"result": 1, "say": "all is well"}'))

    assert '{"result": 1' in last.text


@given(st.text(max_size=200))
def test_no_text_makes_it_stumble(text: str) -> None:
    reply = _reply(UserMessage(text=text))

    assert reply == _reply(UserMessage(text=text))
