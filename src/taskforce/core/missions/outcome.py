"""What a mission came to, read from its log or its result: the same whoever reads it, and however."""

from collections.abc import Iterable

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.jobs.events import APPROVAL_REQUIRED, COMPLETE, ERROR, Event
from taskforce.core.jobs.model import Failure, Job
from taskforce.core.missions.events import ARTIFACT, ASK_USER, FINAL_ANSWER, TOKEN_USAGE
from taskforce.core.missions.model import MissionOutcome, MissionResult, SessionStatus, Usage, status_of

QUESTIONS = frozenset({ASK_USER, APPROVAL_REQUIRED})


class MissionLog:
    """Takes in a mission's events, one after the other, and tells what they come to."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._message = ""
        self._usage = Usage()
        self._artifacts: dict[str, ArtifactRef] = {}
        self._failure: Failure | None = None
        self._question: Event | None = None
        self._status = SessionStatus.IN_PROGRESS
        for event in events:
            self.take(event)

    def take(self, event: Event) -> None:
        """Take in the next event."""
        if event.type == TOKEN_USAGE:
            self._usage = self._usage.plus(_usage_of(event))
        elif event.type == ARTIFACT:
            self._keep(event)
        elif event.type == FINAL_ANSWER:
            self._message = event.message
        elif event.type == ERROR:
            self._message = event.message
            self._failure = _failure_of(event)
        elif event.type == COMPLETE:
            self._status = SessionStatus(str(event.details["status"]))
        elif event.type in QUESTIONS:
            self._question = event

    def _keep(self, event: Event) -> None:
        self._artifacts.pop(str(event.details.get("replaces")), None)
        ref = ArtifactRef.model_validate({k: v for k, v in event.details.items() if k != "replaces"})
        self._artifacts[ref.id] = ref

    def outcome(self, *, paused: bool = False, asked: Event | None = None) -> MissionOutcome:
        """Return what the mission has come to so far.

        `paused` tells that it waits for a person now; `asked` that one which it has started does, and how.
        """
        waiting = asked or (self._question if paused else None)
        message = waiting.message if waiting else self._message
        return MissionOutcome(
            status=SessionStatus.PAUSED if paused or asked else self._status,
            message=message,
            usage=self._usage,
            artifacts=tuple(self._artifacts.values()),
            failure=self._failure,
            waiting=waiting,
        )


def outcome_of(job: Job) -> MissionOutcome | None:
    """Return what a mission came to if its result says it, as its log would: when it ended by itself."""
    outcome = job.outcome
    if outcome is None or outcome.result is None:
        return None
    told = MissionResult.model_validate(outcome.result)
    return MissionOutcome(
        status=status_of(job.status),
        message=outcome.failure.message if outcome.failure else told.message,
        usage=told.usage,
        artifacts=told.artifacts,
        failure=outcome.failure,
        waiting=None,
    )


def _usage_of(event: Event) -> Usage:
    return Usage.model_validate({name: event.details[name] for name in Usage.model_fields})


def _failure_of(event: Event) -> Failure:
    details = {name: value for name, value in event.details.items() if name != "code"}
    return Failure(code=str(event.details["code"]), message=event.message, details=details)
