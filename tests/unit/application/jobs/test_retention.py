"""Retention: what is old goes by schedule, in every project, and is counted where it only would."""

import asyncio
from datetime import datetime, timedelta

from taskforce.application.jobs.erasing import Erasing
from taskforce.application.jobs.retention import FAMILIES, KeptBySubject, OldJobs, Retention
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.ports import Commit
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.artifacts.memory import MemoryArtifactStore
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_pruning import MemoryJobPruning
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON, OTHER_PROJECT, a_job, a_lease, success

DAY = timedelta(days=1)


class Archive:
    """A store in memory, and what prunes it."""

    def __init__(self, *, days: int | None = None) -> None:
        self.clock = SetClock(NOON)
        self.store = MemoryJobStore(self.clock, {})
        self.artifacts = MemoryArtifactStore()
        self.pruning = MemoryJobPruning(self.store, by_subject=())
        erasing = Erasing(pruning=self.pruning, artifacts=self.artifacts)
        self.retention = Retention(
            rooms=[("jobs", OldJobs(pruning=self.pruning, erasing=erasing, clock=self.clock))],
            pruning=self.pruning,
            erasing=erasing,
            clock=self.clock,
            days=days,
            first=timedelta(0),
            every=timedelta(milliseconds=1),
        )

    async def ended(self, count: int = 1, **fields: object) -> list[JobId]:
        ids = []
        for _ in range(count):
            job = await self.store.submit(a_job(**fields), lease=a_lease())
            await self.artifacts.put(f"{job.project}/{job.id}/a", b"bytes", media_type="text/plain")
            ids.append((await self.store.end(job, Commit(), success())).id)
        return ids

    def left(self) -> list[JobId]:
        return [job.id for job in self.store.all_jobs()]


async def test_a_dry_run_counts_and_removes_nothing() -> None:
    archive = Archive()
    old = await archive.ended(FAMILIES * 2)
    for dry_run, left in ((True, old), (False, [])):
        before = NOON + DAY
        counts = await archive.retention.prune(DEFAULT_PROJECT, before=before, dry_run=dry_run)
        assert (counts, archive.left()) == ({"jobs": len(old)}, left)


async def test_what_a_dead_process_left_is_erased_first() -> None:
    archive = Archive()
    (half,) = await archive.ended()
    await archive.pruning.prune(half, before=NOON + DAY, at=NOON)
    assert archive.left() == [half]
    await archive.retention.prune(DEFAULT_PROJECT, before=NOON, dry_run=False)
    assert archive.left() == []


class Sessions(KeptBySubject):
    """Some are used; the others go."""

    def __init__(self, *used: str) -> None:
        self._used = used
        self.removed: list[str] = []

    async def remove(self, subject: str, *, project: ProjectId, unused_since: datetime) -> bool:
        if subject not in self._used:
            self.removed.append(subject)
        return subject not in self._used


async def test_a_family_goes_with_what_its_jobs_are_about_and_stays_while_that_is_used() -> None:
    archive = Archive()
    families = []
    for subject in ("session/a", "session/b"):
        (top,) = await archive.ended(kind="above")
        (below,) = await archive.ended(kind="about", subject=subject, parent=top, root=top)
        families.append((top, below))
    await archive.ended(kind="other")
    sessions = Sessions("session/a")
    room = OldJobs(
        pruning=MemoryJobPruning(archive.store, by_subject=["about"]),
        erasing=Erasing(pruning=archive.pruning, artifacts=archive.artifacts),
        clock=archive.clock,
        subjects=sessions,
        kind="above",
    )
    assert await room.prune(DEFAULT_PROJECT, before=None, dry_run=False) == 0
    assert await room.prune(DEFAULT_PROJECT, before=NOON + DAY, dry_run=False) == 2
    assert sessions.removed == ["session/b"]
    assert set(archive.left()) > set(families[0])
    assert not set(archive.left()) & set(families[1])


async def test_by_schedule_every_project_is_pruned_and_what_is_young_stays() -> None:
    archive = Archive(days=30)
    await archive.ended(2)
    await archive.ended(project=OTHER_PROJECT)
    archive.clock.pass_(seconds=31 * DAY.total_seconds())
    young = await archive.ended(created_at=archive.clock.now())
    await archive.retention.keep()
    assert archive.left() == young
    await archive.retention.keep()
    assert archive.left() == young


async def test_without_a_setting_only_what_was_begun_is_finished() -> None:
    archive = Archive()
    half, whole = await archive.ended(2)
    await archive.pruning.prune(half, before=NOON + DAY, at=NOON)
    archive.clock.pass_(seconds=10_000 * DAY.total_seconds())
    await asyncio.wait_for(archive.retention.keep(), 10)
    assert archive.left() == [whole]
