"""What was said before a session began, as a model is shown it."""

from datetime import timedelta

import pytest

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ArtifactId, JobId
from taskforce.core.missions.events import ASK_USER, FINAL_ANSWER, STARTED, THOUGHT, TOOL_CALL, TOOL_RESULT
from taskforce.core.missions.model import AssistantMessage, ToolCall, ToolMessage, UserMessage
from taskforce.core.missions.opening import OpeningLine, messages_of, results_of, up_to
from taskforce.core.missions.results import shortened
from taskforce.core.missions.transcript import ROLES
from tests.builders import NOON

ONE, TWO = JobId("one"), JobId("two")


def a_line(number: int, type: str, text: str = "", *, job: JobId = ONE, **details: object) -> OpeningLine:
    said: JsonObject = {"event_type": type, **details}  # type: ignore[dict-item] # any JSON
    at = NOON + timedelta(seconds=number)
    return OpeningLine(job_id=job, number=number, at=at, role=ROLES[type], text=text, details=said)


def a_call(number: int, call: str, tool: str = "look", *, turn: int = 1, job: JobId = ONE) -> OpeningLine:
    facts = {"turn": turn, "call_id": call, "tool": tool, "arguments": {"text": call}}
    return a_line(number, TOOL_CALL, tool, job=job, **facts)


def a_result(number: int, call: str, text: str, *, turn: int = 1, job: JobId = ONE) -> OpeningLine:
    return a_line(number, TOOL_RESULT, text, job=job, turn=turn, call_id=call, tool="look", failed=False)


STORY = (
    a_line(1, STARTED, "Do it"),
    a_line(3, THOUGHT, "Hm.", turn=1),
    a_call(4, "a"),
    a_result(5, "a", "A"),
    a_call(6, "b"),
    a_result(7, "b", "B"),
    a_call(9, "c", turn=2, tool="ask_user"),
    a_line(10, ASK_USER, "Which?"),
    a_result(11, "c", "This", turn=2),
    a_line(13, FINAL_ANSWER, "Done."),
    a_line(1, STARTED, "More", job=TWO),
    a_call(3, "a", job=TWO),
)


def past(number: int, call: str, tool: str = "look") -> ToolCall:
    return ToolCall(id=f"past_{number}", tool=tool, arguments={"text": call})


def heard(number: int, text: str) -> ToolMessage:
    return ToolMessage(call_id=f"past_{number}", tool="look", content=text)


def test_calls_stand_beside_their_results_under_ids_of_their_own() -> None:
    assert messages_of(STORY) == (
        UserMessage(text="Do it"),
        AssistantMessage(text="Hm.", calls=(past(1, "a"), past(2, "b"))),
        heard(1, "A"),
        heard(2, "B"),
        AssistantMessage(calls=(past(3, "c", tool="ask_user"),)),
        heard(3, "This"),
        AssistantMessage(text="Done."),
        UserMessage(text="More"),
    )


@pytest.mark.parametrize("place", range(len(STORY) + 1))
def test_wherever_it_is_cut_each_call_has_its_result(place: int) -> None:
    messages = messages_of(STORY[:place])
    calls = [call.id for said in messages if isinstance(said, AssistantMessage) for call in said.calls]
    assert calls == [said.call_id for said in messages if isinstance(said, ToolMessage)]
    assert len(set(calls)) == len(calls)


def test_a_message_is_found_by_its_job_and_number() -> None:
    assert up_to(STORY, ONE, 3) == STORY[:2]
    assert up_to(STORY, TWO, 1) == STORY[:11]
    assert up_to(STORY, TWO, 2) is None
    assert up_to(STORY, "three", 1) is None


def test_results_are_found_by_the_ids_of_their_calls() -> None:
    assert results_of(STORY) == {"past_1": "A", "past_2": "B", "past_3": "This"}


def test_a_long_result_is_read_on_under_its_new_handle() -> None:
    view = shortened("handle=turn/1/call/1 " + "x" * 9_000, handle="turn/1/call/1")
    assert view is not None
    ref = ArtifactRef(
        id=ArtifactId("1"), key="k", kind="tool_result", media_type="text/plain", size=1, sha256=""
    )
    facts = {"handle": "turn/1/call/1", "whole": ref.model_dump(mode="json")}
    answered = a_line(5, TOOL_RESULT, view, turn=1, call_id="b", tool="look", failed=False, facts=facts)
    story = (a_call(2, "a"), a_result(3, "a", "A"), a_call(4, "b"), answered)
    assert results_of(story) == {"past_1": "A", "past_2": ref}
    last = messages_of(story)[-1]
    assert isinstance(last, ToolMessage)
    assert last.content == view.replace("fetch_result handle=turn/1/call/1", "fetch_result handle=past_2")
