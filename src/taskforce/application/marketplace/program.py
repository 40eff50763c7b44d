"""The program of a scan: reads a repository, again when it cannot be reached, and tells what it found."""

from datetime import timedelta
from functools import partial
from typing import ClassVar

from taskforce.application.marketplace.scanning import Scanning, Wanted
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid, NotFound
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import OPENING, Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.marketplace.task import KIND, FoundArtifact, ScanResult, ScanTask

TIMEOUT = timedelta(seconds=120)
AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=2), unless=(Invalid, NotFound))


class ScanProgram(Program):
    """Plays scans."""

    kind: ClassVar[str] = KIND

    def __init__(self, scanning: Scanning) -> None:
        self._scanning = scanning

    def opening(self, job: Job) -> Event:
        task = ScanTask.model_validate(job.input)
        details: JsonObject = {"url": task.url, "ref": task.ref}
        return Event(type=OPENING, message=f"{task.url} at {task.ref}", details=details)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = ScanTask.model_validate(job.input)
        try:
            result = await ctx.step(
                KIND, partial(self._scan, task), type=ScanResult, retry=AGAIN, timeout=TIMEOUT
            )
        except StepFailed as failed:
            raise JobFailed(failed.reason, failed.message) from failed
        return result.model_dump(mode="json")

    async def _scan(self, task: ScanTask) -> ScanResult:
        wanted = Wanted(url=task.url, ref=task.ref, root_hint=task.root_hint, manual_map=task.manual_map)
        scanned = await self._scanning.scan(wanted)
        return ScanResult(
            commit_sha=scanned.commit_sha,
            artifacts=tuple(map(FoundArtifact.of, scanned.found)),
            left_out=scanned.left_out,
        )
