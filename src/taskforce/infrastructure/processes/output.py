"""What is kept of a stream: its head, its tail, and how long it was."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Output:
    """Takes bytes without end and keeps `keep` of them from each end."""

    keep: int
    total: int = 0
    _head: bytearray = field(default_factory=bytearray)
    _tail: bytearray = field(default_factory=bytearray)

    def take(self, data: bytes) -> bytes:
        """Add what came, and return what of it still belongs to the head."""
        self.total += len(data)
        room = self.keep - len(self._head)
        head = data[:room]
        self._head += head
        self._tail += data[len(head) :][-self.keep :]
        if len(self._tail) > 2 * self.keep:
            del self._tail[: -self.keep]
        return head

    @property
    def truncated(self) -> bool:
        """Tell whether something in the middle was left out."""
        return self.total > 2 * self.keep

    def text(self) -> str:
        """Return what was kept; what was left out is said in its place."""
        if not self.truncated:
            return (self._head + self._tail).decode("utf-8", "replace")
        left_out = self.total - 2 * self.keep
        head, tail = (
            self._head.decode("utf-8", "replace"),
            self._tail[-self.keep :].decode("utf-8", "replace"),
        )
        return f"{head}\n[… {left_out:,} bytes left out …]\n{tail}"
