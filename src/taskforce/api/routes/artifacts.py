"""Artifacts: their bytes."""

from fastapi import APIRouter, Request, Response

from taskforce.api.answers import KNOWN
from taskforce.api.dependencies import Jobs, Who
from taskforce.api.document.headers import IF_NONE_MATCH, taking, with_headers
from taskforce.api.download import Download
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import use_case
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import GetArtifact, Id
from taskforce.application.jobs.service import JobService
from taskforce.core.artifacts import ArtifactDamaged

router = APIRouter(prefix="/api/v1/artifacts", route_class=StrictRoute, tags=["jobs"])

BYTES = {"schema": {"type": "string", "format": "binary"}}
FOUND = {
    200: {
        "description": "The bytes, as an attachment.",
        "content": {"*/*": BYTES, "application/octet-stream": BYTES},
        **with_headers("ETag", "Repr-Digest", "Content-Disposition"),
    }
}


@router.get(
    "/{artifact_id}",
    status_code=200,
    response_class=Download,
    **use_case(JobService.artifact, ArtifactDamaged, responses=FOUND | KNOWN),
    **taking(IF_NONE_MATCH),
)
async def artifact(artifact_id: Id, who: Who, jobs: Jobs, request: Request) -> Response:
    """Repr-Digest is the SHA-256, and the bytes are checked against it as they are read."""
    found, content = await jobs.artifact(who, checked(GetArtifact, artifact_id=artifact_id))
    return Download(found, content, known=request.headers.getlist("if-none-match"))
