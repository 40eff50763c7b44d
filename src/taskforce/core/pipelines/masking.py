"""Masking: the values of secrets taken out of whatever a step prints, however it comes in pieces.

Each byte that belongs to a spelling of a secret is taken out, also where two of them overlap; a run of such
bytes becomes one mark. So the result depends on what was printed alone, and not on how it was read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from taskforce.core.pipelines.spellings import is_fit, spellings

MARK = "***"


class Mask:
    """Knows what is to be taken out."""

    def __init__(self, secrets: Mapping[str, str], *, others: Mapping[str, str] = {}) -> None:
        """Take values by name. Raises SecretUnfit for a secret that cannot be masked.

        Of the others those are masked that can be: who is given one that cannot is refused.
        """
        fit = {name: value for name, value in others.items() if is_fit(value)}
        values = {**fit, **secrets}
        known = {spelling for name, value in values.items() for spelling in spellings(name, value)}
        self._known = tuple(sorted(known))

    def stream(self) -> "MaskedStream":
        """Return a masked stream that begins here."""
        return MaskedStream(self._known)

    def text(self, text: str) -> str:
        """Return a text without secrets, such as an error's."""
        stream = self.stream()
        data = text.encode("utf-8", "surrogatepass")
        return (stream.take(data) + stream.end()).decode("utf-8", "surrogatepass")


class MaskedStream:
    """Takes a stream in pieces and gives it back without secrets.

    It holds back no more than the beginning of a spelling that may yet be completed.
    """

    def __init__(self, known: Sequence[bytes]) -> None:
        self._known = known
        self._held = b""
        self._covered = 0
        """How many of the bytes held back are known to belong to a secret."""
        self._after_mark = False

    def take(self, data: bytes) -> bytes:
        """Return what may be shown after this piece."""
        self._held += data
        return self._shown(_decided(self._held, self._known))

    def end(self) -> bytes:
        """Return what was held back, now that nothing completes it."""
        return self._shown(len(self._held))

    def _shown(self, decided: int) -> bytes:
        """Return the bytes before a position, masked, and hold back the others."""
        if decided == 0:
            return b""
        shown: list[bytes] = []
        at = covered = 0
        for begin, end in _runs(self._held, self._known, self._covered):
            if begin >= decided:
                break
            shown.append(self._held[at:begin])
            if begin > 0 or not self._after_mark:
                shown.append(MARK.encode())
            at, covered = min(end, decided), max(0, end - decided)
        shown.append(self._held[at:decided])
        self._held, self._covered, self._after_mark = self._held[decided:], covered, at == decided
        return b"".join(shown)


def _decided(data: bytes, known: Iterable[bytes]) -> int:
    """Return where the earliest beginning of a spelling stands at the end of the data; its length if none."""
    decided = len(data)
    for spelling in known:
        at = data.find(spelling[:1], max(0, len(data) - len(spelling) + 1))
        while 0 <= at < decided:
            if spelling.startswith(data[at:]):
                decided = at
                break
            at = data.find(spelling[:1], at + 1)
    return decided


def _runs(data: bytes, known: Iterable[bytes], covered: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of bytes that belong to secrets, in order; those that touch are one."""
    found = sorted((at, at + len(one)) for one in known for at in _occurrences(data, one))
    begin, end = 0, covered
    for at, until in found:
        if at > end:
            if end > begin:
                yield begin, end
            begin = at
        end = max(end, until)
    if end > begin:
        yield begin, end


def _occurrences(data: bytes, spelling: bytes) -> Iterator[int]:
    """Yield where a spelling stands; of those that overlap or touch, enough to cover the bytes of all."""
    size = len(spelling)
    at = data.find(spelling)
    while at >= 0:
        yield at
        further = data.rfind(spelling, at + 1, at + 2 * size)
        at = further if further >= 0 else data.find(spelling, at + size + 1)
