"""Waits and signals: what a job stops for, and the word that lets it go on."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from taskforce.core.documents import JsonObject
from taskforce.core.identity import WaitId

SignalName = NewType("SignalName", str)

TIMER = SignalName("timer")
CHILD = SignalName("child")
ANSWER = SignalName("answer")
APPROVAL = SignalName("approval")
OUTCOME = SignalName("outcome")
"""A person's word on what became of a `once` step that was under way when its worker stopped."""
UNKNOWN_AFTER_CRASH = "unknown_after_crash"
"""The reason of the event that asks for it."""


class WaitKind(StrEnum):
    """What a job waits for: somebody's word, a moment, or another job's end."""

    SIGNAL = "signal"
    TIMER = "timer"
    CHILD = "child"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A word from outside: which, what it says, who said it, when."""

    name: SignalName
    payload: JsonObject = field(default_factory=dict)
    by: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Something a job waits for under a key; `signal` is what came."""

    id: WaitId
    key: str
    kind: WaitKind
    name: SignalName
    until: datetime | None = None
    signal: Signal | None = None

    def is_open(self) -> bool:
        """Tell whether nothing has come yet."""
        return self.signal is None

    def has_news(self, now: datetime) -> bool:
        """Tell whether its job can go on."""
        return self.signal is not None or (self.until is not None and self.until <= now)
