"""What is seen of a connection, so that it can be said why it broke."""

from dataclasses import dataclass, field

LAST_WORDS = 2_000


@dataclass(slots=True)
class Trace:
    """Filled by whoever carries the messages."""

    is_over: bool = False
    """Whether nothing will come any more."""
    problem: str = ""
    """What ended it, or what the server's side said last that was no answer."""
    _words: bytearray = field(default_factory=bytearray)

    def hear(self, data: bytes) -> None:
        """Take in what the server says beside the protocol; the last of it is kept."""
        self._words += data
        del self._words[:-LAST_WORDS]

    def told(self) -> str:
        """Return what was seen, for people."""
        words = self._words.decode("utf-8", "replace").strip()
        said = f"It said last: {words}." if words else ""
        return " ".join(filter(None, (self.problem, said)))
