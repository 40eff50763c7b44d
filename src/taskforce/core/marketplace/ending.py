"""What is written when a scan ends in whatever way: its source does not stay under way."""

from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.marketplace.changes import FailScan
from taskforce.core.marketplace.task import ScanTask

_OUTCOMES = {JobStatus.FAILED: "error", JobStatus.CANCELLED: "cancelled"}


def ending(job: Job) -> tuple[FailScan, ...]:
    """Return what is written beside the end of a scan that was cancelled or failed, also with its workers."""
    task = ScanTask.model_validate(job.input)
    if task.source is None or job.outcome is None or job.outcome.status not in _OUTCOMES:
        return ()
    failure = job.outcome.failure
    return (
        FailScan(
            source=task.source,
            job=job.id,
            by=job.created_by,
            at=job.ended_at or job.updated_at,
            outcome=_OUTCOMES[job.outcome.status],
            error=failure.message if failure else "The scan failed.",
        ),
    )
