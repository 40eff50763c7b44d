"""An API and workers as real processes on one PostgreSQL: each has a home of its own, as if on a machine of its own.

Each process comes with a role of its own to the database, so that what it writes bears its name.
"""

import http.client
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.faults.ledger_plugin import installed
from tests.integration.faults.queues import Broker
from tests.integration.processes import Process, environment, until
from tests.integration.wire import Server, free_port
from tests.services.postgres_server import PostgresServer

DATABASE = "taskforce"
PROFILE = "entering"
SLOTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A process, and the role by which the database knows it."""

    role: str
    process: Process


@dataclass(slots=True)
class Cluster:
    """One API without workers, and workers that come and go."""

    folder: Path
    database: PostgresServer
    settings: Mapping[str, object]
    port: int
    """By which processes reach the database."""
    stack: ExitStack
    api_port: int = field(default_factory=free_port)
    workers: list[Member] = field(default_factory=list)
    past: list[Member] = field(default_factory=list)
    """Who was killed."""
    _count: int = 0
    _api: Member | None = None

    @property
    def artifacts(self) -> Path:
        return self.folder / "artifacts"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    @property
    def api(self) -> Server:
        assert self._api is not None
        return Server(self._api.process, self.api_port)

    def start_api(self) -> None:
        """Start the API, and return when it answers."""
        self._api = self._start("serve", "--port", str(self.api_port), "--workers", "0")
        until(self._answers, what="the API")

    def kill_api(self) -> None:
        """End it as a power cut would."""
        self.api.process.kill()

    def start_worker(self) -> Member:
        """Start one more worker."""
        worker = self._start("worker", "--workers", str(SLOTS))
        self.workers.append(worker)
        return worker

    def kill(self, worker: Member) -> None:
        """End a worker as a power cut would."""
        worker.process.kill()
        self.workers.remove(worker)
        self.past.append(worker)

    def said(self) -> str:
        """Return the last words of all processes."""
        members = [*self.past, *self.workers, *filter(None, [self._api])]
        return "\n".join(f"--- {one.role}\n{one.process.err[-2_000:]}" for one in members)

    def _start(self, *words: str) -> Member:
        self._count += 1
        role = f"{words[0]}_{self._count}"
        self.database.run(f"CREATE ROLE {role} LOGIN SUPERUSER")
        home = _home_in(self.folder, role, self.artifacts)
        url = f"postgresql://{role}@127.0.0.1:{self.port}/{DATABASE}"
        settings = {"database_url": url, "database_pool": 4, "workspace_roots": self.folder, "rate_limit": 0}
        told = environment(home, **settings, log_level="info", **self.settings)
        site = str(self.folder / "site")
        process = Process(sys.executable, "-m", "taskforce", *words, env=told | {"PYTHONPATH": site})
        return Member(role=role, process=self.stack.enter_context(process))

    def _answers(self) -> bool:
        server = self.api
        assert server.process.is_alive, server.process.err
        with suppress(OSError, http.client.HTTPException):
            return server.ask("GET", "/health").status == http.client.OK
        return False


@contextmanager
def cluster(
    folder: Path,
    database: PostgresServer,
    broker: Broker,
    *,
    workers: int,
    database_port: int | None = None,
    broker_port: int | None = None,
    **settings: object,
) -> Iterator[Cluster]:
    """Start an API and workers on a server whose database is made and migrated.

    The ports are those of wires to the database and the broker, where they are reached by such.
    """
    installed(folder / "site")
    (folder / "artifacts").mkdir(exist_ok=True)
    reached = broker_port or broker.port
    carried = {} if reached is None else broker.settings(reached)
    with ExitStack() as stack:
        port = database_port or database.port
        started = Cluster(folder, database, {**settings, **carried}, port, stack)
        for _ in range(workers):
            started.start_worker()
        started.start_api()
        yield started


def _home_in(folder: Path, role: str, artifacts: Path) -> Path:
    """Make a home whose artifacts are all homes'."""
    home = folder / role
    profiles = home / "profiles"
    profiles.mkdir(parents=True)
    (home / "artifacts").symlink_to(artifacts, target_is_directory=True)
    (profiles / f"{PROFILE}.yaml").write_text("extends: dev\ndescription: Enters.\ntools: [enter]\n")
    return home
