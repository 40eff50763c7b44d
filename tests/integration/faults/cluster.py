"""An API and workers as real processes on one PostgreSQL, each with a home of its own, as on its own machine.

What they share is the database, a broker and an address of artifacts. Each process comes with a role of its
own to the database, so that what it writes bears its name.
"""

import asyncio
import http.client
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from taskforce import Taskforce
from taskforce.core.documents import JsonObject
from taskforce.settings import Settings
from tests.integration.faults.ledger_plugin import KIND, LedgerProgram, installed
from tests.integration.faults.queues import Broker
from tests.integration.processes import Process, environment, until
from tests.integration.wire import Server, free_port
from tests.services.postgres_server import PostgresServer

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
    server: PostgresServer
    database: str
    settings: Mapping[str, Any]
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
        """Return the folder of artifacts, where no bucket has them."""
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
        self.past.extend(filter(None, [self._api]))

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

    def hand_in(self, count: int, *, seconds: float) -> None:
        """Hand in jobs of the program, as an application that embeds Taskforce does; a step takes so long."""
        asyncio.run(self._handed_in(count, seconds))

    async def _handed_in(self, count: int, seconds: float) -> None:
        url = SecretStr(self.server.url(self.database))
        settings = Settings(home=self.folder / "door", workers=0, database_url=url, **self.settings)
        async with Taskforce.open(settings, programs=[LedgerProgram()]) as tf:
            asked: JsonObject = {"ledger": str(self.ledger), "seconds": seconds}
            await asyncio.gather(*(tf.start(KIND, asked) for _ in range(count)))

    def said(self) -> str:
        """Return the last words of all processes."""
        return "\n".join(f"--- {one.role}\n{one.process.err[-2_000:]}" for one in self._members)

    def surprises(self) -> list[str]:
        """Return what processes logged with a traceback: what is merely away is told in words."""
        told = (one.process.err.partition("Traceback (most recent call last)") for one in self._members)
        return [f"{mark}{what[:4_000]}" for _, mark, what in told if mark]

    @property
    def _members(self) -> list[Member]:
        return [*self.past, *self.workers, *filter(None, [self._api])]

    def _start(self, *words: str) -> Member:
        self._count += 1
        role = f"{words[0]}_{self._count}"
        role = f"{role}_{self.database[:8]}"
        self.server.run(f"CREATE ROLE {role} LOGIN SUPERUSER")
        home = _home_in(self.folder, role)
        url = f"postgresql://{role}@127.0.0.1:{self.port}/{self.database}"
        settings = {"rate_limit": 0, "log_level": "info", **self.settings}
        own = {"database_url": url, "database_pool": 4, "workspace_roots": self.folder}
        told = environment(home, **settings, **own)
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
    server: PostgresServer,
    database: str,
    broker: Broker,
    *,
    workers: int,
    database_port: int | None = None,
    broker_port: int | None = None,
    **settings: Any,  # noqa: ANN401 - any setting
) -> Iterator[Cluster]:
    """Start an API and workers on a server whose database is made and migrated.

    The ports are those of wires to the database and the broker, where they are reached by such.
    """
    installed(folder / "site")
    kept = {"artifacts_url": (folder / "artifacts").as_uri()}
    reached = broker_port or broker.port
    carried = {} if reached is None else broker.settings(reached)
    with ExitStack() as stack:
        port = database_port or server.port
        started = Cluster(folder, server, database, {**kept, **settings, **carried}, port, stack)
        for _ in range(workers):
            started.start_worker()
        started.start_api()
        yield started


def _home_in(folder: Path, role: str) -> Path:
    """Make a home that has the profile which missions name."""
    home = folder / role
    profiles = home / "profiles"
    profiles.mkdir(parents=True)
    (profiles / f"{PROFILE}.yaml").write_text("extends: dev\ndescription: Enters.\ntools: [enter]\n")
    return home
