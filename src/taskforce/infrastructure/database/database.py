"""What a store needs of a database: plain functions over a connection, run in one transaction."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

PROMPT = timedelta(seconds=5)
"""How long a write waits for other processes that is asked for from outside: who asked can ask again."""
PATIENT = timedelta(seconds=15)
"""How long one waits that records what was done already: it would be done again."""


class Guard(Enum):
    """What a write is safe from that others write at the same time."""

    ALL = "all"
    """It is as if nobody else wrote: what it read has not changed when it is written."""
    ROWS = "rows"
    """Of others it sees what they committed before each statement; it locks or fences what it relies on."""


class Database(Protocol):
    """Runs functions over a connection, each in one transaction, awaited on any event loop."""

    @abstractmethod
    async def write(
        self,
        work: Callable[[Connection], T],
        *,
        patience: timedelta = PROMPT,
        guard: Guard = Guard.ALL,
    ) -> T:
        """Return what the function returns once its transaction is durable.

        The function may be run again from its start, where others wrote what it read: what it does it does
        by the connection alone.

        What the function raises is raised here, and nothing of it is written. It is run and committed also
        when the waiter is cancelled. Raises StoreBusy when others have written for longer than it is patient,
        and nothing of it is written later either; Unavailable when it cannot be written.
        """

    @abstractmethod
    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what the function returns; all it sees is of one moment, and it writes nothing."""

    @abstractmethod
    async def check(self) -> None:
        """Return when the database reads and can be written; raise Unavailable with the reason when not."""

    @abstractmethod
    async def check_schema(self) -> None:
        """Return when the tables are those this code knows; raise Unavailable with what to do when not."""

    @abstractmethod
    def close(self) -> None:
        """Finish what was asked for, which may block, and let go; what is asked for later is refused."""
