"""What a row is in core's words, and the other way round."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from taskforce.core.artifacts import Artifact, ArtifactRef
from taskforce.core.documents import NULL
from taskforce.core.identity import JobId
from taskforce.core.jobs.events import Event, KeyedEvent, RecordedEvent
from taskforce.core.jobs.model import (
    Concurrency,
    Failure,
    Job,
    JobStatus,
    Lease,
    Origin,
    Outcome,
    Progress,
)
from taskforce.core.jobs.signals import Signal, Wait, WaitKind
from taskforce.core.jobs.steps import StepRecord
from taskforce.infrastructure.database.tables import NOT_OF_A_JOB, artifacts, documents, job_inputs, jobs

Values = dict[str, Any]

_OF_JOBS = [column for column in jobs.c if column.name not in NOT_OF_A_JOB]


def select_jobs() -> "Select[Any]":
    """Return a query whose rows `job_from` reads."""
    return (
        select(*_OF_JOBS, job_inputs.c.own, documents.c.content)
        .join(job_inputs, job_inputs.c.job == jobs.c.number)
        .outerjoin(documents, documents.c.number == job_inputs.c.shared)
    )


def select_artifacts() -> "Select[Any]":
    """Return a query whose rows `artifact_from` reads."""
    columns = [jobs.c.id if column is artifacts.c.job else column for column in artifacts.c]
    return select(*columns).join(jobs, jobs.c.number == artifacts.c.job)


def job_from(row: Sequence[Any]) -> Job:
    """Return the job of a row of `select_jobs`."""
    (
        id,
        project,
        kind,
        status,
        priority,
        subject,
        lock,
        concurrency_key,
        concurrency_limit,
        root,
        parent,
        parent_key,
        continues,
        created_by,
        created_at,
        updated_at,
        due_at,
        started_at,
        ended_at,
        epoch,
        lease_owner,
        lease_until,
        losses,
        cancel_requested,
        last_event,
        progress_percent,
        progress_message,
        result,
        failure,
        request_id,
        traceparent,
        version,
        own,
        shared,
    ) = row
    status = JobStatus(status)
    outcome = None
    if status.is_over:
        outcome = Outcome(
            status=status, result=result, failure=None if failure is None else Failure(**failure)
        )
    return Job(
        id=id,
        kind=kind,
        project=project,
        input=own if shared is None else shared | own,
        created_by=created_by,
        created_at=created_at,
        updated_at=updated_at,
        due_at=due_at,
        status=status,
        priority=priority,
        subject=subject,
        lock=lock,
        concurrency=None
        if concurrency_key is None
        else Concurrency(key=concurrency_key, limit=concurrency_limit),
        root=root,
        parent=parent,
        parent_key=parent_key,
        continues=continues,
        epoch=epoch,
        lease=None if lease_owner is None else Lease(owner=lease_owner, epoch=epoch, until=lease_until),
        losses=losses,
        cancel_requested=bool(cancel_requested),
        last_event=last_event,
        progress=Progress(percent=progress_percent, message=progress_message),
        outcome=outcome,
        started_at=started_at,
        ended_at=ended_at,
        origin=Origin(request_id=request_id, traceparent=traceparent),
        version=version,
    )


def job_state(job: Job) -> Values:
    """Return what of a job's row may change."""
    failure = job.outcome.failure if job.outcome else None
    return {
        "status": job.status.value,
        "updated_at": job.updated_at,
        "due_at": job.due_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "epoch": job.epoch,
        "lease_owner": job.lease.owner if job.lease else None,
        "lease_until": job.lease.until if job.lease else None,
        "losses": job.losses,
        "cancel_requested": job.cancel_requested,
        "last_event": job.last_event,
        "progress_percent": job.progress.percent,
        "progress_message": job.progress.message,
        "result": job.outcome.result if job.outcome else None,
        "failure": asdict(failure) if failure else None,
        "version": job.version,
    }


def job_values(job: Job) -> Values:
    """Return a job's row, less its input."""
    return {
        "id": job.id,
        "project": job.project,
        "kind": job.kind,
        "priority": job.priority,
        "subject": job.subject,
        "lock": job.lock,
        "concurrency_key": job.concurrency.key if job.concurrency else None,
        "concurrency_limit": job.concurrency.limit if job.concurrency else None,
        "root": job.root,
        "parent": job.parent,
        "parent_key": job.parent_key,
        "continues": job.continues,
        "created_by": job.created_by,
        "created_at": job.created_at,
        "request_id": job.origin.request_id,
        "traceparent": job.origin.traceparent,
        "pruned_at": None,
        **job_state(job),
    }


def step_values(job_id: JobId, step: StepRecord, *, at: datetime) -> Values:
    """Return a step's row."""
    error = step.error
    return {
        "job_id": job_id,
        "key": step.key,
        "status": step.status.value,
        "attempts": step.attempts,
        "output": None if step.output == NULL else step.output,
        "overflow": None if step.overflow is None else step.overflow.model_dump(mode="json"),
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "details": error.details},
        "recorded_at": at,
    }


def event_values(job_id: JobId, number: int, told: KeyedEvent, *, at: datetime) -> Values:
    """Return an event's row."""
    event = told.event
    return {
        "job_id": job_id,
        "number": number,
        "key": told.key,
        "type": event.type,
        "message": event.message,
        "details": event.details,
        "at": at,
    }


def event_from(row: Sequence[Any]) -> RecordedEvent:
    """Return the event of a row of `job_events`."""
    _, number, _, type, message, details, at = row
    return RecordedEvent(number=number, at=at, event=Event(type=type, message=message, details=details))


def wait_values(job_id: JobId, wait: Wait, *, at: datetime) -> Values:
    """Return a wait's row."""
    signal = wait.signal
    return {
        "id": wait.id,
        "job_id": job_id,
        "key": wait.key,
        "kind": wait.kind.value,
        "name": wait.name,
        "until": wait.until,
        "opened_at": at,
        "signal_name": signal.name if signal else None,
        "signal_payload": signal.payload if signal else None,
        "signal_by": signal.by if signal else None,
        "signal_at": signal.at if signal else None,
        "answered_in": None,
    }


def wait_from(row: Sequence[Any]) -> Wait:
    """Return the wait of a row of `job_waits`."""
    id, _, key, kind, name, until, _, signal_name, payload, by, at, _ = row
    signal = None if signal_name is None else Signal(name=signal_name, payload=payload, by=by, at=at)
    return Wait(id=id, key=key, kind=WaitKind(kind), name=name, until=until, signal=signal)


def artifact_values(artifact: Artifact) -> Values:
    """Return an artifact's row."""
    return {
        **artifact.ref.model_dump(),
        "project": artifact.project,
        "job_id": artifact.job_id,
        "created_at": artifact.created_at,
    }


def artifact_from(row: Sequence[Any]) -> Artifact:
    """Return the artifact of a row of `select_artifacts`."""
    id, project, job_id, key, kind, media_type, size, sha256, created_at = row
    ref = ArtifactRef(id=id, key=key, kind=kind, media_type=media_type, size=size, sha256=sha256)
    return Artifact(ref=ref, project=project, job_id=job_id, created_at=created_at)
