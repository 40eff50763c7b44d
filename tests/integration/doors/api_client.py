"""The API's door in tests: an app on a container of its own, a real server process, and what streams say."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import yaml
from fastapi.testclient import TestClient

from taskforce.api.server import create_app
from taskforce.application.factory import close_container, open_container
from taskforce.settings import Settings
from tests.integration.doors.conformance import ConformingClient
from tests.integration.warm_start import WarmProcess

UNLIMITED = {"TASKFORCE_RATE_LIMIT": "0", "TASKFORCE_STREAMS_PER_PRINCIPAL": "10000"}
"""A test asks as much as a crowd; what limits do is shown where `serving` starts the server."""


@contextmanager
def api(home: Path, **settings: Any) -> Iterator[TestClient]:  # noqa: ANN401 - any setting
    """A client of the app on a fresh container; each of its requests has a loop of its own.

    Its answers are compared with the document.
    """
    container = open_container(Settings(home=home, **settings))
    try:
        yield ConformingClient(create_app(container))
    finally:
        close_container(container)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as the wire carried it."""

    number: int | None
    type: str
    data: dict[str, Any]


@dataclass(slots=True)
class _Block:
    lines: list[str] = field(default_factory=list)

    def event(self) -> Event | None:
        fields = dict(line.split(": ", 1) for line in self.lines if not line.startswith(":"))
        if "data" not in fields:
            return None
        number = int(fields["id"]) if "id" in fields else None
        return Event(number=number, type=fields["event"], data=json.loads(fields["data"]))


def events_of(lines: Iterator[str]) -> Iterator[Event]:
    """Read a stream's lines."""
    block = _Block()
    for line in lines:
        if line:
            block.lines.append(line)
        else:
            event, block = block.event(), _Block()
            if event is not None:
                yield event


def script(folder: Path, *turns: dict[str, Any]) -> str:
    """The name of a model that says these turns."""
    file = folder / "script.yaml"
    file.write_text(yaml.safe_dump({"turns": list(turns)}), encoding="utf-8")
    return f"script:{file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A real server process."""

    url: str
    process: subprocess.Popen[str]

    def stop(self) -> tuple[float, str]:
        """Send SIGTERM; return how many seconds it took to end, and what it logged."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        _, logged = self.process.communicate(timeout=20)
        return time.monotonic() - begun, logged


@contextmanager
def server(
    home: Path, *words: str, module: str = "taskforce.api", log_to: Path | None = None
) -> Iterator[Server]:
    """A server that answers, on a free port; `words` start another program than the module."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"TASKFORCE_HOME": str(home), "TASKFORCE_LOG_LEVEL": "info"} | UNLIMITED
    program = words or ("-m", module)
    log = subprocess.PIPE if log_to is None else os.open(log_to, os.O_WRONLY | os.O_CREAT)
    process = WarmProcess(
        [sys.executable, *program, "--port", str(port)], env=environment, stderr=log, text=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield Server(url=url, process=process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _wait_for(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx2.get(f"{url}/health")
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")
