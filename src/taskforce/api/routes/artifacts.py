"""Artifacts: their bytes."""

from fastapi import APIRouter, Request, Response

from taskforce.api.dependencies import Jobs, Who
from taskforce.api.document.files import ANY, PARTLY, file_answers
from taskforce.api.document.headers import taking
from taskforce.api.download import Attachment, Download
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import GetArtifact, Id
from taskforce.application.jobs.service import JobService
from taskforce.core.artifacts import ArtifactDamaged

router = APIRouter(prefix="/api/v1/artifacts", route_class=StrictRoute, tags=["jobs"])


@router.get(
    "/{artifact_id}",
    status_code=200,
    response_class=Download,
    **use_case(JobService.artifact, ArtifactDamaged, 416, responses=file_answers(*ANY)),
    **taking(*PARTLY),
)
async def artifact(artifact_id: Id, who: Who, jobs: Jobs, request: Request) -> Response:
    """Repr-Digest is the SHA-256, and the bytes are checked against it as they are read."""
    found, content = await jobs.artifact(who, checked(GetArtifact, artifact_id=artifact_id))
    return Download(Attachment.of(found), content, request)
