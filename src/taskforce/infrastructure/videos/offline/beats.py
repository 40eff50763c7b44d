"""What happens one after the other in a prompt: a beat for each scene."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 600
"""Letters of a beat: what is longer is no caption."""
_ENDS = re.compile(r"(?<=[.!?…;])\s+|(?<=[\u3002\uff01\uff1f\uff1b])|\n+")
_CLAUSES = re.compile(r"(?:,\s*|\s+)(?:and then|then|before|after which|until|while|but)\s+|,\s+(?:and\s+)?")
_SHORTEST_CLAUSE = 3
"""Words: what is shorter is part of a list and no event."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What happens in a scene."""

    text: str
    turn: int
    """How many scenes before this one tell the same."""


def beats(prompt: str, count: int) -> list[Beat]:
    """Return so many beats: sentences put together where there are more, clauses where there are fewer.

    Where even those are too few, each is told by several scenes.
    """
    told = _sentences(prompt)
    if len(told) < count:
        told = _clauses(told, count)
    if len(told) >= count:
        groups = [told[at * len(told) // count : (at + 1) * len(told) // count] for at in range(count)]
        return [Beat(_short(" ".join(group)), 0) for group in groups]
    owners = [at * len(told) // count for at in range(count)]
    return [Beat(_short(told[owner]), at - owners.index(owner)) for at, owner in enumerate(owners)]


def _sentences(prompt: str) -> list[str]:
    seen = "".join(
        letter for letter in prompt if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cs")
    )
    found = [" ".join(part.split()) for part in _ENDS.split(seen)]
    return [part for part in found if part] or ["A film"]


def _clauses(sentences: list[str], count: int) -> list[str]:
    """Split sentences, the longest first, until there are enough or none can be split."""
    parts = [[sentence] for sentence in sentences]
    for at in sorted(range(len(sentences)), key=lambda number: (-len(sentences[number]), number)):
        missing = count - sum(len(part) for part in parts)
        if missing <= 0:
            break
        split = [piece.strip() for piece in _CLAUSES.split(sentences[at]) if piece.strip()]
        if len(split) > 1 and all(len(piece.split()) >= _SHORTEST_CLAUSE for piece in split):
            parts[at] = [*split[:missing], ", ".join(split[missing:])]
    return [_begun(piece) for part in parts for piece in part]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
