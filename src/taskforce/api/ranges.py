"""Parts of a download: the headers Range and If-Range (RFC 9110, 14.2 and 13.1.5)."""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

_ONE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,19})-([0-9]{0,19})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes of a file, from the first to the one after the last."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """Return how many they are; a span that is outside of its file has none."""
        return max(0, self.stop - self.start)


def span_of(headers: Headers, *, size: int, tag: str) -> Span | None:
    """Return the bytes that a client asks for; None for all of them.

    A span without bytes is outside of the file. Several ranges, other units and what cannot be read are
    passed over, as RFC 9110 allows, and so is a range of another version than If-Range names. Of an empty
    file any range is: whoever asks for the first bytes of whatever it is would be refused.
    """
    asked, wanted = headers.getlist("range"), headers.get("if-range")
    found = _ONE.fullmatch(asked[0]) if len(asked) == 1 else None
    if not size or found is None or wanted not in {None, tag} or found.group(1, 2) == ("", ""):
        return None
    first, last = found.group(1, 2)
    if not first:
        return Span(start=max(0, size - int(last)), stop=size)
    if last and int(last) < int(first):
        return None
    return Span(start=int(first), stop=min(size, int(last) + 1) if last else size)
