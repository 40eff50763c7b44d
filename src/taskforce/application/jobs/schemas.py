"""What is asked of jobs, and how they are shown; the same through every door."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    WithJsonSchema,
)

from taskforce.core.artifacts import Artifact, ArtifactWord
from taskforce.core.clock import rfc3339
from taskforce.core.documents import JsonObject
from taskforce.core.identity import ID_PATTERN
from taskforce.core.jobs.model import Failure, Job, JobStatus
from taskforce.core.jobs.signals import Wait
from taskforce.core.paging import Listing
from taskforce.core.shapes import Count, Prose, Sha256, ShownId, shape, unlimited


def _one_line(text: str) -> str:
    if any(ord(letter) < ord(" ") for letter in text):
        raise ValueError("must be one line without control characters")
    return text


def without_nul(text: str) -> str:
    """Return a text of several lines, unless it holds what no database takes for a letter."""
    if "\x00" in text:
        raise ValueError("must not hold NUL")
    return text


Id = Annotated[str, Field(pattern=ID_PATTERN, min_length=36, max_length=36, description="A UUID.")]
ProjectId = Annotated[
    str,
    Field(
        pattern=rf"({ID_PATTERN})|(^default$)", max_length=36, description="A project's UUID, or `default`."
    ),
]
ShownProject = Annotated[str, shape(minLength=1, maxLength=36)]
ONE_LINE = {"pattern": r"^[^\u0000-\u001f]*$"}
Name = Annotated[
    str, Field(min_length=1, max_length=256, json_schema_extra=ONE_LINE), AfterValidator(_one_line)
]
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT}, mode="serialization"),
]
MOST_OF_A_LIST = 100
MOST_LEFT_OUT = 1_000_000
FOUND_BY = unlimited("as whoever starts a job names it")
Project = Annotated[str, shape(minLength=1, maxLength=128)]


class Request(BaseModel):
    """What is asked; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class View(BaseModel):
    """What is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


V = TypeVar("V", bound=View)


class PageRequest(Request):
    """A part of a list, newest first."""

    limit: int = Field(default=20, ge=1, le=MOST_OF_A_LIST, description="At most this many items.")
    offset: int = Field(default=0, ge=0, le=MOST_LEFT_OUT, description="After this many items.")


class ItemsView(View, Generic[V]):
    """All there is of something."""

    items: Annotated[tuple[V, ...], unlimited("all there are")]
    total: Count

    @classmethod
    def all(cls, items: Sequence[V]) -> Self:
        """Show all there is."""
        return cls(items=tuple(items), total=len(items))


class ListView(ItemsView[V], Generic[V]):
    """A part of a list, newest first, and how long the list is."""

    items: Annotated[tuple[V, ...], shape(maxItems=MOST_OF_A_LIST)]
    limit: Annotated[int, shape(minimum=1, maximum=MOST_OF_A_LIST)]
    offset: Annotated[int, shape(minimum=0, maximum=MOST_LEFT_OUT)]

    @classmethod
    def of(cls, found: Listing[V], request: PageRequest) -> Self:
        """Show what was found of what was asked for."""
        return cls(items=found.items, total=found.total, limit=request.limit, offset=request.offset)


class ListJobs(PageRequest):
    """Which jobs to list."""

    status: JobStatus | None = Field(default=None, description="Only jobs of this status.")
    kind: Name | None = Field(default=None, description="Only jobs of this kind.")
    subject: Name | None = Field(default=None, description="Only jobs about this.")
    dead: bool = Field(
        default=False, description="Only jobs that were given up: three workers in a row died on them."
    )


class GetJob(Request):
    """Which job to show."""

    job_id: Id


class WatchJob(Request):
    """Which job to watch, and from where on."""

    job_id: Id
    after: int = Field(default=0, ge=0, le=2**53, description="Only events with a number above this.")


class CancelJob(Request):
    """Which job to cancel."""

    job_id: Id


class RetryJob(Request):
    """Which ended job to try again."""

    job_id: Id


class GetArtifact(Request):
    """Which artifact to read."""

    artifact_id: Id


class ProgressView(View):
    """How far a job is."""

    percent: Annotated[float, shape(minimum=0, maximum=100)]
    message: Prose


class ErrorView(View):
    """Why something failed: a code for programs, a message for people."""

    code: Annotated[str, unlimited("a program may fail with a code of its own")]
    message: Prose
    details: JsonObject = {}

    @classmethod
    def of(cls, failure: Failure) -> "ErrorView":
        """Show a failure, with the traceback's last lines if there are any."""
        details = dict(failure.details)
        if failure.traceback:
            details["traceback"] = failure.traceback
        return cls(code=failure.code, message=failure.message, details=details)


