"""The queues that the fault suite is run with: a broker is one entry, with how it is restarted and wiped."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol

from tests.services.nats_server import NatsServer, nats_server
from tests.services.redis_server import redis_server


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


class Nats(Broker):
    """JetStream carries the hints, and NATS the news."""

    def __init__(self, server: NatsServer) -> None:
        self.port = server.port
        self._server = server

    def settings(self, port: int) -> Mapping[str, object]:
        url = f"nats://127.0.0.1:{port}"
        return {"queue_url": url, "feed_url": url}

    def restart(self, *, wiped: bool) -> None:
        self._server.stop()
        if wiped:
            self._server.wipe()
        self._server.start()


@contextmanager
def _nats() -> Iterator[Broker]:
    with nats_server() as server:
        yield Nats(server)


class Celery(Broker):
    """Celery on a Redis that keeps nothing when it is restarted."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.port = stack.enter_context(redis_server()).port

    def settings(self, port: int) -> Mapping[str, object]:
        return {"queue_url": f"redis://127.0.0.1:{port}/0"}

    def restart(self, *, wiped: bool) -> None:
        self._stack.close()
        self._stack.enter_context(redis_server(port=self.port))


@contextmanager
def _celery() -> Iterator[Broker]:
    with ExitStack() as stack:
        yield Celery(stack)


QUEUES: Mapping[str, Callable[[], AbstractContextManager[Broker]]] = {
    "postgresql": _nothing_beside,
    "nats": _nats,
    "celery": _celery,
}
FIRST = next(iter(QUEUES))
"""With this one everything is broken; with the others, in the short form, what hints have to do with."""
