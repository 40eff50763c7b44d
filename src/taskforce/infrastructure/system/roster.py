"""Who of this host's workers lives: a lock a worker that the system lets go when the process ends."""

import fcntl
import os
import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from threading import Lock
from uuid import uuid4

from taskforce.core.identity import WorkerId
from taskforce.core.jobs.ports import WorkerRoster
from taskforce.infrastructure.system.home import below

_FOLDER = "workers"


class FlockRoster(WorkerRoster):
    """A file a worker in `<home>/workers`, held by flock until the process ends, in whatever way.

    A worker's id is `host:pid:uuid`. One of another host is not judged; one of this host whose file is gone
    or can be locked is dead. Where several homes share a database, `host` is the home's own (`host_of`). It
    is asked for when somebody's worker is judged: who looks at nothing needs no home.
    """

    def __init__(self, home: Path, *, host: Callable[[], str]) -> None:
        self._home = home
        self._folder = home / _FOLDER
        self._host = host
        self._lock = Lock()
        self._held: dict[WorkerId, int] = {}

    def enlist(self, worker: WorkerId) -> None:
        _folder_in(self._home)
        with self._lock:
            if worker in self._held:
                return
            file = os.open(self._file(worker), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._held[worker] = file

    def leave(self, worker: WorkerId) -> None:
        with self._lock:
            file = self._held.pop(worker, None)
            if file is not None:
                self._file(worker).unlink(missing_ok=True)
                os.close(file)

    def dead(self, workers: Collection[WorkerId]) -> frozenset[WorkerId]:
        with self._lock:
            return frozenset(worker for worker in workers if self._is_dead(worker))

    def _is_dead(self, worker: WorkerId) -> bool:
        if worker in self._held or not _is_of(worker, self._host()):
            return False
        try:
            file = os.open(self._file(worker), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            self._file(worker).unlink(missing_ok=True)  # its name is never used again
            return True
        finally:
            os.close(file)

    def _file(self, worker: WorkerId) -> Path:
        return self._folder / f"{worker.replace('/', '_')}.lock"


class MemoryRoster(WorkerRoster):
    """Workers by word of mouth: who left is dead, of whom it never heard nothing is known."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._alive: dict[WorkerId, bool] = {}

    def enlist(self, worker: WorkerId) -> None:
        with self._lock:
            self._alive[worker] = True

    def leave(self, worker: WorkerId) -> None:
        with self._lock:
            self._alive[worker] = False

    def dead(self, workers: Collection[WorkerId]) -> frozenset[WorkerId]:
        with self._lock:
            return frozenset(worker for worker in workers if self._alive.get(worker) is False)


def host_of(home: Path, *, is_shared: bool) -> str:
    """Return by what name the workers of a home know each other.

    Those of a home that shares its database see the others' leases, not their files. Each home then has a
    name of its own, kept in it: two machines may have one name, and their homes one path. One that cannot be
    written has no workers, and none.
    """
    name = socket.gethostname()
    if not is_shared:
        return name
    try:
        return f"{name}.{_name_of(home)}"
    except OSError:
        return f"{name}."


def worker_name(host: str, unique: str) -> WorkerId:
    """Return the name of one of this process's workers, as the roster reads it."""
    return WorkerId(f"{host}:{os.getpid()}:{unique}")


def _name_of(home: Path) -> str:
    """Return the name of a home; of those who give it one at once, one wins."""
    file = home / _FOLDER / "name"
    if not file.exists():
        unique = uuid4().hex
        own = _folder_in(home) / unique
        own.write_text(unique[:12], encoding="ascii")
        with suppress(FileExistsError):
            os.link(own, file)
        own.unlink()
    return file.read_text(encoding="ascii")


def _folder_in(home: Path) -> Path:
    """Make the folder of locks."""
    folder = below(home, _FOLDER)
    folder.mkdir(exist_ok=True)
    return folder


def _is_of(worker: WorkerId, host: str) -> bool:
    name, _, rest = worker.rpartition(":")[0].rpartition(":")
    return bool(rest) and name == host
