"""What this door takes beside the fields of a request, and how its arguments are read."""

import json
from typing import TypeVar

from pydantic import Field, ValidationError

from taskforce.application.jobs.once import IdempotencyKey
from taskforce.application.jobs.refusals import refused
from taskforce.application.jobs.schemas import Request, RetryJob, WatchJob
from taskforce.application.missions.schemas import (
    CreateSession,
    ExecuteMission,
    RespondSession,
    ResumeSession,
)
from taskforce.application.missions.session_schemas import ForkSession
from taskforce.application.pipelines.approval_schemas import CreateApproval
from taskforce.application.pipelines.deployment_schemas import CreateDeployment
from taskforce.application.pipelines.release_schemas import CreateRelease
from taskforce.application.pipelines.schemas import CreateRun, RerunRun
from taskforce.application.scenarios.schemas import StartExperiment, StartRun, WriteDebrief
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid

R = TypeVar("R", bound=Request)

LONGEST = 600


class Waiting(Request):
    """For how long a call waits."""

    wait_seconds: int = Field(
        default=30,
        ge=0,
        le=LONGEST,
        description="Wait this long for the end or a question; then answer with how it stands. 0 waits not.",
    )


class Keyed(Request):
    """Under which key a call makes something once."""

    idempotency_key: IdempotencyKey | None = Field(
        default=None, description="Called again with the same arguments under this key, nothing new is made."
    )


class Nothing(Request):
    """No arguments."""


class Execute(ExecuteMission, Waiting, Keyed):
    """A mission to run."""


class Create(CreateSession, Keyed):
    """A session to create."""


class Fork(ForkSession, Keyed):
    """A session to fork."""


class Respond(RespondSession, Waiting):
    """An answer, and how long to wait for what comes of it."""


class Resume(ResumeSession, Waiting, Keyed):
    """A failed mission to go on with."""


class Retry(RetryJob, Keyed):
    """An ended job to try again."""


class RunPipeline(CreateRun, Keyed):
    """A run to start."""


class Rerun(RerunRun, Keyed):
    """An ended run to play again."""


class MakeRelease(CreateRelease, Keyed):
    """A release to make."""


class Deploy(CreateDeployment, Keyed):
    """A release to put into an environment."""


class Approve(CreateApproval, Keyed):
    """A release to approve."""


class Simulate(StartRun, Keyed):
    """A scenario to simulate."""


class Experiment(StartExperiment, Keyed):
    """An experiment to make."""


class TellRun(WriteDebrief, Keyed):
    """A debrief to write."""


class Watch(WatchJob, Waiting):
    """A job to watch."""


def read(arguments: JsonObject | None, kind: type[R]) -> R:
    """Return what the arguments ask: nothing is converted, what is not known is refused.

    Raises:
        Invalid: they break a rule; each place is named, no value is.
    """
    try:
        text = json.dumps(arguments or {}, allow_nan=False)
    except ValueError as wrong:
        raise Invalid("The arguments are no strict JSON: a number is out of range.") from wrong
    try:
        return kind.model_validate_json(text, strict=True)
    except ValidationError as wrong:
        raise refused(wrong) from wrong


def request_in(asked: Request, kind: type[R]) -> R:
    """Return the request within what was asked, as every other door makes it."""
    said = asked.model_fields_set & kind.model_fields.keys()
    return kind.model_validate({name: getattr(asked, name) for name in said})
