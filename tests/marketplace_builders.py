"""Sources and what scans find in them, for the tests of what becomes of both."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from taskforce.core.identity import JobId, ProjectId, WorkerId
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Commit, JobStore, LeaseRequest
from taskforce.core.marketplace.changes import BeginScan, StoreScan
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import (
    ArtifactType,
    AuditRow,
    Detected,
    Signal,
    Source,
    SourceId,
    TrustLevel,
    Visibility,
)
from taskforce.core.marketplace.task import KIND, ScanTask, subject_of
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import NOON

COMMIT = "c" * 40
LEASE = LeaseRequest(worker=WorkerId("w"), duration=timedelta(seconds=30))


def an_id(number: int) -> str:
    """A UUID that sorts by its number."""
    return f"01900000-0000-7000-8000-{number:012x}"


def a_source(number: int = 1, *, project: ProjectId = DEFAULT_PROJECT, **fields: object) -> Source:
    """A source that was never scanned."""
    source = Source(
        id=SourceId(an_id(number)),
        project=project,
        repo_url=f"https://git.example/team/tools-{number}",
        branch="main",
        root_hint="",
        manual_map={},
        trust_level=TrustLevel.UNTRUSTED,
        visibility=Visibility.PROJECT,
        rhythm=None,
        created_by="ann",
        created_at=NOON + timedelta(seconds=number),
        updated_at=NOON + timedelta(seconds=number),
    )
    return replace(source, **fields)  # type: ignore[arg-type]


def a_row(source: Source, action: str = "create") -> AuditRow:
    """What the audit tells of a source."""
    return AuditRow(
        project=source.project,
        at=NOON,
        by="ann",
        action=action,
        source=source.id,
        subject=source.id,
        outcome="success",
    )


def found(
    path: str,
    *,
    digest: str = "d1",
    confidence: int = 75,
    type: ArtifactType = ArtifactType.COMMAND,
    name: str = "",
) -> Found:
    """What a scan finds."""
    artifact = Detected(
        type=type,
        name=name or path.rpartition("/")[2],
        path=path,
        confidence=confidence,
        breakdown=(Signal(name="container_hint", points=25.0), Signal(name="depth", points=-1.5)),
        members=(f"{path}/inner",) if type is ArtifactType.COMPOSITE else (),
        is_single_file=path.endswith(".md"),
    )
    return Found(artifact=artifact, digest=digest, files=2, size=20)


def a_scan(source: Source, number: int, *, at: datetime = NOON) -> Job:
    """A job that scans a source."""
    job_id = JobId(an_id(1_000 + number))
    subject = subject_of(source.id)
    return Job(
        id=job_id,
        kind=KIND,
        project=source.project,
        input=ScanTask.of(source, is_forced=True).model_dump(mode="json"),
        created_by="ann",
        created_at=at,
        updated_at=at,
        subject=subject,
        lock=subject,
        root=job_id,
    )


async def begin(
    jobs: JobStore,
    source: Source,
    number: int,
    *,
    at: datetime = NOON,
    is_free: bool = False,
    is_due: bool = False,
) -> Job:
    """Hand in a scan that is played at once."""
    job = a_scan(source, number, at=at)
    change = BeginScan(source=source.id, job=job.id, at=at, is_free=is_free, is_due=is_due)
    return await jobs.submit(job, changes=[change], lease=LEASE)


def what_was_found(
    job: Job, source: Source, what: Sequence[Found] | None, *, at: datetime = NOON, commit: str = COMMIT
) -> StoreScan:
    """What a scan writes with its end; None: the commit was known."""
    return StoreScan(
        source=source.id,
        job=job.id,
        by=job.created_by,
        at=at,
        commit_sha=commit,
        scanned_as="rules",
        found=None if what is None else tuple(what),
    )


async def scan(
    jobs: JobStore,
    source: Source,
    number: int,
    what: Sequence[Found] | None,
    *,
    at: datetime = NOON,
    commit: str = COMMIT,
) -> None:
    """Scan a source: what is found is stored with the job's end."""
    job = await begin(jobs, source, number, at=at, is_free=True)
    change = what_was_found(job, source, what, at=at, commit=commit)
    await jobs.end(job, Commit(changes=(change,)), Outcome(status=JobStatus.SUCCEEDED, result={}))
