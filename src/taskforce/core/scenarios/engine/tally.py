"""What a replication comes to: jobs, machines and integrals, all after the warm-up."""

from taskforce.core.scenarios.engine.jobs import Job
from taskforce.core.scenarios.outcome import JobRecord


class Tally:
    """Counts jobs that are over. One that came during the warm-up is not told, but is in the integrals."""

    __slots__ = ("_records", "began", "completions", "in_system", "jobs_over", "wip")

    def __init__(self, began: float) -> None:
        self.began = began
        self.wip = 0.0
        self.in_system = 0.0
        self.completions = 0
        self.jobs_over = 0
        self._records: list[tuple[int, JobRecord]] = []

    def count(self, job: Job, now: float) -> None:
        """Count a job that is over, or under way when all ends."""
        self.jobs_over += 1
        began = self.began
        if now >= began:
            arrived, released = job.arrived, job.released
            self.in_system += now - max(began, arrived)
            if released is not None:
                self.wip += now - max(began, released)
            if job.completed is not None:
                self.completions += 1
        if job.arrived >= began:
            self._records.append((job.number, job.record()))

    def records(self) -> tuple[JobRecord, ...]:
        """Return all that are to be told, in the order of arrival."""
        return tuple(record for _, record in sorted(self._records, key=lambda counted: counted[0]))
