"""Words that processes which share a database tell each other."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol, TypeAlias

Take: TypeAlias = Callable[[str], None]


class Notices(Protocol):
    """Carries words between processes. They may be lost or come twice; what is true is in the tables."""

    @abstractmethod
    def tell(self, topic: str, word: str) -> None:
        """Say a word about a topic to all other processes; from any thread, never blocks, never fails.

        One that is said again before it is told is told once. One that is too long is lost.
        """

    @abstractmethod
    def hear(self, topic: str, take: Take, *, missed: Callable[[], None]) -> None:
        """Have all words of others about a topic taken, on any thread; what takes them must not block.

        `missed` is called when words may have been missed. What was said before is not heard.
        """

    @abstractmethod
    def open(self) -> None:
        """Begin to hear, if that is not so yet; it does not block."""

    @abstractmethod
    async def check(self) -> None:
        """Return when words are carried; raise Unavailable when not."""

    @abstractmethod
    def close(self) -> None:
        """Tell what waits, and end."""
