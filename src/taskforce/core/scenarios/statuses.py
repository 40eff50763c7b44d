"""How a run stands, by its job's row."""

from taskforce.core.jobs.model import Job, JobStatus
from taskforce.core.scenarios.model import RunStatus


def status_of(job: Job) -> RunStatus:
    """Return how a run stands; one that was cut off and waits for a worker is running still."""
    match job.status:
        case JobStatus.SUCCEEDED:
            return RunStatus.COMPLETED
        case JobStatus.FAILED | JobStatus.CANCELLED:
            return RunStatus.FAILED
        case JobStatus.QUEUED if job.started_at is None:
            return RunStatus.QUEUED
        case _:
            return RunStatus.RUNNING


def message_of(job: Job) -> str:
    """Return a line on how it stands: why it failed, "cancelled", or what it is at."""
    if job.status is JobStatus.CANCELLED:
        return "cancelled"
    if job.outcome is not None and job.outcome.failure is not None:
        return job.outcome.failure.message
    return job.progress.message
