"""What a store needs of a database: plain functions over a connection, run in one transaction."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Database(Protocol):
    """Runs functions over a connection, each in one transaction, awaited on any event loop."""

    @abstractmethod
    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what the function returns once its transaction is durable.

        What the function raises is raised here, and nothing of it is written. It is run and committed also
        when the waiter is cancelled. Raises StoreBusy when the database did not take it in time, Unavailable
        when it cannot be written.
        """

    @abstractmethod
    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what the function returns; all it sees is of one moment, and it writes nothing."""

    @abstractmethod
    async def check(self) -> None:
        """Return when the database answers; raise Unavailable with the reason when not."""

    @abstractmethod
    async def check_schema(self) -> None:
        """Return when the tables are those this code knows; raise Unavailable with what to do when not."""

    @abstractmethod
    def close(self) -> None:
        """Finish what was asked for, which may block, and let go; what is asked for later is refused."""
