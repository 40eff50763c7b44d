"""What a model peer says: turns, and what goes wrong before them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What a try meets in place of its answer."""

    BUSY_SECONDS = "busy_seconds"
    """429 with Retry-After in seconds."""
    BUSY_DATE = "busy_date"
    """429 with Retry-After as a date."""
    BROKEN = "broken"
    """500."""
    OVERLOADED = "overloaded"
    """503."""
    WRONG_KEY = "wrong_key"
    """401."""
    UNKNOWN_MODEL = "unknown_model"
    """404."""
    BAD_REQUEST = "bad_request"
    """400."""
    QUOTA_SPENT = "quota_spent"
    """The account is used up."""
    STALLED = "stalled"
    """The answer begins and does not go on."""
    SILENT = "silent"
    """No answer begins."""
    CUT = "cut"
    """The connection ends within the answer."""
    ENDLESS = "endless"
    """The answer does not end."""
    NONSENSE = "nonsense"
    """What comes is not JSON."""
    ELSEWHERE = "elsewhere"
    """A redirect to another address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call; `raw` is said in place of arguments."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    end: str = ""
    """`length` or `refusal`; as a matter of course otherwise."""
    input_tokens: int = 100
    output_tokens: int = 20
    cached_tokens: int = 40
    faults: tuple[Fault, ...] = ()
    """What the first tries of this turn meet."""


def pieces(text: str, *, size: int = 5) -> list[str]:
    """Cut a text, so that it comes bit by bit."""
    return [text[start : start + size] for start in range(0, len(text), size)]
