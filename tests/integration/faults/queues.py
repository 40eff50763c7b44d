"""The queues that the fault suite is run with: a broker is one entry, with how it is restarted and wiped."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Broker(Protocol):
    """What carries the hints, and what of it can break."""

    port: int | None
    """Where it listens; None where the database carries hints itself."""

    @abstractmethod
    def settings(self, port: int) -> Mapping[str, object]:
        """Return the settings of processes that reach it by a port: its own, or that of a wire to it."""

    @abstractmethod
    def restart(self, *, wiped: bool) -> None:
        """Kill it and start it again on its port, without all that it had stored or with it."""


class NoBroker(Broker):
    """PostgreSQL alone: its notices are the queue."""

    port = None

    def settings(self, port: int) -> Mapping[str, object]:
        return {}

    def restart(self, *, wiped: bool) -> None:
        return


@contextmanager
def _nothing_beside() -> Iterator[Broker]:
    yield NoBroker()


QUEUES: Mapping[str, Callable[[], AbstractContextManager[Broker]]] = {"postgresql": _nothing_beside}
FIRST = next(iter(QUEUES))
"""With this one everything is broken; with the others, in the short form, what hints have to do with."""
