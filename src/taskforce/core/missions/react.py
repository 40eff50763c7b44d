"""The ReAct loop as a pure reducer: what was said and heard so far → what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Self, TypeAlias

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
from taskforce.core.missions.plan import Course
from taskforce.core.missions.routing import Role

CUT = "\n[Cut here: the model came to the end of what it may say. Allow more max_tokens, or ask for less.]"
REFUSED = "The model's provider refuses to answer this."


@dataclass(frozen=True, slots=True)
class AskModel:
    """Let the model say what comes next."""

    turn: int
    role: Role = Role.ACTING


@dataclass(frozen=True, slots=True)
class CallTools:
    """Call the tools that the model asked for."""

    turn: int
    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class GiveTask:
    """Tell the model what to do now, and go on by this course."""

    text: str
    course: Course


@dataclass(frozen=True, slots=True)
class Answer:
    """The mission is done."""

    text: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The mission cannot be done like this."""

    code: str
    text: str


Action: TypeAlias = AskModel | CallTools | GiveTask | Answer | GiveUp


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation: earlier exchanges of the session, the mission, and what came of it."""

    messages: tuple[Message, ...]
    begin: int
    """Where the mission itself begins in the messages."""
    turn: int = 0
    stop: StopReason | None = None
    task: int | None = None
    """Where in the messages the model was last told what to do; None is by the mission alone."""

    @classmethod
    def of(cls, mission: str, history: Sequence[Exchange], *, opening: Sequence[Message] = ()) -> Self:
        """Return the transcript that a mission begins with."""
        earlier = (*opening, *chain.from_iterable(map(_said_in, history)))
        return cls(messages=(*earlier, UserMessage(text=mission)), begin=len(earlier))

    @property
    def own(self) -> tuple[Message, ...]:
        """Return the messages of this mission."""
        return self.messages[self.begin :]

    def said(self, reply: ModelReply) -> Self:
        """Return it with the model's next words."""
        message = AssistantMessage(text=reply.text, calls=reply.calls)
        return replace(self, messages=(*self.messages, message), turn=self.turn + 1, stop=reply.stop)

    def heard(self, results: Sequence[ToolMessage]) -> Self:
        """Return it with what the tools answered."""
        return replace(self, messages=(*self.messages, *results))

    def told(self, text: str) -> Self:
        """Return it with a word to the model."""
        return replace(self, messages=(*self.messages, UserMessage(text=text)))

    def tasked(self, text: str) -> Self:
        """Return it with what the model is to do now."""
        return replace(self.told(text), task=len(self.messages))


@lru_cache(maxsize=1_024)
def _said_in(exchange: Exchange) -> tuple[Message, Message]:
    """Return an earlier exchange as messages: the same in each of the missions that follow it."""
    return UserMessage(text=exchange.mission), AssistantMessage(text=exchange.answer)


def next_action(transcript: Transcript) -> Action:
    """Return what to do next."""
    last = transcript.messages[-1]
    if not isinstance(last, AssistantMessage):
        return AskModel(transcript.turn + 1)
    if last.calls:
        return CallTools(transcript.turn, last.calls)
    match transcript.stop:
        case StopReason.NEEDS_MODEL:
            return GiveUp("needs_model", last.text)
        case StopReason.LENGTH:
            return GiveUp("answer_cut", f"{last.text}{CUT}".strip())
        case StopReason.REFUSED:
            return GiveUp("content_refused", f"{REFUSED} {last.text}".strip())
        case _:
            return Answer(last.text)