class WaitView(View):
    """Something that a job waits for."""

    wait_id: ShownId
    key: Annotated[str, unlimited("as the program names it")]
    kind: Literal["signal", "timer", "child"]
    signal: Annotated[str, unlimited("as the program names it")]
    until: Moment | None

    @classmethod
    def of(cls, wait: Wait) -> "WaitView":
        """Show an open wait."""
        return cls(wait_id=wait.id, key=wait.key, kind=wait.kind.value, signal=wait.name, until=wait.until)


class JobView(View):
    """A job as it stands."""

    id: ShownId
    kind: Annotated[str, FOUND_BY]
    status: JobStatus
    project: Project
    subject: Annotated[str, FOUND_BY] | None
    created_by: Annotated[str, unlimited("as whoever knows the principals names them")]
    created_at: Moment
    updated_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    progress: ProgressView
    cancel_requested: bool
    last_event: Count
    result: dict[str, JsonValue] | None
    error: ErrorView | None
    parent_id: ShownId | None
    continues: ShownId | None
    waits: Annotated[tuple[WaitView, ...], unlimited("one for each branch that waits")]
    version: int = Field(exclude=True)
    is_replayed: bool = Field(default=False, exclude=True)
    """The same request, under the same key, has made it before."""
    is_unattended: bool = Field(default=False, exclude=True)
    """It could go on now, and no worker holds it."""

    @property
    def is_settled(self) -> bool:
        """Tell whether there is an answer: it has ended, or waits for a person."""
        return self.status.is_over or any(wait.kind == "signal" for wait in self.waits)

    @classmethod
    def of(
        cls,
        job: Job,
        waits: tuple[Wait, ...] = (),
        *,
        is_replayed: bool = False,
        is_unattended: bool = False,
    ) -> "JobView":
        """Show a job and its open waits."""
        outcome = job.outcome
        failure = outcome.failure if outcome else None
        return cls(
            id=job.id,
            kind=job.kind,
            status=job.status,
            project=job.project,
            subject=job.subject,
            created_by=job.created_by,
            created_at=job.created_at,
            updated_at=job.updated_at,
            started_at=job.started_at,
            ended_at=job.ended_at,
            progress=ProgressView(percent=job.progress.percent, message=job.progress.message),
            cancel_requested=job.cancel_requested,
            last_event=job.last_event,
            result=outcome.result if outcome else None,
            error=ErrorView.of(failure) if failure else None,
            parent_id=job.parent,
            continues=job.continues,
            waits=tuple(WaitView.of(wait) for wait in waits),
            version=job.version,
            is_replayed=is_replayed,
            is_unattended=is_unattended,
        )


class ArtifactView(View):
    """An artifact on record."""

    id: ShownId
    key: ArtifactWord
    kind: ArtifactWord
    media_type: ArtifactWord
    size: Count
    sha256: Sha256
    job_id: ShownId
    created_at: Moment

    @classmethod
    def of(cls, artifact: Artifact) -> "ArtifactView":
        """Show an artifact's record."""
        ref = artifact.ref
        return cls(
            id=ref.id,
            key=ref.key,
            kind=ref.kind,
            media_type=ref.media_type,
            size=ref.size,
            sha256=ref.sha256,
            job_id=artifact.job_id,
            created_at=artifact.created_at,
        )
