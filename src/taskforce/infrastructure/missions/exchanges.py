"""What later missions remember of one that is over."""

from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, SessionId
from taskforce.core.missions.model import Exchange


def subject_of(session_id: SessionId) -> str:
    """Return what a session's jobs say they are about."""
    return f"session/{session_id}"


def exchange_of(
    job_id: JobId, input: JsonObject, result: JsonObject | None, failure: JsonObject | None
) -> Exchange:
    """Return what was asked and what was answered, if only why there is no answer."""
    answer = next((said["message"] for said in (result, failure) if said and "message" in said), "")
    return Exchange(job_id=job_id, mission=str(input["mission"]), answer=str(answer))
