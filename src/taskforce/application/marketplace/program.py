"""The program of a scan: reads a repository, again when it cannot be reached, and stores what it found."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import ClassVar

from taskforce.application.marketplace.scanning import Scanning, Wanted
from taskforce.core.documents import JsonObject
from taskforce.core.errors import Invalid, NotFound
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import OPENING, Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.marketplace.changes import BeginScan, StoreScan
from taskforce.core.marketplace.events import found_artifacts, reading
from taskforce.core.marketplace.ports import Tell
from taskforce.core.marketplace.task import KIND, FoundArtifact, ScanResult, ScanSummary, ScanTask

TIMEOUT = timedelta(seconds=120)
"""Of one try."""
AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=2), unless=(Invalid, NotFound))
STORED = "stored"
FETCHED = 80.0
"""Percent of a scan that are done when its repository is here."""
STORING = 95.0


class ScanProgram(Program):
    """Plays scans."""

    kind: ClassVar[str] = KIND

    def __init__(self, scanning: Scanning, *, timeout: timedelta = TIMEOUT) -> None:
        self._scanning = scanning
        self._timeout = timeout

    def opening(self, job: Job) -> Event:
        task = ScanTask.model_validate(job.input)
        details: JsonObject = {"url": task.url, "ref": task.ref}
        return Event(type=OPENING, message=f"{task.url} at {task.ref}", details=details)

    def taken_in(self, job: Job) -> Sequence[Change]:
        """Return what is written with a scan that is tried again; a new one comes with it (ScanIntake)."""
        task = ScanTask.model_validate(job.input)
        if job.continues is None or task.source is None:
            return ()
        begin = BeginScan(
            source=task.source,
            job=job.id,
            at=job.created_at,
            continues=job.continues,
            scanned_as=task.scanned_as,
        )
        return (begin,)

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        task = ScanTask.model_validate(job.input)
        scan = partial(self._scan, task, ctx)
        try:
            result = await ctx.step(KIND, scan, type=ScanResult, retry=AGAIN, timeout=self._timeout)
        except StepFailed as failed:
            raise JobFailed(failed.reason, failed.message) from failed
        await ctx.emit("found", found_artifacts(result))
        if task.source is None:
            return result.model_dump(mode="json")
        await ctx.progress(STORING, "storing")
        return (await _stored(job, ctx, task, result)).model_dump(mode="json")

    async def _scan(self, task: ScanTask, ctx: JobContext) -> ScanResult:
        wanted = Wanted(
            url=task.url,
            ref=task.ref,
            root_hint=task.root_hint,
            manual_map=task.manual_map,
            known_commit=task.known_commit,
        )
        async with _showing(ctx) as tell:
            scanned = await self._scanning.scan(wanted, tell=tell)
        return ScanResult(
            commit_sha=scanned.commit_sha,
            artifacts=tuple(map(FoundArtifact.of, scanned.found)),
            left_out=scanned.left_out,
            is_known=scanned.is_known,
        )


async def _stored(job: Job, ctx: JobContext, task: ScanTask, result: ScanResult) -> ScanSummary:
    """Write what was found, with the job's end: in one transaction, and again when it is tried again."""
    assert task.source is not None  # noqa: S101 - for the type checker
    key = f"{STORED}/{job.id}"
    change = StoreScan(
        source=task.source,
        job=job.id,
        by=job.created_by,
        at=ctx.now(f"{key}/at"),
        commit_sha=result.commit_sha,
        scanned_as=task.scanned_as,
        found=None if result.is_known else tuple(one.found() for one in result.artifacts),
    )
    await ctx.write(key, change)
    return ScanSummary(
        source_id=task.source,
        commit_sha=result.commit_sha,
        is_known=result.is_known,
        counts=None if result.is_known else dict(Counter(one.type for one in result.artifacts)),
        left_out=result.left_out,
    )


@asynccontextmanager
async def _showing(ctx: JobContext) -> AsyncIterator[Tell]:
    """Show how far a fetch is while it goes on; who tells it does not wait for that."""
    news = asyncio.Event()
    told: list[tuple[float, str]] = []

    def tell(share: float, doing: str) -> None:
        told[:] = [(FETCHED * share, doing)]
        news.set()

    async def show() -> None:
        while True:
            await news.wait()
            news.clear()
            ((percent, doing),) = told
            await ctx.hint(reading(percent, doing))
            await ctx.progress(percent, doing)

    shown = asyncio.ensure_future(show())
    try:
        yield tell
    finally:
        shown.cancel()
        await asyncio.gather(shown, return_exceptions=True)
