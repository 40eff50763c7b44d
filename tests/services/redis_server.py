"""A redis-server on loopback, in a folder of its own, that is over when the context is left."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import redis

PROGRAM = "redis-server"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisServer:
    """A server, and how it is reached."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def wipe(self) -> None:
        """Forget all there is."""
        with redis.Redis(port=self.port) as client:
            client.flushall()


@contextmanager
def redis_server(*, port: int | None = None) -> Iterator[RedisServer]:
    """Start one on a free port; skip the test where the program is missing, but in CI fail it."""
    if shutil.which(PROGRAM) is None:
        assert not os.environ.get("CI"), f"{PROGRAM} is missing: run scripts/services.sh"
        pytest.skip(f"{PROGRAM} is missing: run scripts/services.sh")
    chosen = port or _free_port()
    with tempfile.TemporaryDirectory() as folder:
        words = (
            "--port",
            str(chosen),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            folder,
            "--logfile",
            "log",
        )
        process = subprocess.Popen([PROGRAM, *words])
        try:
            _wait_for(chosen, process)
            yield RedisServer(port=chosen, process=process)
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("redis-server does not answer")
