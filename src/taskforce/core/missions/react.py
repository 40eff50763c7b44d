"""The ReAct loop as a pure reducer: what was said and heard so far → what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class AskModel:
    """Let the model say what comes next."""

    turn: int


@dataclass(frozen=True, slots=True)
class CallTools:
    """Call the tools that the model asked for."""

    turn: int
    calls: tuple[ToolCall, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The mission is done."""

    text: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The mission cannot be done like this."""

    code: str
    text: str


Action: TypeAlias = AskModel | CallTools | Answer | GiveUp


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation: earlier exchanges of the session, the mission, and what came of it."""

    messages: tuple[Message, ...]
    begin: int
    """Where the mission itself begins in the messages."""
    turn: int = 0
    stop: StopReason | None = None

    @classmethod
    def of(cls, mission: str, history: Sequence[Exchange]) -> Self:
        """Return the transcript that a mission begins with."""
        earlier: list[Message] = []
        for exchange in history:
            earlier += [UserMessage(text=exchange.mission), AssistantMessage(text=exchange.answer)]
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


def next_action(transcript: Transcript) -> Action:
    """Return what to do next."""
    last = transcript.messages[-1]
    if not isinstance(last, AssistantMessage):
        return AskModel(transcript.turn + 1)
    if last.calls:
        return CallTools(transcript.turn, last.calls)
    if transcript.stop is StopReason.NEEDS_MODEL:
        return GiveUp("needs_model", last.text)
    return Answer(last.text)
