"""What is asked of missions and sessions, and how they are shown; the same through every door."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from taskforce.application.jobs.schemas import (
    ErrorView,
    Id,
    JobView,
    Moment,
    Name,
    PageRequest,
    Request,
    View,
    without_nul,
)
from taskforce.core.artifacts import ArtifactRef
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.budget import Limits, Spent
from taskforce.core.jobs.events import APPROVAL_REQUIRED, Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.signals import ANSWER, APPROVAL, OUTCOME, UNKNOWN_AFTER_CRASH
from taskforce.core.missions.events import ASK_USER
from taskforce.core.missions.model import MissionOutcome, Session, SessionStatus, Usage, status_of
from taskforce.core.missions.opening import OpeningLine
from taskforce.core.missions.profile import Decision
from taskforce.core.missions.routing import ChosenModel, ModelOffer
from taskforce.core.missions.task import session_of
from taskforce.core.shapes import Count, Prose, ShownId, ShownPath, shape, unlimited
from taskforce.core.tools import TOOL_NAME, Risk, ToolEffect


def _is_text(text: str) -> str:
    if not text.strip():
        raise ValueError("must hold more than blanks")
    return without_nul(text)


SAYS_SOMETHING = {"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}
MOST_ARGUMENTS = 1_000
NAME_OF_PLACE = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
MissionText = Annotated[
    str, Field(min_length=1, max_length=100_000, json_schema_extra=SAYS_SOMETHING), AfterValidator(_is_text)
]
IN_PROFILE = unlimited("as the profile says it")
InProfile = Annotated[str, IN_PROFILE]
ModelName = Annotated[str, IN_PROFILE]
ParamName = Annotated[str, Field(pattern=NAME_OF_PLACE)]
ParamValue = Annotated[str, Field(max_length=10_000)]


def _saying(name: str) -> JsonDict:
    return {"required": [name], "properties": {name: {"type": "string"}}}


class ExecuteMission(Request):
    """A mission to run."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_saying("mission"), _saying("skill")]})

    skill: Name | None = Field(default=None, description="A skill to do it with.")
    mission: MissionText | None = Field(
        default=None,
        validate_default=True,
        description="What to do, in plain words; may be left out with a skill.",
    )
    profile: Name = Field(default="dev", description="Which model, tools, policy and limits to run with.")
    session_id: Id | None = Field(
        default=None, description="The session it belongs to; a new one if left out."
    )
    params: dict[ParamName, ParamValue] = Field(
        default={},
        max_length=100,
        json_schema_extra={"propertyNames": {"pattern": NAME_OF_PLACE}, "additionalProperties": False},
        description="Values for {{name}} places in the mission or the skill.",
    )
    model: Name | None = Field(default=None, description="The model to run with, such as local:planner.")
    workspace: Annotated[str, Field(min_length=1, max_length=4_096)] | None = Field(
        default=None, description="The folder to work in, for a new session; one of its own if left out."
    )
    limits: Limits | None = Field(
        default=None, description="Other limits than the profile's; those not named stay."
    )

    @field_validator("mission")
    @classmethod
    def _says_what_to_do(cls, mission: str | None, info: ValidationInfo) -> str | None:
        if mission is None and info.data.get("skill") is None:
            raise PydanticCustomError("missing", "Field required")
        return mission


class ListSessions(PageRequest):
    """Which sessions to list."""

    status: SessionStatus | None = Field(default=None, description="Only sessions of this status.")
    profile: Name | None = Field(default=None, description="Only sessions of this profile.")


class GetSession(Request):
    """Which session to show."""

    session_id: Id
    profile: Name | None = Field(default=None, description="Only if it is of this profile.")


class CreateSession(Request):
    """A session to create, without a mission yet."""

    profile: Name = Field(default="dev", description="The profile of its missions.")
    workspace: Annotated[str, Field(min_length=1, max_length=4_096)] | None = Field(
        default=None, description="The folder to work in; one of its own if left out."
    )


