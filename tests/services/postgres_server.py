"""A PostgreSQL server on loopback, in a folder of its own, that is over when the context is left."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path("/usr/lib/postgresql")
USER = "postgres"
"""Whom the server runs as when the tests are root's: it refuses root."""
_START = 60.0


@dataclass(slots=True, kw_only=True)
class PostgresServer:
    """A server, how it is reached, and how it is stopped and started again on the same port."""

    port: int
    folder: Path
    programs: Path
    is_durable: bool
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database and return its address."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def run(self, statement: str, *, database: str = "postgres") -> str:
        """Run a statement as the server's owner, outside of any transaction; return what psql prints."""
        words: list[str] = [
            str(self.programs / "psql"),
            "-qAtX",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.url(database),
        ]
        done = subprocess.run([*words, "-c", statement], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT is its fast shutdown, SIGQUIT a crash that it recovers from."""
        self.process.send_signal(how)
        self.process.wait(30)

    def start(self) -> None:
        """Start it again, with all that it has."""
        self.process = _started(self.programs, self.folder, self.port, is_durable=self.is_durable)


@contextmanager
def postgres_server(*, is_durable: bool = False) -> Iterator[PostgresServer]:
    """Start one on a free port; skip the test where the program is missing, but in CI fail it.

    One that is not durable syncs nothing to the disk, for tests that no power failure is in.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="tf-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        _own(folder)
        words = [
            str(programs / "initdb"),
            "--no-sync",
            "-A",
            "trust",
            "-U",
            USER,
            "-E",
            "UTF8",
            "-D",
            str(folder / "d"),
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False, **_as_owner())
        assert done.returncode == 0, done.stderr
        port = _free_port()
        process = _started(programs, folder, port, is_durable=is_durable)
        server = PostgresServer(
            port=port, folder=folder, programs=programs, is_durable=is_durable, process=process
        )
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.stop(signal.SIGQUIT)


def _started(programs: Path, folder: Path, port: int, *, is_durable: bool) -> subprocess.Popen[bytes]:
    settings = ["max_connections=60", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
    if not is_durable:
        settings += ["fsync=off", "full_page_writes=off"]
    words = [str(programs / "postgres"), "-D", str(folder / "d"), "-p", str(port)]
    for setting in settings:
        words += ["-c", setting]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, **_as_owner())
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    for _ in range(round(_START / 0.05)):
        if subprocess.run(ready, check=False).returncode == 0:
            return process
        assert process.poll() is None, (folder / "log").read_text(errors="replace")[-2_000:]
    process.kill()
    raise AssertionError("PostgreSQL does not take connections")


def _programs() -> Path:
    found = sorted(PROGRAMS.glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    if found and shutil.which("psql"):
        return found[-1].parent
    missing = "PostgreSQL's server is missing: run scripts/services.sh"
    assert not os.environ.get("CI"), missing
    pytest.skip(missing)


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam(USER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _as_owner() -> dict[str, Any]:
    return {"user": USER, "group": USER} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
