"""A served API in a process of its own, and a client of it that reads streams event by event."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.processes import PATIENCE, Process, taskforce, until

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as a stream carries it; live output has no number."""

    number: int | None
    type: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any = field(default=None)


class Server:
    """A server process and where it listens."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def ask(
        self, method: str, path: str, body: object = None, *, seconds: float = PATIENCE, **headers: str
    ) -> Answer:
        """Make one request."""
        connection, response = self._begin(method, path, body, seconds=seconds, **headers)
        try:
            raw = response.read()
        finally:
            connection.close()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(status=response.status, headers=told, body=json.loads(raw) if raw else None)

    def get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what is at a path."""
        answer = self.ask("GET", path)
        assert answer.status == http.client.OK, answer
        return answer.body

    @contextmanager
    def stream(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> Iterator[tuple[Mapping[str, str], Iterator[Told]]]:
        """Open a stream; give its headers, and its events as they come until it or the server ends."""
        connection, response = self._begin(method, path, body, seconds=PATIENCE, **headers)
        try:
            told = {name.lower(): value for name, value in response.getheaders()}
            yield told, events_of(response)
        finally:
            response.close()
            connection.close()

    def watch(self, job_id: str, *, after: int = 0) -> list[Told]:
        """Return a job's events from a number on, to its end."""
        path = f"/api/v1/jobs/{job_id}/events"
        with self.stream("GET", path, last_event_id=str(after)) as (_, events):
            return list(events)

    def _begin(
        self, method: str, path: str, body: object, *, seconds: float, **headers: str
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=seconds)
        said = {name.replace("_", "-"): text for name, text in headers.items()}
        given = None if body is None else json.dumps(body)
        if given is not None:
            said["Content-Type"] = "application/json"
        connection.request(method, path, body=given, headers=said)
        return connection, connection.getresponse()


def serving(home: Path, **settings: object) -> AbstractContextManager[Server]:
    """Start `taskforce serve` on a free port; it is over when the context is left."""
    return serving_by(taskforce, home, **settings)


@contextmanager
def serving_by(start: Callable[..., Process], home: Path, **settings: object) -> Iterator[Server]:
    """Start the same by what starts programs as `taskforce` does."""
    port = free_port()
    with start(home, "serve", "--port", str(port), **settings) as process:
        server = Server(process, port)
        until(lambda: _is_there(server), what="the server")
        yield server


def events_of(response: http.client.HTTPResponse) -> Iterator[Told]:
    """Yield a stream's events; one that breaks off in the middle of an event is not told."""
    fields: dict[str, str] = {}
    with suppress(http.client.HTTPException, ConnectionError):
        for raw in response:
            name, _, value = raw.decode().rstrip("\r\n").partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                number = int(fields["id"]) if "id" in fields else None
                yield Told(number=number, type=fields["event"], data=json.loads(fields["data"]))
                fields = {}
            else:
                fields = {}


def _is_there(server: Server) -> bool:
    assert server.process.is_alive, server.process.err
    try:
        return server.ask("GET", "/health").status == http.client.OK
    except ConnectionError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
    return port
