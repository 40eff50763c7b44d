"""How two documents differ, and which recorded request is nearest."""

import pytest

from taskforce.core.missions.divergence import MOST_LINES, Divergence, Part, difference, nearest
from taskforce.core.missions.fingerprint import print_of
from taskforce.core.missions.model import (
    AssistantMessage,
    Message,
    ModelRequest,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from taskforce.core.tools import Risk, ToolEffect, ToolSpec

NAMES = ("old", "new")


def asking(*texts: str, system: str = "Be brief.") -> ModelRequest:
    return ModelRequest(system=system, messages=tuple(UserMessage(text=text) for text in texts), tools=())


def tool(description: str) -> ToolSpec:
    return ToolSpec(
        name="look",
        description=description,
        parameters={},
        risk=Risk.READ,
        effect=ToolEffect.PURE,
        parallel=True,
    )


def test_a_difference_is_told_line_by_line() -> None:
    assert difference({"a": 1, "b": "x"}, {"b": "y", "a": 1}, names=NAMES) == (
        "--- old",
        "+++ new",
        "@@ -2,3 +2,3 @@",
        '  "a": 1,',
        '- "b": "x"',
        '+ "b": "y"',
        " }",
    )
    assert difference({"a": 1}, {"a": 1}, names=NAMES) == ()


def test_a_long_difference_is_cut_and_says_so() -> None:
    shown = difference([*range(100)], [*range(100, 200)], names=NAMES)
    assert len(shown) == MOST_LINES + 1
    assert shown[-1].startswith("… ")
    assert len(difference("", "x" * 10_000, names=NAMES)[-1]) < 400


def test_the_nearest_request_is_the_one_that_goes_the_same_way_for_longest() -> None:
    short, right, other = asking("a", "b"), asking("a", "b", "c", "x"), asking("z", "b", "c", "d")
    assert nearest(asking("a", "b", "c", "d"), [short, other, right]) is right
    assert nearest(asking("a"), []) is None


@pytest.mark.parametrize("part", Part)
def test_a_divergence_says_in_a_sentence_where_it_is(part: Part) -> None:
    found = Divergence(turn=3, part=part, place="turn/3/model", recorded=None, today=None)
    assert found.sentence.startswith("Turn 3: ")


def test_a_print_knows_each_part_of_a_request_again() -> None:
    first = print_of(asking("a", "b"))
    assert print_of(asking("a", "b")) == first == print_of(asking("a", "b"))
    longer = print_of(asking("a", "b", "c"))
    assert (longer.system, longer.tools, longer.count) == (first.system, first.tools, 3)
    assert longer.messages != first.messages
    assert print_of(asking("a", "b", system="Be long.")).system != first.system
    with_tool = asking("a", "b").model_copy(update={"tools": (tool("Looks."),)})
    other_tool = with_tool.model_copy(update={"tools": (tool("Looks around."),)})
    assert len({first.tools, print_of(with_tool).tools, print_of(other_tool).tools}) == 3


def test_a_print_tells_who_said_a_thing_and_what_came_of_a_call() -> None:
    call = ToolCall(id="1", tool="look", arguments={"a": 1})
    said: list[Message] = [
        UserMessage(text="a"),
        AssistantMessage(text="a"),
        AssistantMessage(text="a", calls=(call,)),
        AssistantMessage(text="a", calls=(call.model_copy(update={"arguments": {"a": 2}}),)),
        ToolMessage(call_id="1", tool="look", content="a"),
        ToolMessage(call_id="1", tool="look", content="a", failed=True),
    ]
    requests = [ModelRequest(system="", messages=(message,), tools=()) for message in said]
    assert len({print_of(request).messages for request in requests}) == len(said)
