"""Logs that are over go bytes first: a crash in between is made good by the next look."""

from datetime import timedelta
from typing import Any

import pytest

from taskforce.application.pipelines.pruning import OldLogs
from taskforce.core.identity import JobId
from taskforce.core.jobs.ports import Commit
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.pipelines.memory import MemoryRuns
from taskforce.infrastructure.pipelines.memory_delivery import MemoryDeliveries
from taskforce.infrastructure.pipelines.memory_log_pruning import MemoryLogPruning
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import LEASE, NOON, a_lease, an_artifact, success
from tests.pipeline_builders import a_run, created


class Killed(BaseException):
    """The process dies here."""


class Mortal(MemoryLogPruning):
    """Dies before the records of a run go, as often as it is told to."""

    deaths = 0

    async def forget(self, run: JobId) -> None:
        if self.deaths:
            self.deaths -= 1
            raise Killed
        await super().forget(run)


async def test_a_crash_between_bytes_and_records_is_made_good() -> None:
    clock = SetClock(NOON)
    artifacts = MemoryArtifactStore()
    runs = MemoryRuns(lambda run: jobs.find(run))  # noqa: PLW0108 - it is made below
    jobs = MemoryJobStore(clock, runs.appliers)
    pruning = Mortal(runs, jobs, MemoryDeliveries(jobs.find))
    job, facts = a_run()
    held = await jobs.submit(job, changes=[created(facts)], lease=a_lease())
    log = an_artifact(held, key=f"pipeline-runs/{job.id}/logs/build/app/test.log")
    await artifacts.put(log.ref.key, b"bytes", media_type="text/plain")
    await jobs.commit(held, Commit(artifacts=(log,)), lease=LEASE)
    await jobs.end(held, Commit(), success())
    clock.pass_(seconds=timedelta(days=8).total_seconds())
    settings: dict[str, Any] = {
        "environment": "development",
        "days": {"development": 7, "staging": 30, "production": 90},
    }
    old = OldLogs(pruning=pruning, artifacts=artifacts, clock=clock, **settings)
    pruning.deaths = 1
    with pytest.raises(Killed):
        await old.prune(DEFAULT_PROJECT, before=None, dry_run=False)
    assert len(await jobs.artifacts(job.id)) == 1
    assert await old.prune(DEFAULT_PROJECT, before=None, dry_run=False) == 1
    assert await jobs.artifacts(job.id) == ()
    assert await old.prune(DEFAULT_PROJECT, before=None, dry_run=False) == 0
