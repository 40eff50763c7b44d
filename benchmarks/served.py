"""Servers and other processes that run beside a measurement."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.measure import ROOT, clean

OPENING = 30


@contextmanager
def beside(
    python: Path, module: str, /, *, core: int | None = None, **told: object
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends; on one core if one is named."""
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    command = [*pinned, str(python), "-m", module, json.dumps(told)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def server(
    python: Path, module: str, /, *, core: int | None = None, **told: object
) -> Iterator[tuple[int, int]]:
    """Run a server, and give its port and its process once it listens."""
    port = free_port()
    with beside(python, module, core=core, port=port, **told) as process:
        until = time.monotonic() + OPENING
        while process.poll() is None and not _listens(port):
            if time.monotonic() > until:
                raise SystemExit(f"{module} did not open its port")
            time.sleep(0.05)
        if process.poll() is not None:
            raise SystemExit(f"{module} ended with {process.returncode}")
        yield port, process.pid


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def fetched(port: int, path: str, *, accept: str = "application/json") -> bytes:
    """Return what a path gives."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept": accept})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise SystemExit(f"GET {path} was answered with {answer.status}: {body[:500]!r}")
    return body


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
