"""What a run's log tells when it is over: by itself, by a cancel, or because its workers were lost."""

from taskforce.core.jobs.events import Event, KeyedEvent
from taskforce.core.jobs.model import Failure, Job, JobStatus, Outcome
from taskforce.core.pipelines.events import run_cancelled, run_completed, run_failed
from taskforce.core.pipelines.model import RunFacts, RunStatus
from taskforce.core.pipelines.task import facts_of


def closing(job: Job) -> tuple[KeyedEvent, ...]:
    """Return the last events of an ended run; they are written in the transaction that ends it."""
    facts = facts_of(job)
    events = _events(job, facts, job.outcome or Outcome(status=job.status))
    return tuple(KeyedEvent(key=event.type, event=event) for event in events)


def _events(job: Job, facts: RunFacts, outcome: Outcome) -> tuple[Event, ...]:
    begun, ended = job.started_at or job.created_at, job.ended_at or job.updated_at
    if outcome.status is JobStatus.CANCELLED:
        return (run_cancelled(facts, begun=begun, ended=ended),)
    if outcome.status is JobStatus.SUCCEEDED:
        return (run_completed(facts, RunStatus.SUCCESS, begun=begun, ended=ended),)
    failure = outcome.failure or Failure(code="failed", message="")
    phase = str(failure.details.get("phase", ""))
    return (
        run_failed(facts, phase=phase, error=failure.message),
        run_completed(facts, RunStatus.FAILED, begun=begun, ended=ended),
    )
