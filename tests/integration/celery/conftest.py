"""A door, workers of both commands, PostgreSQL and Redis."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from taskforce import Taskforce
from taskforce.application.jobs.schemas import JobView
from taskforce.settings import Settings
from tests.integration.celery.ledger_program import LedgerProgram
from tests.integration.processes import Process, environment, taskforce, until
from tests.services.redis_server import RedisServer, redis_server

POINTS = "[taskforce.programs]\nledger = ledger_program:LedgerProgram\n"
APP = "taskforce.celery_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What several machines have in common, and a folder for what each has of its own."""

    folder: Path
    database_url: str
    broker: RedisServer

    def told(self, **settings: object) -> dict[str, object]:
        return {"database_url": self.database_url, "queue_url": self.broker.url, "drain": 0.3} | settings

    def worker(self, home: str, *words: str, **settings: object) -> Process:
        """Start `taskforce worker`."""
        told = self.told(**settings)
        return taskforce(self.folder / home, "worker", *words, **told)

    def celery(self, home: str, *words: str, app: str = APP, **settings: object) -> Process:
        """Start Celery's own worker, and wait until it is ready."""
        env = environment(self.folder / home, **self.told(**settings))
        said = (
            "worker",
            "--loglevel=info",
            f"--hostname={home}@here",
            "--without-mingle",
            "--without-gossip",
        )
        process = Process(sys.executable, "-m", "celery", "-A", app, *said, *words, env=env)
        until(lambda: f"{home}@here ready" in process.err or not process.is_alive, what=f"{home}'s readiness")
        assert process.is_alive, process.err
        return process

    @asynccontextmanager
    async def door(self) -> AsyncIterator["Door"]:
        """Open a door that plays nothing."""
        settings = Settings(home=self.folder / "door", workers=0, **self.told())  # type: ignore[arg-type] # as from the environment
        async with Taskforce.open(settings, programs=[LedgerProgram()]) as tf:
            yield Door(self.folder, tf)

    @property
    def written(self) -> list[str]:
        """Return what steps wrote: job, step."""
        return [line.split()[0] for line in self.lines]

    @property
    def lines(self) -> list[str]:
        ledger = self.folder / "ledger"
        return ledger.read_text().splitlines() if ledger.exists() else []

    async def player(self, *, after: int = 0) -> int:
        """Return the process that wrote the next line after so many, as soon as it is there."""
        lines = await asyncio.to_thread(until, lambda: self.lines[after:], what="a step")
        return int(lines[0].split()[1])

    def go(self) -> None:
        """Let held steps end."""
        (self.folder / "go").touch()


class Door:
    """Hands jobs in, and looks what became of them."""

    def __init__(self, folder: Path, tf: Taskforce) -> None:
        self._folder = folder
        self.tf = tf

    async def start(self, *, steps: int = 2, **more: Any) -> JobView:  # noqa: ANN401 - JSON
        return await self.tf.start("ledger", {"folder": str(self._folder), "steps": steps, **more})

    async def ended(self, job: JobView) -> JobView:
        async for _ in self.tf.jobs.watch(job_id=job.id):
            pass
        return await self.tf.jobs.get(job_id=job.id)


@pytest.fixture(scope="module")
def broker() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def cluster(
    broker: RedisServer, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Cluster:
    broker.wipe()
    site = tmp_path / "site"
    facts = site / "ledger-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: ledger\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(POINTS)
    (site / "ledger_program.py").symlink_to(Path(__file__).with_name("ledger_program.py"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
    return Cluster(folder=tmp_path, database_url=postgres_url, broker=broker)
