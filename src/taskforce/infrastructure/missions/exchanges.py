"""What later missions remember of one that is over."""

from taskforce.core.identity import SessionId
from taskforce.core.jobs.model import Job
from taskforce.core.missions.model import Exchange


def subject_of(session_id: SessionId) -> str:
    """Return what a session's jobs say they are about."""
    return f"session/{session_id}"


def exchange_of(job: Job) -> Exchange:
    """Return what was asked and what was answered, if only why there is no answer."""
    return Exchange(job_id=job.id, mission=str(job.input["mission"]), answer=_answer(job))


def _answer(job: Job) -> str:
    outcome = job.outcome
    if outcome is not None and outcome.result is not None and "message" in outcome.result:
        return str(outcome.result["message"])
    if outcome is not None and outcome.failure is not None:
        return outcome.failure.message
    return ""
