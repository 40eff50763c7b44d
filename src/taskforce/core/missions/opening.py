"""What was said before a session began: a copy of the transcript of the session that it was forked from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal, TypeAlias

from pydantic import JsonValue

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId
from taskforce.core.missions.events import ASK_USER, THOUGHT, TOOL_CALL, TOOL_RESULT
from taskforce.core.missions.model import (
    AssistantMessage,
    Frozen,
    Message,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from taskforce.core.missions.results import past_handle, renamed

_Call: TypeAlias = tuple[JobId, str]


class OpeningLine(Frozen):
    """A message of a transcript; job and number name it, also in the sessions that copied it."""

    job_id: JobId
    number: int
    at: datetime
    role: Literal["user", "assistant", "tool"]
    text: str
    details: JsonObject

    @property
    def type(self) -> str:
        """Return the type of the event that told it."""
        return str(self.details["event_type"])


def up_to(lines: Sequence[OpeningLine], job_id: str, number: int) -> tuple[OpeningLine, ...] | None:
    """Return the lines up to a message, that one included; None when it is not among them."""
    for place, line in enumerate(lines, start=1):
        if (line.job_id, line.number) == (job_id, number):
            return tuple(lines[:place])
    return None


def messages_of(lines: Iterable[OpeningLine]) -> tuple[Message, ...]:
    """Return the lines as a model is shown them: each call with its result, under an id that is its handle.

    A call that has no result yet is left out, and so is a question: the call that asked it says it.
    """
    said = [line for line in lines if line.type != ASK_USER]
    ids = _ids_of_answered(said)
    turns = groupby(said, key=lambda line: (line.job_id, line.details.get("turn")))
    return tuple(message for (_, turn), turned in turns for message in _messages(turn, list(turned), ids))


def results_of(lines: Iterable[OpeningLine]) -> Mapping[str, ArtifactRef | str]:
    """Return the results by their handles: short ones as they are, of long ones where they lie."""
    said = list(lines)
    ids = _ids_of_answered(said)
    answered = ((ids[_call_of(line)], line) for line in said if line.type == TOOL_RESULT)
    return {handle: line.text if (whole := _whole(line)) is None else whole[1] for handle, line in answered}


def _whole(line: OpeningLine) -> tuple[str, ArtifactRef] | None:
    """Return under which handle a long result was kept, and where; None for a short one."""
    facts = line.details.get("facts")
    if not isinstance(facts, dict) or "whole" not in facts:
        return None
    return str(facts["handle"]), ArtifactRef.model_validate(facts["whole"])


def _ids_of_answered(lines: Iterable[OpeningLine]) -> dict[_Call, str]:
    """Return an id for each call that has a result; those of several missions may have been the same."""
    answered = (_call_of(line) for line in lines if line.type == TOOL_RESULT)
    return {call: past_handle(place) for place, call in enumerate(answered, start=1)}


def _messages(turn: JsonValue, lines: Sequence[OpeningLine], ids: Mapping[_Call, str]) -> Iterator[Message]:
    if turn is None:
        yield from map(_spoken, lines)
        return
    text = "\n".join(line.text for line in lines if line.type == THOUGHT)
    calls = tuple(_called(line, ids) for line in lines if line.type == TOOL_CALL and _call_of(line) in ids)
    if text or calls:
        yield AssistantMessage(text=text, calls=calls)
    for line in lines:
        if line.type == TOOL_RESULT:
            yield _answered(line, ids)


def _spoken(line: OpeningLine) -> Message:
    return UserMessage(text=line.text) if line.role == "user" else AssistantMessage(text=line.text)


def _called(line: OpeningLine, ids: Mapping[_Call, str]) -> ToolCall:
    arguments = line.details["arguments"]
    return ToolCall(
        id=ids[_call_of(line)],
        tool=str(line.details["tool"]),
        arguments=arguments if isinstance(arguments, dict) else {},
    )


def _answered(line: OpeningLine, ids: Mapping[_Call, str]) -> ToolMessage:
    handle, whole = ids[_call_of(line)], _whole(line)
    return ToolMessage(
        call_id=handle,
        tool=str(line.details["tool"]),
        content=line.text if whole is None else renamed(line.text, old=whole[0], new=handle),
        failed=line.details["failed"] is True,
    )


def _call_of(line: OpeningLine) -> _Call:
    return line.job_id, str(line.details["call_id"])
