"""A nats-server with JetStream on loopback, in a folder of its own, that is over when the context is left."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROGRAM = "nats-server"
_START = 60.0


@dataclass(slots=True, kw_only=True)
class NatsServer:
    """A server, how it is reached, and how it is stopped and started again on the same port."""

    port: int
    folder: Path
    program: str
    words: Sequence[str] = field(default_factory=tuple)
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(30)

    def wipe(self) -> None:
        """Remove all that it kept, while it is stopped."""
        shutil.rmtree(self.folder / "store", ignore_errors=True)

    def start(self) -> None:
        """Start it again, with all that it has."""
        self.process = _started(self.program, self.folder, self.port, self.words)


@contextmanager
def nats_server(*words: str, program: str = PROGRAM) -> Iterator[NatsServer]:
    """Start one on a free port; skip the test where the program is missing, but in CI fail it."""
    if shutil.which(program) is None:
        missing = f"{program} is missing: run scripts/services.sh"
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(prefix="tf-nats-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        port = _free_port()
        process = _started(program, folder, port, words)
        server = NatsServer(port=port, folder=folder, program=program, words=words, process=process)
        try:
            yield server
        finally:
            server.process.kill()
            server.process.wait(30)


def _started(program: str, folder: Path, port: int, words: Sequence[str]) -> subprocess.Popen[bytes]:
    told = [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder / "store"), *words]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(told, stdout=log, stderr=log)
    end = time.monotonic() + _START
    while time.monotonic() < end and process.poll() is None:
        if _is_ready(port):
            return process
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise AssertionError((folder / "log").read_text(errors="replace")[-2_000:])


def _is_ready(port: int) -> bool:
    """Tell whether it greets with its INFO, as the protocol has it, and has its JetStream."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as asking:
            greeting = asking.makefile("rb").readline()
    except OSError:
        return False
    return bool(greeting.startswith(b"INFO ") and json.loads(greeting[5:]).get("jetstream"))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
