"""Where a mission that is played again goes another way than it went, and how two documents differ."""

import difflib
import json
from collections.abc import Sequence
from enum import StrEnum

from pydantic import JsonValue

from taskforce.core.missions.model import Frozen, ModelRequest

MOST_LINES = 40
LONGEST_LINE = 300


class Part(StrEnum):
    """What of a mission differs: what the model is asked, what is done, what is told, what comes out."""

    REQUEST = "request"
    STEP = "step"
    EVENT = "event"
    OUTCOME = "outcome"


_SAID = {
    Part.REQUEST: "the model would be asked something else.",
    Part.STEP: "{place} would be done, which was not.",
    Part.EVENT: "{place} would be told otherwise.",
    Part.OUTCOME: "the mission would come to something else.",
}


class Divergence(Frozen):
    """The first place where a mission goes another way than was recorded."""

    turn: int
    part: Part
    place: str
    """The key of the step, or the type of the event."""
    recorded: JsonValue
    today: JsonValue

    @property
    def sentence(self) -> str:
        """Return what differs, in a sentence."""
        return f"Turn {self.turn}: {_SAID[self.part].format(place=self.place)}"

    @property
    def difference(self) -> tuple[str, ...]:
        """Return how the two differ, line by line."""
        return difference(self.recorded, self.today, names=("recorded", "today"))


def difference(old: JsonValue, new: JsonValue, *, names: tuple[str, str]) -> tuple[str, ...]:
    """Return how two documents differ: lines after the manner of diff, not more than one can read."""
    changes = list(difflib.unified_diff(_lines(old), _lines(new), *names, lineterm="", n=1))
    shown = tuple(_cut(line) for line in changes[:MOST_LINES])
    return (*shown, f"… {len(changes) - MOST_LINES} more lines") if len(changes) > MOST_LINES else shown


def nearest(request: ModelRequest, recorded: Sequence[ModelRequest]) -> ModelRequest | None:
    """Return the recorded request that goes the same way for longest."""
    return max(recorded, key=lambda one: _likeness(request, one), default=None)


def _likeness(request: ModelRequest, other: ModelRequest) -> tuple[int, int, int]:
    pairs = zip(request.messages, other.messages, strict=False)
    same = next((place for place, (one, two) in enumerate(pairs) if one != two), None)
    shorter = min(len(request.messages), len(other.messages))
    apart = abs(len(request.messages) - len(other.messages))
    alike = (request.system == other.system) + (request.tools == other.tools)
    return (shorter if same is None else same) - apart, alike, -apart


def _lines(document: JsonValue) -> list[str]:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True).splitlines()


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
