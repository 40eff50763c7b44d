"""Attendance: whether somebody plays a job, as far as store and roster know."""

from taskforce.core.clock import Clock
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import WorkerRoster


class Attendance:
    """Looks and changes nothing: whoever may play a job takes it from a dead worker."""

    def __init__(self, *, roster: WorkerRoster, clock: Clock) -> None:
        self._roster = roster
        self._clock = clock

    def lacks(self, job: Job) -> bool:
        """Tell whether a job could go on now, and no worker that lives holds it."""
        if job.is_claimable(self._clock.now()):
            return True
        return job.lease is not None and bool(self._roster.dead([job.lease.owner]))
