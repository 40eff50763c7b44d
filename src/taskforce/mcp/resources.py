"""What clients can read: the logs of jobs, and the artifacts that they kept."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import aclosing

from mcp.types import BlobResourceContents, Resource, ResourceTemplate, TextResourceContents

from taskforce.application.jobs.log_schemas import LogView
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import GetArtifact, GetJob, JobView, ListJobs, WatchJob
from taskforce.core.errors import Invalid, NotFound
from taskforce.core.jobs.events import RecordedEvent
from taskforce.mcp.services import Services

LOG = "taskforce://jobs/{job_id}"
ARTIFACT = "taskforce://artifacts/{artifact_id}"
TEMPLATES = [
    ResourceTemplate(
        name="job-log",
        uri_template=LOG,
        description="A job's log so far: numbered events, as jobs_watch returns them.",
        mime_type="application/json",
    ),
    ResourceTemplate(
        name="artifact",
        uri_template=ARTIFACT,
        description="Bytes that a job kept, as jobs_artifacts lists them.",
    ),
]
LARGEST = 4 * 2**20
"""Bytes of an artifact that fit into a message."""

_JOB = re.compile(r"taskforce://jobs/([^/]+)")
_ARTIFACT = re.compile(r"taskforce://artifacts/([^/]+)")

Contents = TextResourceContents | BlobResourceContents


class Resources:
    """Lists and reads them."""

    def __init__(self, services: Services) -> None:
        self._jobs = services.jobs
        self._principal = services.principal

    async def list(self) -> list[Resource]:
        """List the logs of the newest jobs."""
        found = await self._jobs.list(self._principal, ListJobs())
        return [
            Resource(
                name=f"job-{job.id}",
                title=f"{job.kind}, {job.status.value}",
                uri=LOG.format(job_id=job.id),
                mime_type="application/json",
            )
            for job in found.items
        ]

    async def read(self, uri: str) -> Contents:
        """Read one. Raises NotFound, or Invalid for an artifact that is too large."""
        if job := _JOB.fullmatch(uri):
            return await self._log(uri, job.group(1))
        if artifact := _ARTIFACT.fullmatch(uri):
            return await self._artifact(uri, artifact.group(1))
        raise NotFound("There is no such resource. Look at resources/templates/list.")

    async def _log(self, uri: str, job_id: str) -> Contents:
        job = await self._jobs.get(self._principal, checked(GetJob, job_id=job_id))
        events = [event async for event in self._events(job)]
        text = LogView.of(job, events).model_dump_json()
        return TextResourceContents(uri=uri, mime_type="application/json", text=text)

    async def _events(self, job: JobView) -> AsyncIterator[RecordedEvent]:
        """Yield what is in the log as it was looked at; more may come meanwhile."""
        async with aclosing(await self._jobs.watch(self._principal, WatchJob(job_id=job.id))) as pages:
            async for page in pages:
                for recorded in page.events:
                    if recorded.number <= job.last_event:
                        yield recorded
                if not page.events or page.events[-1].number >= job.last_event:
                    return

    async def _artifact(self, uri: str, artifact_id: str) -> Contents:
        request = checked(GetArtifact, artifact_id=artifact_id)
        artifact, opened = await self._jobs.artifact(self._principal, request)
        if artifact.size > LARGEST:
            raise Invalid(
                f"The artifact has {artifact.size} bytes, over {LARGEST}. Fetch it over HTTP or with the CLI."
            )
        async with opened as chunks:
            content = b"".join([chunk async for chunk in chunks])
        try:
            return TextResourceContents(uri=uri, mime_type=artifact.media_type, text=content.decode())
        except UnicodeDecodeError:
            blob = base64.b64encode(content).decode("ascii")
            return BlobResourceContents(uri=uri, mime_type=artifact.media_type, blob=blob)
