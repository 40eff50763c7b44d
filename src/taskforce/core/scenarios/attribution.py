"""What a job was late from: its tardiness split into queue, setup, failure and process.

Every hour of a late job's lead time carries the same part of its tardiness, so that a cause's share is its
share of the lead time. The four add up to the tardiness. A split that asks what would have been without a
cause would depend on the order in which causes are taken away; this one does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from taskforce.core.scenarios.outcome import JobRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Hours of tardiness by cause."""

    queue: float
    """Before the release, in queues, and blocked."""
    setup: float
    failure: float
    process: float

    @property
    def total(self) -> float:
        """Return the hours of all causes."""
        return fsum((self.queue, self.setup, self.failure, self.process))


def tardiness_of(job: JobRecord) -> float | None:
    """Return max(0, completed - due) in hours; None for a job that was not completed."""
    return None if job.completed is None else max(0.0, job.completed - job.due)


def split_of(job: JobRecord) -> Split:
    """Return what a job's tardiness is made of; a job that took no time at all waited, if anything."""
    tardiness = tardiness_of(job) or 0.0
    whole = fsum((job.waited, job.set_up, job.broken, job.processed))
    if not whole:
        return Split(queue=tardiness, setup=0.0, failure=0.0, process=0.0)
    return Split(
        queue=tardiness * (job.waited / whole),
        setup=tardiness * (job.set_up / whole),
        failure=tardiness * (job.broken / whole),
        process=tardiness * (job.processed / whole),
    )


def mean_split(jobs: Sequence[JobRecord]) -> Split | None:
    """Return the mean split of the jobs that were completed, on time or late; None of none."""
    splits = [split_of(job) for job in jobs if job.completed is not None]
    if not splits:
        return None
    count = len(splits)
    return Split(
        queue=fsum(split.queue for split in splits) / count,
        setup=fsum(split.setup for split in splits) / count,
        failure=fsum(split.failure for split in splits) / count,
        process=fsum(split.process for split in splits) / count,
    )