class ListMessages(PageRequest):
    """Which session's messages to list."""

    session_id: Id


class GiveAnswer(Request):
    """An answer to a question, or a decision about a call."""

    wait_id: Id = Field(description="What is answered, as the event and the session name it.")
    answer: Annotated[str, Field(min_length=1, max_length=100_000)] | None = Field(
        default=None, description="The answer to a question, or with decision `result` what came of the call."
    )
    decision: Literal["approve", "deny", "repeat", "skip", "result"] | None = Field(
        default=None, description="The decision about a call."
    )
    arguments: Annotated[dict[str, JsonValue], Field(max_length=MOST_ARGUMENTS)] | None = Field(
        default=None, description="With `approve`: other arguments for the call."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.answer is None) == (self.decision is None) and self.decision != "result":
            raise ValueError("give either answer or decision")
        if self.decision == "result" and self.answer is None:
            raise ValueError("decision result needs the answer: what came of the call")
        if self.arguments is not None and self.decision != "approve":
            raise ValueError("arguments go with decision approve")
        return self


class RespondSession(GiveAnswer):
    """An answer to what a session waits for."""

    session_id: Id


class GoOn(Request):
    """How to go on with a failed mission."""

    limits: Limits | None = Field(default=None, description="Other limits; those not named stay.")
    model: Name | None = Field(default=None, description="Another model.")


class ResumeSession(GoOn):
    """A failed mission to go on with: a new job that reuses what was recorded."""

    session_id: Id


class CancelSession(Request):
    """A session whose mission to cancel."""

    session_id: Id


class WaitingView(View):
    """What a paused mission waits for: the event that asks."""

    wait_id: ShownId
    event_type: Annotated[str, shape(enum=[ASK_USER, APPROVAL_REQUIRED])]
    message: Prose
    details: JsonObject

    @property
    def signal(self) -> str:
        """Return the signal that it waits for."""
        if self.event_type == ASK_USER:
            return ANSWER
        return OUTCOME if self.details.get("reason") == UNKNOWN_AFTER_CRASH else APPROVAL

    @classmethod
    def of(cls, event: Event) -> "WaitingView":
        """Show an open question."""
        return cls(
            wait_id=str(event.details["wait_id"]),
            event_type=event.type,
            message=event.message,
            details=event.details,
        )


class OutcomeView(View):
    """What a mission came to, as far as its log tells."""

    message: Prose = ""
    usage: Usage = Usage()
    artifacts: Annotated[tuple[ArtifactRef, ...], unlimited("all that the mission kept")] = ()
    error: ErrorView | None = None
    waiting: WaitingView | None = None


def shown(outcome: MissionOutcome) -> OutcomeView:
    """Show what a mission came to."""
    return OutcomeView(
        message=outcome.message,
        usage=outcome.usage,
        artifacts=outcome.artifacts,
        error=ErrorView.of(outcome.failure) if outcome.failure else None,
        waiting=WaitingView.of(outcome.waiting) if outcome.waiting else None,
    )


class MissionJobView(JobView):
    """A mission's job, and the session that it belongs to."""

    session_id: ShownId

    @classmethod
    def of_job(cls, job: JobView) -> "MissionJobView":
        """Show a mission's job."""
        return cls.model_validate({**dict(job), "session_id": session_of(job.subject)})


class MissionView(OutcomeView):
    """What a mission came to, or where it stands."""

    session_id: ShownId
    job_id: ShownId
    status: SessionStatus

    @classmethod
    def of(cls, session_id: str, job_id: str, outcome: MissionOutcome) -> "MissionView":
        """Show a mission."""
        return cls(session_id=session_id, job_id=job_id, status=outcome.status, **dict(shown(outcome)))

    @property
    def final_message(self) -> str:
        """Return the message: the answer, or what went wrong."""
        return self.message


