"""The picture of a job's life: every change of the state machine is tried on every status, and drawn."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from taskforce.core.identity import JobId, WorkerId
from taskforce.core.jobs.errors import JobIsOver, LeaseLost
from taskforce.core.jobs.model import LOSSES_IN_A_ROW, Job, JobStatus, Outcome
from taskforce.core.principals import DEFAULT_PROJECT

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = "claimed later"
LATER_IN = {
    JobStatus.RUNNING: "the lease ran out, another worker claims it",
    JobStatus.WAITING: "its moment comes, a worker claims it",
}
"""What a claim is called that was not possible before; where it was, it is the same claim."""
WORKER = WorkerId("worker")


def _ended(status: JobStatus) -> Callable[[Job], Job]:
    return lambda job: job.end(Outcome(status=status), now=NOON)


def _of_worker(job: Job, status: JobStatus) -> Job:
    """End a job as only the worker that leases it does."""
    if job.lease is None:
        raise LeaseLost(job.id)
    return _ended(status)(job)


def _lost_too_often(job: Job) -> Job:
    """End a job that is claimed once more from a lost worker than it may be."""
    claimed = replace(job, losses=LOSSES_IN_A_ROW - 1).claim(WORKER, now=NOON + LEASE, lease=LEASE)
    if not claimed.is_dead_letter:
        raise LeaseLost(job.id)
    return _ended(JobStatus.FAILED)(claimed)


CHANGES: Mapping[str, Callable[[Job], Job]] = {
    "a worker claims it": lambda job: job.claim(WORKER, now=NOON, lease=LEASE),
    LATER: lambda job: job.claim(WORKER, now=NOON + LEASE, lease=LEASE),
    "it waits for a signal, a moment or a child": lambda job: job.park(now=NOON, wake_at=None),
    "the worker drains": lambda job: job.release(now=NOON),
    "the signal comes": lambda job: job.wake(now=NOON),
    "cancelled, nobody leases it": lambda job: job.cancel(now=NOON),
    "the program returns": lambda job: _of_worker(job, JobStatus.SUCCEEDED),
    "the program fails": lambda job: _of_worker(job, JobStatus.FAILED),
    "three workers in a row were lost": _lost_too_often,
    "cancelled, its worker stops it": lambda job: _of_worker(job, JobStatus.CANCELLED),
}


def _in_each_status() -> Mapping[JobStatus, Job]:
    job_id = JobId("00000000-0000-7000-8000-000000000001")
    queued = Job(
        id=job_id,
        kind="any",
        project=DEFAULT_PROJECT,
        input={},
        created_by="anybody",
        created_at=NOON,
        updated_at=NOON,
        due_at=NOON,
        root=job_id,
    )
    running = queued.claim(WORKER, now=NOON, lease=LEASE)
    ended = {status: _ended(status)(running) for status in JobStatus if status.is_over}
    return {
        JobStatus.QUEUED: queued,
        JobStatus.RUNNING: running,
        JobStatus.WAITING: running.park(now=NOON, wake_at=NOON + LEASE),
        **ended,
    }


def edges() -> list[tuple[JobStatus, str, JobStatus]]:
    """Return every change of status that the state machine allows."""
    found = []
    for status, job in _in_each_status().items():
        for name, change in CHANGES.items():
            if name == LATER and status not in LATER_IN:
                continue
            try:
                after = change(job)
            except (LeaseLost, JobIsOver):
                continue
            if after.status is not status or after.epoch != job.epoch:
                found.append((status, LATER_IN[status] if name == LATER else name, after.status))
    return found


def life() -> str:
    """Return the picture as Mermaid."""
    ends = sorted({end for _, _, end in edges() if end.is_over})
    lines = [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> queued: accepted",
        *(f"    {start} --> {end}: {name}" for start, name, end in edges()),
        *(f"    {end} --> [*]" for end in ends),
        "```",
    ]
    return "\n".join(lines)
