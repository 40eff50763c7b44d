"""What can go wrong with missions."""

from collections.abc import Sequence
from datetime import timedelta

from taskforce.core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class SessionNotFound(NotFound):
    """No session of this id in this project."""

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"There is no session {session_id} in this project. List the sessions to see which there are."
        )


class MessageNotFound(NotFound):
    """No message of this place in a session's transcript."""

    def __init__(self, session_id: str, job_id: str, number: int) -> None:
        super().__init__(f"There is no message {job_id}/{number} in session {session_id}. List its messages.")


class PathNotAllowed(Forbidden):
    """A request names a file or folder of this machine, and its credential does not go that far."""

    code = "path_not_allowed"
    title = "Path not allowed"

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field} names a place on this machine, which a request with a key or token may not. Leave it "
            "out, or have request_paths set there.",
            details={"field": field},
        )


class WorkspaceTooLarge(Invalid):
    """A folder that is too large to be copied for a fork."""

    code = "workspace_too_large"
    title = "Workspace too large"

    def __init__(self, most_files: int, most_bytes: int) -> None:
        super().__init__(
            f"The session's workspace holds more than {most_files} files or {most_bytes // 2**20} MiB, so it "
            "is not copied. Remove what is not needed, or work in a session on a folder of your own."
        )


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


class ContextTooSmall(Invalid):
    """A budget of tokens that does not hold what a model must be shown at the least."""

    code = "context_too_small"
    title = "Context too small"

    def __init__(self, *, needed: int, room: int) -> None:
        super().__init__(
            f"What the model must be shown takes about {needed} tokens, and there is room for {room} beside "
            "its system prompt and tools. Resume with a model of a larger window, or raise context.tokens."
        )


class ProfileNotFound(Invalid):
    """No profile of this name."""

    code = "unknown_profile"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no profile {name!r}. Known are: {', '.join(known)}.")


class StrategyNotFound(Invalid):
    """No strategy of this name."""

    code = "unknown_strategy"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no strategy {name!r}. Known are: {', '.join(known)}.")


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


class ModelNotReady(Invalid):
    """A model that is known, and lacks something here: a key, an extra, an address."""

    code = "model_not_ready"
    title = "Model not ready"

    def __init__(self, name: str, advice: str) -> None:
        super().__init__(f"The model {name} cannot be asked from here. {advice}")


class ModelRejected(Invalid):
    """A provider will not take the request, however often it is sent: for its key, its model or its form."""

    code = "model_rejected"
    title = "Model rejected the request"

    def __init__(self, name: str, reason: str, advice: str) -> None:
        super().__init__(f"The model {name} rejected the request: {reason} {advice}")


class OutputInvalid(Invalid):
    """A model's text is not the JSON that was asked for."""

    code = "output_invalid"
    title = "Output invalid"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The model's answer is not the JSON that was asked for: {problem}")


class ScriptBroken(Invalid):
    """A script that does not fit the mission it is played for."""

    code = "script_broken"


class NotRecorded(Conflict):
    """A mission that cannot be told again as it was: the code has changed, or does not repeat itself."""

    code = "not_recorded"
    title = "Not recorded"

    def __init__(self, file: str, divergence: str) -> None:
        super().__init__(f"{file} holds the mission only so far. {divergence} Run it again to record it.")


class ModelUnavailable(Unavailable):
    """The model did not answer; `retry_after` is what its provider asked for, zero if it said nothing."""

    code = "model_unavailable"
    title = "Model unavailable"

    def __init__(self, name: str, reason: str, *, retry_after: timedelta = timedelta(0)) -> None:
        super().__init__(f"The model {name} did not answer: {reason}", retry_after=retry_after)


class ModelQuotaSpent(ModelUnavailable):
    """The account at the provider is used up: another model may answer, this one will not by waiting."""


class NoModelLeft(Unavailable):
    """Neither the model nor those that stand in for it did answer."""

    code = "model_unavailable"
    title = "Model unavailable"

    def __init__(self, last: ModelUnavailable) -> None:
        super().__init__(last.message, retry_after=last.retry_after)


class ToolNotFound(Invalid):
    """No tool of a name that a profile lists, where the mission is played."""

    code = "unknown_tool"
    title = "Unknown tool"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            f"The profile lists the tool {name!r}, and there is none here. Known are: {', '.join(known)}. "
            "If a plugin gives it, install that wherever missions are played."
        )


class ToolNameTaken(Invalid):
    """Two tools bear the same name."""

    code = "tool_name_taken"
    title = "Tool name taken"

    def __init__(self, name: str, one: str, other: str) -> None:
        super().__init__(f"Two tools are named {name!r}: {one} and {other}. Give yours another name.")


class ToolServerUnfit(Invalid):
    """A server of tools that a profile names and that cannot serve as the profile says, here or anywhere."""

    code = "tool_server_unfit"
    title = "Tool server unfit"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"The tool server {name} cannot be used: {problem}")


class ToolServerUnavailable(Unavailable):
    """A server of tools that a profile names, and that does not answer."""

    code = "tool_server_unavailable"
    title = "Tool server unavailable"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"The tool server {name} does not answer: {problem} Mend it, then resume the session.",
            retry_after=timedelta(0),
        )