class SessionView(View):
    """A session as it stands."""

    session_id: ShownId
    mission: Annotated[str, unlimited("with the values of its places, and the skill's name")]
    """The newest mission's text; empty when there is none yet."""
    status: SessionStatus
    created_at: Moment
    profile: Annotated[str, shape(maxLength=256)]
    workspace: ShownPath
    forked_from: ShownId | None
    """The session that it goes on from; one that has the same workspace shares it."""
    job_id: ShownId | None
    """The newest mission's job."""
    model: ModelName | None
    """The newest mission's model."""
    model_from: Annotated[str, unlimited("a server's address may be long")] | None
    """What settled it: request, profile, settings, a key's variable, a server's address, or default."""

    @classmethod
    def of(cls, session: Session, newest: Job | None, *, asks: bool) -> "SessionView":
        """Show a session; `asks` tells whether a mission that waits does so for a person."""
        status = status_of(newest.status if newest else None, asks=asks)
        return cls(**{**_facts(session, newest), "status": status})


class SessionDetailView(SessionView, OutcomeView):
    """A session with what its newest mission came to."""

    spent: Spent = Spent()
    """What all its missions have taken together; seconds where a limit wants them measured."""
    is_replayed: bool = Field(default=False, exclude=True)
    """The same request, under the same key, has made it before."""

    @classmethod
    def of_none(cls, session: Session) -> "SessionDetailView":
        """Show a session that has no mission yet."""
        return cls(**_facts(session, None))

    @classmethod
    def of_mission(
        cls, session: Session, newest: Job, outcome: MissionOutcome, *, spent: Spent
    ) -> "SessionDetailView":
        """Show a session and its newest mission."""
        facts = {**_facts(session, newest), "status": outcome.status, "spent": spent}
        return cls(**facts, **dict(shown(outcome)))


def _facts(session: Session, newest: Job | None) -> dict[str, Any]:
    return {
        "session_id": session.id,
        "mission": str(newest.input["mission"]) if newest else "",
        "status": status_of(newest.status if newest else None),
        "created_at": session.created_at,
        "profile": session.profile,
        "workspace": session.workspace,
        "forked_from": session.forked_from,
        "job_id": newest.id if newest else None,
        "model": str(newest.input["model"]) if newest else None,
        "model_from": str(newest.input.get("model_from", "")) or None if newest else None,
    }


class MessageView(View):
    """A message of a session's transcript."""

    job_id: ShownId
    number: Count
    timestamp: Moment
    role: Literal["user", "assistant", "tool"]
    text: Annotated[str, unlimited("as it was said")]
    details: JsonObject

    @classmethod
    def of(cls, line: OpeningLine) -> "MessageView":
        """Show a line of a transcript."""
        return cls(
            job_id=line.job_id,
            number=line.number,
            timestamp=line.at,
            role=line.role,
            text=line.text,
            details=line.details,
        )


class ToolView(View):
    """A tool that missions may use."""

    name: Annotated[str, shape(pattern=TOOL_NAME)]
    description: Prose
    risk: Risk
    effect: ToolEffect
    parameters: JsonObject


class ProfileView(View):
    """A profile that missions may run with."""

    name: InProfile
    description: Prose
    model: ModelName | None
    tools: Annotated[tuple[InProfile, ...], IN_PROFILE]
    approval: dict[Risk, Decision]
    limits: Limits


class ModelView(View):
    """A model, or a family of models, that missions may run with; first the one of those who name none."""

    name: ModelName
    description: Prose
    missing: Prose | None
    """What to do before it can be asked."""
    default_by: Annotated[str, unlimited("a server's address may be long")] | None
    """What makes it the model of missions that name none."""

    @classmethod
    def of(cls, offer: ModelOffer) -> "ModelView":
        """Show what can be had."""
        return cls(name=offer.name, description=offer.description, missing=offer.missing, default_by=None)

    @classmethod
    def of_default(cls, chosen: ChosenModel, offer: ModelOffer | None) -> "ModelView":
        """Show the model of missions that name none."""
        description = offer.description if offer else "The model of missions that name none."
        return cls(name=chosen.name, description=description, missing=None, default_by=chosen.chosen_by)
