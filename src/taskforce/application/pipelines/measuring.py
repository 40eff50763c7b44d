"""Runs and phases measured when they end."""

from datetime import timedelta

from taskforce.core.jobs.model import Job
from taskforce.core.pipelines.figures import PHASE_DURATION, RUN_DURATION, RUNS, label_of
from taskforce.core.pipelines.model import PhaseStatus, RunStatus, run_status
from taskforce.core.pipelines.task import KIND
from taskforce.core.telemetry import Meter


class RunStopwatch:
    """Counts and measures runs when their end is recorded; each way to end is shown before it happens."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        for status in RunStatus:
            if status.is_over:
                meter.count(RUNS, {"status": status.value}, 0)

    def __call__(self, job: Job) -> None:
        """Take in a job that has ended; a run that was never played took no time."""
        if job.kind == KIND and job.ended_at is not None:
            begun = job.started_at or job.ended_at
            labels = {"status": run_status(job.status, has_started=job.started_at is not None).value}
            self._meter.count(RUNS, labels)
            self._meter.observe(RUN_DURATION, labels, _seconds(job.ended_at - begun))


class PhaseStopwatch:
    """Measures phases; those of a run that was cancelled in their midst have no end."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def take(self, phase: str, status: PhaseStatus, took: timedelta) -> None:
        """Take in a phase that has ended."""
        self._meter.observe(
            PHASE_DURATION, {"phase": label_of(phase), "status": status.value}, _seconds(took)
        )


def _seconds(took: timedelta) -> float:
    return max(0.0, took.total_seconds())
