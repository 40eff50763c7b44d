"""A home whose jobs ended long ago: with logs, steps and artifacts, alone and in families."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from taskforce.core.identity import ArtifactId, JobId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import Commit, JobFilter, JobStore
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.database.sqlite import SqliteDatabase
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.system.clock import SetClock
from taskforce.infrastructure.system.ids import UuidSource
from tests.builders import LEASE, a_job, a_lease, a_step, an_artifact, an_event, success

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = ("jobs", "job_inputs", "job_events", "job_steps", "job_waits", "artifacts")
CONTENT = b"bytes"


class OldHome:
    """A home, and what is in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._ids = UuidSource()

    async def fill(
        self, *, jobs: int, events: int = 5, at: datetime = LONG_AGO, chain: int = 1
    ) -> list[JobId]:
        """Store ended jobs; of a chain each continues the one before it."""
        database, store, artifacts = self._stores(at)
        made: list[JobId] = []
        for number in range(jobs):
            continues = made[-1] if number % chain else None
            job = a_job(id=JobId(self._ids.new()), created_at=at, continues=continues)
            made.append((await self._ended(store, artifacts, job, events=events)).id)
        database.close()
        return made

    def _stores(self, at: datetime) -> tuple[SqliteDatabase, SqlJobStore, LocalArtifactStore]:
        database = SqliteDatabase(self.home / "taskforce.db", synchronous="NORMAL")
        clock = SetClock(at)
        return database, SqlJobStore(database, clock, {}), LocalArtifactStore(self.home / "artifacts", clock)

    async def _ended(self, store: JobStore, artifacts: LocalArtifactStore, job: Job, *, events: int) -> Job:
        held = await store.submit(job, events=[an_event("opening")], lease=a_lease())
        key = f"{job.project}/{job.id}/report.md"
        stored = await artifacts.put(key, CONTENT, media_type="text/plain")
        made = an_artifact(held, key=key)
        ref = made.ref.model_copy(update={"id": ArtifactId(self._ids.new()), "sha256": stored.sha256})
        told = tuple(an_event(f"event-{number}") for number in range(events))
        steps = tuple(a_step(f"step-{number}") for number in range(events))
        commit = Commit(steps=steps, events=told, artifacts=(replace(made, ref=ref),))
        await store.commit(held, commit, lease=LEASE)
        return await store.end(held, Commit(), success())

    def rows(self) -> dict[str, int]:
        """Return how many rows each table of jobs holds."""
        engine = create_engine(f"sqlite:///{self.home / 'taskforce.db'}")
        with engine.connect() as connection:
            found = {
                name: connection.scalar(text(f"SELECT count(*) FROM {name}"))  # noqa: S608 - our own names
                for name in TABLES
            }
        engine.dispose()
        return {name: count or 0 for name, count in found.items()}

    def files(self) -> int:
        """Return how many jobs have bytes of artifacts."""
        return len(os.listdir(self.home / "artifacts" / "default"))  # noqa: PTH208 - of one moment

    async def check(self) -> int:
        """See that each job that can be seen is whole; return how many those are."""
        database, store, artifacts = self._stores(LONG_AGO)
        listing = await store.list(JobFilter(project=DEFAULT_PROJECT), Page(limit=10_000))
        for job in listing.items:
            log = await store.events(job.id, after=0, limit=10_000)
            assert [event.number for event in log] == list(range(1, job.last_event + 1))
            for artifact in await store.artifacts(job.id):
                assert await artifacts.read(artifact.ref) == CONTENT
            record = await store.load(job)
            steps = len(log) - 2  # less the first event and the last
            assert len(record.steps) == steps
            if job.continues is not None:
                await store.get(job.continues, project=None)
        database.close()
        return listing.total
