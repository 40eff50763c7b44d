"""What a model is shown of a transcript: within its budget, calls with their results, each time the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskforce.core.identity import JobId
from taskforce.core.missions.blocks import clip, tokens_in, tokens_of
from taskforce.core.missions.context import Context, summary_request
from taskforce.core.missions.errors import ContextTooSmall
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
from taskforce.core.missions.react import Transcript

MISSION = "Find out what the third file says."
NOTE = 500
"""Tokens that the note of what was left out takes at the most, its summary clipped."""


@dataclass(frozen=True)
class Turn:
    """A turn of a made-up mission: what the model says, what its calls return, what it is told then."""

    text: str
    results: tuple[str, ...]
    word: str | None = None
    is_task: bool = False


def texts(most: int = 3_000) -> st.SearchStrategy[str]:
    pieces = st.text(st.characters(codec="utf-8"), max_size=20)
    return st.builds(lambda piece, times: (piece * times)[:most], piece=pieces, times=st.integers(0, 400))


turns = st.builds(
    Turn,
    text=texts(600),
    results=st.lists(texts(), min_size=1, max_size=4).map(tuple),
    word=st.none() | texts(200),
    is_task=st.booleans(),
)
missions = st.lists(turns, max_size=12)


def played(mission: Sequence[Turn], history: int = 2) -> Iterator[Transcript]:
    """Yield the transcript as it is whenever the model is asked."""
    past = [Exchange(job_id=JobId("1"), mission=f"Earlier {n}", answer="x" * 900) for n in range(history)]
    transcript = Transcript.of(MISSION, past)
    yield transcript
    for number, turn in enumerate(mission, start=1):
        count = len(turn.results)
        calls = tuple(ToolCall(id=f"c{number}-{n}", tool="look", arguments={}) for n in range(count))
        transcript = transcript.said(ModelReply(text=turn.text, calls=calls, stop=StopReason.TOOL_CALLS))
        transcript = transcript.heard(
            [
                ToolMessage(call_id=call.id, tool="look", content=result)
                for call, result in zip(calls, turn.results, strict=True)
            ]
        )
        if turn.word is not None:
            transcript = transcript.tasked(turn.word) if turn.is_task else transcript.told(turn.word)
        yield transcript


def folded(context: Context, transcript: Transcript, room: int, *, sums_up: bool) -> Context:
    """Fold one turn as a mission does, with a model whose summaries tell how much they were given."""
    context = context.grown(transcript)
    if context.tokens <= room:
        return context
    context = context.fitted(room)
    text = context.to_sum_up(room) if sums_up else None
    if text is not None:
        assert tokens_in(summary_request(text)) <= room
        context = context.summed_up(f"Notes on {len(text)} characters. {text[:5000]}", room)
    return context.cut(room)


def least(transcript: Transcript) -> int:
    """Return what cannot be left out: the mission, the task, the last turn with its texts cut."""
    own = list(transcript.own)
    last = max((n for n, message in enumerate(own) if isinstance(message, AssistantMessage)), default=0)
    stay = {0, *range(last, len(own))} if last else {0}
    if transcript.task is not None:
        stay.add(transcript.task - transcript.begin)
    return NOTE + sum(tokens_of(_cut(own[place], place, transcript)) for place in stay)


def _cut(message: Message, place: int, transcript: Transcript) -> Message:
    is_kept = place + transcript.begin in {transcript.begin, transcript.task}
    if is_kept:
        return message
    if isinstance(message, ToolMessage):
        return message.model_copy(update={"content": clip(message.content, 0)})
    return message.model_copy(update={"text": clip(message.text, 0)})


def is_whole(messages: Sequence[Message]) -> bool:
    """Tell whether each call has its result directly after, and each result its call before."""
    place = 0
    while place < len(messages):
        message = messages[place]
        calls = message.calls if isinstance(message, AssistantMessage) else ()
        heard = messages[place + 1 : place + 1 + len(calls)]
        answered = [one.call_id for one in heard if isinstance(one, ToolMessage)]
        if isinstance(message, ToolMessage) or answered != [call.id for call in calls]:
            return False
        place += 1 + len(calls)
    return True


@settings(max_examples=150, deadline=None)
@given(mission=missions, room=st.integers(50, 6_000), sums_up=st.booleans())
def test_what_is_shown_fits_and_is_whole_and_holds_the_mission(
    mission: list[Turn], room: int, *, sums_up: bool
) -> None:
    context = Context()
    for transcript in played(mission):
        try:
            context = folded(context, transcript, room, sums_up=sums_up)
        except ContextTooSmall:
            assert least(transcript) > room
            return
        shown = context.messages
        assert sum(map(tokens_of, shown)) <= room
        assert is_whole(shown)
        assert shown[context.begin] == UserMessage(text=MISSION)
        if transcript.task is not None:
            assert transcript.messages[transcript.task] in shown


@settings(max_examples=60, deadline=None)
@given(mission=missions, room=st.integers(800, 6_000), sums_up=st.booleans(), stop=st.integers(0, 12))
def test_a_fold_that_goes_on_shows_the_same_as_one_from_the_beginning(
    mission: list[Turn], room: int, stop: int, *, sums_up: bool
) -> None:
    def fold(context: Context, transcripts: Sequence[Transcript]) -> Context:
        for transcript in transcripts:
            context = folded(context, transcript, room, sums_up=sums_up)
        return context

    asked = list(played(mission))
    try:
        at_once = fold(Context(), asked)
    except ContextTooSmall:
        return
    assert fold(fold(Context(), asked[:stop]), asked[stop:]) == at_once


def long_mission(count: int, size: int = 1_000) -> list[Turn]:
    return [Turn(text="", results=("x" * size,)) for _ in range(count)]


def shown_after(count: int, room: int, *, sums_up: bool = False, size: int = 1_000) -> Context:
    context = Context()
    for transcript in played(long_mission(count, size)):
        context = folded(context, transcript, room, sums_up=sums_up)
    return context


def test_older_results_are_put_away_first_by_tool_size_and_handle() -> None:
    results = [one for one in shown_after(8, 3_500).messages if isinstance(one, ToolMessage)]
    assert len(results) == 8
    told = "[put away: 1000 characters from look; fetch_result handle=turn/1/call/1 reads it]"
    assert results[0].content == told
    assert all(result.content == "x" * 1_000 for result in results[-3:])


def test_a_summary_takes_the_place_of_older_turns_and_what_is_gone_is_named() -> None:
    context = shown_after(60, 3_000, sums_up=True)
    note = context.messages[context.begin + 1]
    assert isinstance(note, UserMessage)
    assert "of your turns, 4 messages of before this mission" in note.text
    assert "Tools that were called in them: look (" in note.text
    assert "its handle is turn/N/call/M" in note.text
    assert "Notes on" in note.text


def test_without_summaries_head_and_tail_stay() -> None:
    context = shown_after(60, 3_000)
    assert context.gone.turns > 20
    assert context.messages[-1] == ToolMessage(call_id="c60-0", tool="look", content="x" * 1_000)


def test_making_room_lasts_for_some_turns() -> None:
    times, gone, context = 0, 0, Context()
    for transcript in played(long_mission(60)):
        context = folded(context, transcript, 4_000, sums_up=False)
        times += context.gone.turns != gone
        gone = context.gone.turns
    assert gone > 30
    assert times < 15


def test_the_last_turn_is_cut_only_when_nothing_else_helps() -> None:
    context = shown_after(2, 1_000, size=50_000)
    last = context.messages[-1]
    assert isinstance(last, ToolMessage)
    assert "characters left out here" in last.content


def test_results_of_before_the_session_are_put_away_under_the_ids_of_their_calls() -> None:
    call = ToolCall(id="past_1", tool="look", arguments={})
    opening: list[Message] = [
        UserMessage(text="Before"),
        AssistantMessage(calls=(call,)),
        ToolMessage(call_id="past_1", tool="look", content="x" * 3_000),
    ]
    context = Context().grown(Transcript.of(MISSION, [], opening=opening))
    told = "[put away: 3000 characters from look; fetch_result handle=past_1 reads it]"
    assert context.fitted(500).messages[2] == ToolMessage(call_id="past_1", tool="look", content=told)
    note = context.cut(200).messages[1]
    assert isinstance(note, UserMessage)
    assert "3 messages of before this mission" in note.text
    assert "Results of before have the handles past_1, past_2 and so on." in note.text


def test_a_summary_is_made_of_what_tools_said_also_where_it_was_put_away() -> None:
    mission = [
        Turn(text="", results=(f"figure {number}: {number * 1111} " + "x" * 1_000,)) for number in range(20)
    ]
    context = Context()
    for transcript in played(mission):
        context = context.grown(transcript).fitted(3_000)
    assert "put away" in str(context.messages)
    text = context.to_sum_up(3_000)
    assert text is not None
    assert all(f"figure {number}: {number * 1111}" in text for number in range(17))


def test_long_arguments_of_the_last_turn_are_cut_when_nothing_else_helps() -> None:
    content = "y" * 50_000
    call = ToolCall(id="c1", tool="file_write", arguments={"path": "a.txt", "lines": [content], "more": 1})
    said = ModelReply(text="", calls=(call,), stop=StopReason.TOOL_CALLS)
    transcript = Transcript.of(MISSION, []).said(said)
    transcript = transcript.heard([ToolMessage(call_id="c1", tool="file_write", content="Wrote it.")])
    shown = Context().grown(transcript).cut(1_000)
    assert sum(map(tokens_of, shown.messages)) <= 1_000
    last = shown.messages[-2]
    assert isinstance(last, AssistantMessage)
    arguments = last.calls[0].arguments
    assert (arguments["path"], arguments["more"], last.calls[0].id) == ("a.txt", 1, "c1")
    assert "characters left out here" in str(arguments["lines"])


def test_what_cannot_be_made_to_fit_is_refused_with_what_it_takes() -> None:
    transcript = Transcript.of("x" * 9_000, [])
    with pytest.raises(ContextTooSmall, match=r"takes about 30\d\d tokens, and there is room for 2000"):
        Context().grown(transcript).cut(2_000)
