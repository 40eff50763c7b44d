"""What can go wrong with missions."""

from datetime import timedelta

from taskforce.core.errors import Conflict, Invalid, NotFound, Unavailable


class SessionNotFound(NotFound):
    """No session of this id in this project."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id}. Leave session_id out to start a new one.")


class SessionBusy(Conflict):
    """A session runs one mission at a time."""

    code = "session_busy"
    title = "Session busy"

    def __init__(self, session_id: str, job_id: str) -> None:
        super().__init__(
            f"Session {session_id} is busy with job {job_id}. Wait for it, answer it or cancel it.",
            details={"session_id": session_id, "job_id": job_id},
        )


class NoMission(Conflict):
    """A session that was created and not used yet."""

    code = "no_mission"
    title = "No mission"

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session {session_id} has no mission yet. Give it one first.")


class NothingToResume(Conflict):
    """Only a session whose last mission failed can be resumed."""

    code = "nothing_to_resume"
    title = "Nothing to resume"

    def __init__(self, session_id: str, status: str) -> None:
        super().__init__(f"Session {session_id} is {status}: only a failed mission is resumed.")


class ProfileNotFound(Invalid):
    """No profile of this name."""

    code = "unknown_profile"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no profile {name!r}. Known are: {', '.join(known)}.")


class ProfileInvalid(Invalid):
    """A profile file that breaks the rules."""

    code = "invalid_profile"

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


class ModelNotFound(Invalid):
    """No model of this name."""

    code = "unknown_model"

    def __init__(self, name: str, advice: str) -> None:
        super().__init__(f"There is no model {name!r}. {advice}")


class ScriptBroken(Invalid):
    """A script that does not fit the mission it is played for."""

    code = "script_broken"


class ModelUnavailable(Unavailable):
    """The model did not answer."""

    code = "model_unavailable"
    title = "Model unavailable"

    def __init__(self, name: str, reason: str, *, retry_after: timedelta = timedelta(seconds=1)) -> None:
        super().__init__(f"The model {name} did not answer: {reason}", retry_after=retry_after)
