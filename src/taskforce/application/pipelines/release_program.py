"""The release program: packs what a commit built, and gives it the next number."""

from datetime import timedelta
from functools import partial
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.errors import JobFailed, StepFailed
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job, Throttle
from taskforce.core.jobs.program import JobContext, Program
from taskforce.core.jobs.retry import RetryPolicy
from taskforce.core.pipelines.changes import CreateRelease
from taskforce.core.pipelines.delivery import Product, Release
from taskforce.core.pipelines.errors import ReleaseExists, ReleaseNotFound
from taskforce.core.pipelines.events import release_created, release_started
from taskforce.core.pipelines.look_up import default_aliases
from taskforce.core.pipelines.packing import release_document, release_tag
from taskforce.core.pipelines.ports import Packed, ReleaseRegistry, ReleaseStore
from taskforce.core.pipelines.release_task import KIND, ReleaseTask, one_at_a_time, task_of

RELEASED = "released"
TIMEOUT = timedelta(minutes=15)
AGAIN = RetryPolicy(attempts=3, first=timedelta(seconds=1), factor=1.0)


class Written(BaseModel):
    """Where an artifact was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uri: str
    digest: str


class Made(BaseModel):
    """What a job released."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    release_id: str
    release_number: int
    canonical_id: str
    oci_uri: str
    oci_digest: str


class ReleaseProgram(Program):
    """Makes releases. Of one product one job is played at a time, so that the number it looks up is free.

    The number is looked up anew by each play until it is written: another job may have taken it while this
    one was queued again.
    """

    kind: ClassVar[str] = KIND

    def __init__(self, *, releases: ReleaseStore, registry: ReleaseRegistry) -> None:
        self._releases = releases
        self._registry = registry

    def opening(self, job: Job) -> Event:
        task = task_of(job)
        return release_started(task.product(job.project), task.commit_sha)

    def throttle(self, job: Job) -> Throttle:
        return one_at_a_time(task_of(job).product(job.project))

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        made = await ctx.recall(RELEASED, type=Made)
        if made is None:
            release = await self._made(job, ctx)
            await ctx.write(f"{job.id}/release", CreateRelease(release=release))
            await ctx.emit(f"{job.id}/release", release_created(release))
            made = Made(
                release_id=release.id,
                release_number=release.release_number,
                canonical_id=release.canonical_id,
                oci_uri=release.oci_uri,
                oci_digest=release.oci_digest,
            )
        made = await ctx.step(RELEASED, partial(_said, made), type=Made)
        return made.model_dump(mode="json")

    async def _made(self, job: Job, ctx: JobContext) -> Release:
        """Return the release, packed and not written yet. Raises JobFailed."""
        task = task_of(job)
        product = task.product(job.project)
        await self._check(product, task)
        number = await self._releases.last_number(product) + 1
        packed = await self._packed(ctx, task, product, number)
        return Release(
            id=job.id,
            product=product,
            commit_sha=task.commit_sha,
            release_number=number,
            oci_uri=packed.uri,
            oci_digest=packed.digest,
            created_at=ctx.now(f"{number}/made"),
            created_by=job.created_by,
            artifacts=task.built(),
            aliases=default_aliases(number, branch=task.branch, tag=task.tag, project_name=product.name),
            trigger=task.trigger(),
            run=task.run,
        )

    async def _check(self, product: Product, task: ReleaseTask) -> None:
        """Return when the commit has no release yet. Raises JobFailed."""
        try:
            found = await self._releases.find(product, task.commit_sha)
        except ReleaseNotFound:
            return
        exists = ReleaseExists(found.id)
        raise JobFailed(exists.code, exists.message, details=exists.details)

    async def _packed(self, ctx: JobContext, task: ReleaseTask, product: Product, number: int) -> Written:
        document = release_document(
            product,
            commit_sha=task.commit_sha,
            number=number,
            artifacts=task.built(),
            trigger=task.trigger(),
        )

        async def pack() -> Written:
            tag = release_tag(number, task.commit_sha)
            packed: Packed = await self._registry.pack(document, product=product, tag=tag)
            return Written(uri=packed.uri, digest=packed.digest)

        try:
            return await ctx.step(f"{number}/pack", pack, type=Written, retry=AGAIN, timeout=TIMEOUT)
        except StepFailed as failed:
            raise JobFailed(failed.reason, failed.message) from failed


async def _said(made: Made) -> Made:
    return made
