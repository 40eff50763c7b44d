"""What can go wrong with jobs."""

from datetime import timedelta

from taskforce.core.documents import JsonObject
from taskforce.core.errors import Conflict, Exhausted, Invalid, NotFound, TaskforceError, Unavailable


class JobNotFound(NotFound):
    """No job of this id in this project."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no job {job_id} here. List the jobs to see those there are.")


class JobIsOver(Conflict):
    """The job has ended, and what has ended stays ended."""

    code = "job_is_over"
    title = "Job is over"

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(
            f"Job {job_id} has already {status}. Start a new one to try again.",
            details={"job_id": job_id, "status": status},
        )


class JobNotOver(Conflict):
    """The job has not ended yet."""

    code = "job_not_over"
    title = "Job is not over"

    def __init__(self, job_id: str, status: str) -> None:
        super().__init__(
            f"Job {job_id} is still {status}. Wait for its end or cancel it.",
            details={"job_id": job_id, "status": status},
        )


class LockHeld(Conflict):
    """Another job that is not over holds the lock."""

    code = "lock_held"
    title = "Lock held"

    def __init__(self, lock: str, holder: str) -> None:
        super().__init__(
            f"{lock} is held by job {holder}. Wait for its end or cancel it.",
            details={"lock": lock, "job_id": holder},
        )
        self.holder = holder


class TooManyJobs(Exhausted):
    """So many jobs of a key run and wait that no more is taken in."""

    code = "too_many_jobs"
    title = "Too many jobs"

    def __init__(self, key: str, *, running: int, waiting: int) -> None:
        super().__init__(
            f"Of {key}, {running} jobs run at once and {waiting} may wait for that, and all these places are "
            "taken. Hand it in again when one has ended.",
            retry_after=timedelta(seconds=5),
            details={"key": key, "running": running, "waiting": waiting},
        )


class WaitNotOpen(Conflict):
    """The wait was answered before, or its job waits no more."""

    code = "wait_not_open"
    title = "Nothing waits for this"

    def __init__(self, wait: str) -> None:
        super().__init__(f"Nothing waits under {wait} any more. Look at the job for its open waits.")


class WaitNotFound(NotFound):
    """The job has no such wait."""

    def __init__(self, wait: str) -> None:
        super().__init__(f"There is no wait {wait}. Look at the job for its open waits.")


class UnknownKind(Invalid):
    """No program plays this kind of job."""

    code = "unknown_kind"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"No program here plays jobs of kind {kind!r}. Open Taskforce with one, or install its plugin."
        )


class StoreBusy(Unavailable):
    """The database did not take the write in time."""

    code = "store_busy"
    title = "Store busy"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The database is busy: {reason}", retry_after=timedelta(seconds=2))


class LeaseLost(Exception):
    """The job belongs to another worker now, or to nobody: write nothing more."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"the lease on job {job_id} is lost")


class KeyUsedTwice(TaskforceError):
    """A program said a key twice; a key names one thing in a job."""

    code = "key_used_twice"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} was used before in this job. Give each step, event and wait its own."
        )


class StepFailed(TaskforceError):
    """A step failed for good, now or when it was first played."""

    code = "step_failed"

    def __init__(self, key: str, code: str, message: str, details: JsonObject | None = None) -> None:
        super().__init__(message, details=details)
        self.key = key
        self.reason = code


TIMED_OUT = "timed_out"
"""The reason of a step, or of a child, that took longer than it might."""


class ChildFailed(StepFailed):
    """A child job did not succeed; the result is what it did before."""

    code = "child_failed"

    def __init__(self, key: str, code: str, message: str, *, result: JsonObject | None = None) -> None:
        super().__init__(key, code, message)
        self.result = result


class JobFailed(TaskforceError):
    """Raised by a program to end its job as failed; the result keeps what was done."""

    code = "job_failed"

    def __init__(
        self, code: str, message: str, *, result: JsonObject | None = None, details: JsonObject | None = None
    ) -> None:
        super().__init__(message, details=details)
        self.reason = code
        self.result = result
