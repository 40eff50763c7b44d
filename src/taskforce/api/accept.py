"""What a client takes: the Accept header (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterator, Sequence

_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^;]*)*)", re.ASCII)
_QUALITY = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE | re.ASCII)


def chosen(accept: str, offers: Sequence[str]) -> str | None:
    """Return the offer that the client likes best, the first of equal ones; None when it takes none.

    A client that says nothing, or nothing that can be read, takes all.
    """
    ranges = list(_ranges(accept))
    if not ranges:
        return offers[0]
    liked = [(_quality(offer, ranges), -place, offer) for place, offer in enumerate(offers)]
    best = max(liked)
    return best[2] if best[0] > 0 else None


def _ranges(accept: str) -> Iterator[tuple[str, str, float]]:
    for part in accept.split(","):
        found = _RANGE.fullmatch(part)
        if found is not None:
            words = [_QUALITY.fullmatch(word) for word in found.group(3).split(";")]
            given = [float(word.group(1)) for word in words if word]
            yield found.group(1).lower(), found.group(2).lower(), given[0] if given else 1.0


def _quality(offer: str, ranges: Sequence[tuple[str, str, float]]) -> float:
    """Return how much an offer is liked: what names it best decides."""
    kind, _, name = offer.partition("/")
    for wanted in ((kind, name), (kind, "*"), ("*", "*")):
        found = [quality for main, sub, quality in ranges if (main, sub) == wanted]
        if found:
            return max(found)
    return 0.0
