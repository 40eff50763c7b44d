"""The loop as a reducer, and what stops it from going round in circles."""

from taskforce.core.identity import JobId
from taskforce.core.missions.model import (
    AssistantMessage,
    Exchange,
    Message,
    ModelReply,
    StopReason,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.react import Answer, AskModel, CallTools, GiveUp, Transcript, next_action
from taskforce.core.missions.safety import trouble

CALL = ToolCall(id="call-1-1", tool="grep", arguments={"pattern": "x"})
HEARD = ToolMessage(call_id="call-1-1", tool="grep", content="nothing")


def begun() -> Transcript:
    return Transcript.of("Find x", [])


def test_a_mission_begins_with_the_model() -> None:
    assert next_action(begun()) == AskModel(1)


def test_calls_are_made_and_the_model_is_asked_again() -> None:
    called = begun().said(ModelReply(calls=(CALL,), stop=StopReason.TOOL_CALLS))
    assert next_action(called) == CallTools(1, (CALL,))
    assert next_action(called.heard([HEARD])) == AskModel(2)


def test_a_reply_without_calls_is_the_answer() -> None:
    assert next_action(begun().said(ModelReply(text="None.", stop=StopReason.ANSWER))) == Answer("None.")


def test_a_model_that_says_it_cannot_is_not_taken_for_an_answer() -> None:
    reply = ModelReply(text="I do not understand.", stop=StopReason.NEEDS_MODEL)
    assert next_action(begun().said(reply)) == GiveUp("needs_model", "I do not understand.")


def test_earlier_exchanges_come_before_the_mission() -> None:
    earlier = Exchange(job_id=JobId("1"), mission="Hello", answer="Hi")
    transcript = Transcript.of("Find x", [earlier])
    assert [message.role for message in transcript.messages] == ["user", "assistant", "user"]
    assert transcript.own == (UserMessage(text="Find x"),)


def rounds(count: int, *, failed: bool = False, different: bool = False) -> list[Message]:
    messages: list[Message] = [UserMessage(text="go")]
    for number in range(count):
        arguments = {"pattern": f"x{number}" if different else "x"}
        call = ToolCall(id=f"call-{number}", tool="grep", arguments=dict(arguments))
        messages += [
            AssistantMessage(calls=(call,)),
            ToolMessage(call_id=call.id, tool="grep", content="", failed=failed),
        ]
    return messages


def test_three_identical_calls_are_trouble_and_two_are_not() -> None:
    assert trouble(rounds(2)) is None
    assert trouble(rounds(3)) == "grep was called 3 times with the same arguments"
    assert trouble(rounds(3, different=True)) is None


def test_three_failures_of_a_tool_in_a_row_are_trouble() -> None:
    assert trouble(rounds(3, failed=True, different=True)) == "grep failed 3 times in a row"


def test_after_a_word_to_the_model_the_count_begins_anew() -> None:
    assert trouble([*rounds(3), UserMessage(text="stop that"), *rounds(2)[1:]]) is None
