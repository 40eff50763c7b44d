"""Pruning jobs in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.pruning import JobPruning, PrunedJob, Top, Tops
from taskforce.infrastructure.jobs.memory import MemoryJobStore


class MemoryJobPruning(JobPruning):
    """Prunes a store in memory. `by_subject` are kinds whose jobs go with what they are about."""

    def __init__(self, store: MemoryJobStore, *, by_subject: Collection[str]) -> None:
        self._store = store
        self._by_subject = frozenset(by_subject)

    async def projects(self) -> tuple[ProjectId, ...]:
        return tuple(sorted({job.project for job in self._store.all_jobs()}))

    async def tops(
        self, project: ProjectId, *, before: datetime, kind: str | None = None, after: Top | None, limit: int
    ) -> Tops:
        page = [
            Top(id=job.id, created_at=job.created_at)
            for job in self._store.jobs()
            if job.project == project
            and kind in {None, job.kind}
            and job.created_at < before
            and job.parent is None
            and job.continues is None
            and (job.subject is None or job.kind not in self._by_subject)
            and (after is None or (job.created_at, job.id) > (after.created_at, after.id))
        ][:limit]
        old = tuple(top for top in page if self._is_old(top.id, before=before))
        return Tops(found=old, after=page[-1] if len(page) == limit else None)

    async def prune(self, top: JobId, *, before: datetime, at: datetime) -> int:
        if not self._is_old(top, before=before):
            return 0
        family = {job.id for job in self._family(top)}
        self._store.prune(family, at=at)
        return len(family)

    async def subjects(self, top: JobId) -> tuple[str, ...]:
        family = (job for job in self._family(top) if job.kind in self._by_subject)
        return tuple(sorted({job.subject for job in family if job.subject is not None}))

    async def size(self, top: JobId) -> int:
        return len(self._family(top))

    async def remains(self, *, limit: int) -> tuple[PrunedJob, ...]:
        newest_first = sorted(self._store.pruned(), key=lambda job: (job.created_at, job.id), reverse=True)
        return tuple(PrunedJob(id=job.id, project=job.project) for job in newest_first[:limit])

    async def erase(self, job_id: JobId, *, rows: int) -> bool:
        self._store.forget(job_id)
        return True

    def _is_old(self, top: JobId, *, before: datetime) -> bool:
        return all(job.ended_at is not None and job.ended_at < before for job in self._family(top))

    def _family(self, top: JobId) -> Sequence[Job]:
        family: dict[JobId, Job] = {}
        for job in self._store.jobs():  # oldest first: each comes after those it belongs to
            if job.id == top or {job.parent, job.continues} & family.keys():
                family[job.id] = job
        return tuple(family.values())
