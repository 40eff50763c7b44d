"""A thread that speaks with a broker, for a process and not for its forks."""

import os
from abc import abstractmethod
from collections.abc import Mapping
from threading import Event, Lock, Thread
from typing import Any

import structlog
from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger()

AWAY = (RedisError, OperationalError, OSError)
"""How a broker that does not answer, or not as it should, is told of."""
BRIEF: Mapping[str, Any] = {"socket_connect_timeout": 1.0, "socket_timeout": 1.5, "max_retries": 0}
_PAUSE = 0.5


class Lane:
    """Begins with the first `ring`. What breaks the connection is told, and another one is made."""

    def __init__(self, app: Celery, *, name: str) -> None:
        self.app = app
        self.rung = Event()
        self.is_ending = False
        self._name = name
        self._lock = Lock()
        self._thread: Thread | None = None
        self._process = 0

    def ring(self) -> None:
        """Say that there is something to do; from any thread."""
        with self._lock:
            if self.is_ending:
                return
            if self._process != os.getpid():  # no thread goes along into a fork
                self.rung, self._process = Event(), os.getpid()
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self.rung.set()

    def close(self) -> None:
        """Do what is left, if the broker lets it, and end the thread."""
        with self._lock:
            self.is_ending = True
            thread = self._thread if self._process == os.getpid() else None
        self.rung.set()
        if thread is not None:
            thread.join()

    @abstractmethod
    def carry(self, connection: Connection) -> None:
        """Work until all is over or the connection breaks."""

    @abstractmethod
    def interrupted(self) -> None:
        """Take note that the connection broke."""

    def _run(self) -> None:
        while True:
            try:
                with self.app.connection_for_write(transport_options=dict(BRIEF)) as connection:
                    self.carry(connection)
            except AWAY as error:
                log.info("broker_interrupted", lane=self._name, reason=str(error))
            except Exception as error:
                log.exception("broker_lane_failed", lane=self._name, reason=str(error))
            if self.is_ending:
                return
            self.interrupted()
            self.rung.wait(_PAUSE)
