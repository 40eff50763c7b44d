"""What the figures of jobs are taken from: the store when they are asked for, and each job's end."""

from collections.abc import Callable, Sequence

import structlog

from taskforce.application.jobs.worker import Worker
from taskforce.core.errors import TaskforceError
from taskforce.core.jobs.figures import JOB_DURATION, QUEUE_DEPTH, WORKER_SLOTS
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobStore
from taskforce.core.telemetry import Meter

log = structlog.get_logger()


class JobStopwatch:
    """Measures jobs when their end is recorded, and tells it on."""

    def __init__(self, meter: Meter, *, on_end: Sequence[Callable[[Job], object]]) -> None:
        self._meter = meter
        self._on_end = on_end

    def __call__(self, job: Job) -> None:
        """Take in a job that has ended; one that was never played took no time."""
        if job.ended_at is not None:
            took = job.ended_at - (job.started_at or job.ended_at)
            labels = {"kind": job.kind, "outcome": job.status.value}
            self._meter.observe(JOB_DURATION, labels, max(0.0, took.total_seconds()))
        for tell in self._on_end:
            tell(job)


class JobGauges:
    """Reads what goes up and down when somebody looks."""

    def __init__(self, *, store: JobStore, worker: Worker, meter: Meter) -> None:
        self._store = store
        self._worker = worker
        self._meter = meter

    async def read(self) -> None:
        """Show how it is now; of a store that does not answer nothing is shown."""
        busy, slots = self._worker.places
        self._meter.set(WORKER_SLOTS, {("busy",): busy, ("free",): max(0, slots - busy)})
        try:
            due = await self._store.depths()
        except TaskforceError as error:
            log.warning("queue_unread", reason=error.message)
            depths: dict[tuple[str, ...], float] = {}
        else:
            depths = {(kind,): due.get(kind, 0) for kind in self._worker.kinds | due.keys()}
        self._meter.set(QUEUE_DEPTH, depths)
