"""What tests are made of: jobs, records and their like, with defaults for what a test is silent on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from taskforce.core.artifacts import Artifact, ArtifactRef
from taskforce.core.documents import JsonObject, written
from taskforce.core.identity import ArtifactId, JobId, ProjectId, SessionId, WorkerId, wait_id
from taskforce.core.jobs.events import Event, KeyedEvent
from taskforce.core.jobs.model import Failure, Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Claims, LeaseRequest
from taskforce.core.jobs.signals import ANSWER, CHILD, TIMER, Signal, SignalName, Wait, WaitKind
from taskforce.core.jobs.steps import StepRecord, StepStatus
from taskforce.core.missions.model import Session
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.ids import CountedIds

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)
KIND = "echo"
CLAIMS = Claims(kinds=frozenset({KIND}))
ANNA = WorkerId("anna:1:a")
BERT = WorkerId("bert:2:b")
OTHER_PROJECT = ProjectId("other")

ids = CountedIds()


def a_job(**fields: Any) -> Job:  # noqa: ANN401 - any field of a job
    """A queued job, due at once, at the top of its own family."""
    job_id = fields.pop("id", None) or JobId(ids.new())
    created_at = fields.pop("created_at", NOON)
    defaults: dict[str, Any] = {
        "kind": KIND,
        "project": DEFAULT_PROJECT,
        "input": {"mission": "Say hello"},
        "created_by": "local",
        "updated_at": created_at,
        "root": job_id,
    }
    return Job(id=job_id, created_at=created_at, **{**defaults, **fields})


def a_child(parent: Job, key: str = "child", **fields: Any) -> Job:  # noqa: ANN401 - any field of a job
    """A job that another one started under a key."""
    return a_job(**{"parent": parent.id, "parent_key": key, "root": parent.root, **fields})


def a_lease(worker: WorkerId = ANNA, duration: timedelta = LEASE) -> LeaseRequest:
    return LeaseRequest(worker=worker, duration=duration)


def an_event(key: str = "said", type: str = "said", **details: JsonValue) -> KeyedEvent:
    return KeyedEvent(key=key, event=Event(type=type, message=f"{type}.", details=details))


def a_step(key: str = "step", output: JsonValue = "out", **fields: Any) -> StepRecord:  # noqa: ANN401 - any field
    return replace(StepRecord(key=key, status=StepStatus.DONE, output=written(output)), **fields)


def a_wait(job: Job, key: str = "ask", *, until: datetime | None = None, name: SignalName = ANSWER) -> Wait:
    return Wait(id=wait_id(job.id, key), key=key, kind=WaitKind.SIGNAL, name=name, until=until)


def a_timer(job: Job, key: str = "nap", *, until: datetime) -> Wait:
    return Wait(id=wait_id(job.id, key), key=key, kind=WaitKind.TIMER, name=TIMER, until=until)


def a_wait_for_child(job: Job, key: str = "child") -> Wait:
    return Wait(id=wait_id(job.id, key), key=key, kind=WaitKind.CHILD, name=CHILD)


def a_signal(text: str = "yes", *, by: str = "carl", at: datetime = NOON) -> Signal:
    return Signal(name=ANSWER, payload={"text": text}, by=by, at=at)


def an_artifact(job: Job, key: str = "default/report.md") -> Artifact:
    ref = ArtifactRef(
        id=ArtifactId(ids.new()), key=key, kind="report", media_type="text/markdown", size=5, sha256="ab" * 32
    )
    return Artifact(ref=ref, project=job.project, job_id=job.id, created_at=NOON)


def success(**result: JsonValue) -> Outcome:
    return Outcome(status=JobStatus.SUCCEEDED, result=dict(result))


def failure(code: str = "broken", message: str = "It broke.", result: JsonObject | None = None) -> Outcome:
    return Outcome(status=JobStatus.FAILED, result=result, failure=Failure(code=code, message=message))


def a_session(**fields: Any) -> Session:  # noqa: ANN401 - any field of a session
    defaults: dict[str, Any] = {
        "id": SessionId(ids.new()),
        "project": DEFAULT_PROJECT,
        "profile": "dev",
        "workspace": "/srv/workspace",
        "created_by": "local",
        "created_at": NOON,
    }
    return Session(**{**defaults, **fields})
