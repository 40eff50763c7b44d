"""What lives beside a worker: it starts and stops with it, on a lane of its own."""

from abc import abstractmethod
from typing import Protocol


class Companion(Protocol):
    """Something that this process does as long as it plays jobs."""

    @abstractmethod
    def start(self) -> None:
        """Start; from any thread, once."""

    @abstractmethod
    def stop(self) -> None:
        """Give back what is under way; it blocks until that is done, for a few seconds at most."""

    @abstractmethod
    async def is_idle(self) -> bool:
        """Tell whether there is nothing to do now."""


class Nobody(Companion):
    """Nobody beside the worker."""

    def start(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    async def is_idle(self) -> bool:
        """Tell that there is nothing to do."""
        return True
