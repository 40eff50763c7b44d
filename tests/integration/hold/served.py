"""Servers of the tests that something holds: started, killed, started again on the same port and home."""

import http.client
import json
import multiprocessing
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2

from tests.integration.hold.backstage import Play, play
from tests.integration.wire import HOST, free_port

PATIENCE = 60.0
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([play.__module__])


class Served:
    """A server on a home; it may die and come back."""

    def __init__(self, home: Path, **how: Any) -> None:  # noqa: ANN401 - what Play takes
        self.home = home
        self._how = Play(home=home, port=free_port(), **how)
        self.process: BaseProcess | None = None

    @property
    def port(self) -> int:
        return self._how.port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        assert self.process.pid is not None
        return self.process.pid

    def start(self, **changes: Any) -> None:  # noqa: ANN401 - what Play takes
        """Start it, and return when it answers."""
        self._how = replace(self._how, **changes)
        self.process = _forks.Process(target=play, args=(self._how,))
        self.process.start()
        end = time.monotonic() + PATIENCE
        while True:
            assert self.process.is_alive(), self.said
            assert time.monotonic() < end, f"no answer: {self.said}"
            with suppress(httpx2.TransportError):
                httpx2.get(f"{self.url}/health")
                return
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would, if it is not over yet."""
        if self.process is not None:
            self.process.kill()
            self.wait()

    def wait(self) -> int | None:
        """Wait until it is over and return how it ended: -9 is SIGKILL."""
        assert self.process is not None
        self.process.join(PATIENCE)
        return self.process.exitcode

    def client(self, *, connections: int = 10, **headers: str) -> httpx2.Client:
        """Return a client with real connections."""
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        return httpx2.Client(base_url=self.url, limits=limits, timeout=PATIENCE, headers=headers)

    def get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what is at a path."""
        answer = httpx2.get(self.url + path, timeout=PATIENCE)
        assert answer.status_code == http.client.OK, answer.text
        return answer.json()

    def census(self) -> Mapping[str, int]:
        """Return what the process holds, counted from inside."""
        counted: dict[str, int] = json.loads(httpx2.get(f"{self.url}/census", timeout=PATIENCE).content)
        return counted

    @property
    def open_files(self) -> int:
        """Return how many descriptors it has, counted from outside."""
        return len([*Path(f"/proc/{self.pid}/fd").iterdir()])

    @property
    def said(self) -> str:
        """Return what all its processes have logged."""
        file = self.home / "stderr"
        return file.read_text() if file.exists() else ""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from the file as it is."""
        with closing(sqlite3.connect(self.home / "taskforce.db", timeout=PATIENCE)) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def served(home: Path, **how: Any) -> Iterator[Served]:  # noqa: ANN401 - what Play takes
    """Serve a home until the context is left."""
    server = Served(home, **how)
    try:
        server.start()
        yield server
    finally:
        server.kill()
