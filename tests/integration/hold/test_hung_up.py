"""A server that hangs up on everybody is asked again after a pause, however many words wait for it."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from threading import Thread

import pytest

from taskforce.core.identity import JobId
from taskforce.infrastructure.database.postgres_notices import PostgresNotices
from taskforce.infrastructure.nats.link import NatsLink
from taskforce.infrastructure.nats.subjects import HintSubjects
from taskforce.infrastructure.queues.celery import CeleryQueue
from taskforce.infrastructure.queues.celery_app import celery_over
from taskforce.infrastructure.queues.nats import NatsQueue

LEASE = timedelta(seconds=30)
Say = Callable[[int], object]
WATCHED = 2.0
MOST = 12
"""Calls in that time: one each half of a second, by two threads, some of them in two parts."""


class HangsUp:
    """Counts who calls."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.port: int = listener.getsockname()[1]
        self.calls = 0

    def serve(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                caller, _ = self._listener.accept()
                self.calls += 1
                caller.close()


@pytest.fixture
def server() -> Iterator[HangsUp]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hangs_up = HangsUp(listener)
        thread = Thread(target=hangs_up.serve, daemon=True)
        thread.start()
        yield hangs_up
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@contextmanager
def notices(port: int) -> Iterator[Say]:
    told = PostgresNotices(f"postgresql://anybody@127.0.0.1:{port}/none")
    yield lambda number: told.tell("due", str(number))
    told.close()


@contextmanager
def nats(port: int) -> Iterator[Say]:
    link = NatsLink(f"nats://127.0.0.1:{port}")
    queue = NatsQueue(link, HintSubjects({}), ack_wait=LEASE)
    yield lambda number: queue.tell(str(number), b"+ACK")
    link.close()


@contextmanager
def celery(port: int) -> Iterator[Say]:
    queue = CeleryQueue(celery_over(f"redis://127.0.0.1:{port}/0", lease=LEASE))
    yield lambda number: queue.notify("scan", JobId(str(number)))
    queue.close()


@pytest.mark.parametrize("lane", [notices, nats, celery])
def test_who_hangs_up_is_left_alone_for_a_while(
    server: HangsUp, lane: Callable[[int], AbstractContextManager[Say]]
) -> None:
    with lane(server.port) as say:
        until = time.monotonic() + WATCHED
        number = 0
        while time.monotonic() < until:
            say(number)
            number += 1
            time.sleep(0.01)
        begun = time.monotonic()
    assert 1 <= server.calls <= MOST
    assert time.monotonic() - begun < WATCHED  # nobody waits long for the end of a pause
