"""Taking in scans: the job, and beside it that its source is being scanned."""

from collections.abc import Sequence
from dataclasses import replace

from taskforce.application.jobs.desk import JobDesk
from taskforce.application.marketplace.schemas import StartScan
from taskforce.core.identity import JobId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.errors import LockHeld
from taskforce.core.jobs.model import Job
from taskforce.core.marketplace.changes import BeginScan
from taskforce.core.marketplace.errors import RepositoryRefused, ScanRunning
from taskforce.core.marketplace.manual_map import spelled
from taskforce.core.marketplace.model import Source
from taskforce.core.marketplace.paths import folder_of
from taskforce.core.marketplace.ports import RepositoryReader
from taskforce.core.marketplace.task import KIND, ScanTask, subject_of
from taskforce.core.principals import Principal

_ASKED_AS = {"repo_url": "url"}
"""How a scan that stands alone calls what a source calls otherwise."""


class ScanIntake:
    """Hands in scans of sources; of one source one runs at a time."""

    def __init__(self, desk: JobDesk) -> None:
        self._desk = desk

    def new(self, principal: Principal, source: Source, *, is_forced: bool) -> Job:
        """Return the job that scans a source, in the project of the source; it is not stored yet."""
        task = ScanTask.of(source, is_forced=is_forced)
        at_home = replace(principal, project=source.project)
        given = task.model_dump(mode="json")
        return self._desk.new(KIND, at_home, given, subject=subject_of(source.id), alone=True)

    async def take(
        self,
        job: Job,
        source: Source,
        *,
        is_free: bool = False,
        is_due: bool = False,
        changes: Sequence[RememberRequest] = (),
    ) -> JobId:
        """Store a scan and see that it is played.

        Raises ScanRunning while the source is scanned, and what the applier of BeginScan raises.
        """
        begin = BeginScan(source=source.id, job=job.id, at=job.created_at, is_free=is_free, is_due=is_due)
        try:
            return (await self._desk.accept(job, changes=(begin, *changes))).id
        except LockHeld as held:
            raise ScanRunning(source.id) from held


def lone_task(repositories: RepositoryReader, request: StartScan) -> ScanTask:
    """Return what a scan that stands alone is given. Raises RepositoryRefused, FolderInvalid."""
    try:
        repositories.check(request.url, request.branch)
    except RepositoryRefused as refused:
        raise RepositoryRefused(_ASKED_AS.get(refused.field, refused.field), refused.detail) from refused
    return ScanTask(
        url=request.url,
        ref=request.branch,
        root_hint=folder_of(request.root_hint or "", where="root_hint"),
        manual_map=spelled(request.manual_map or {}),
    )
