"""The use cases of jobs."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

from taskforce.application.jobs.attendance import Attendance
from taskforce.application.jobs.desk import JobDesk
from taskforce.application.jobs.log_page import LogPage
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.application.jobs.prune_schemas import PruneJobs, PruneView
from taskforce.application.jobs.schemas import (
    ArtifactView,
    CancelJob,
    GetArtifact,
    GetJob,
    JobView,
    ListJobs,
    RetryJob,
    WatchJob,
)
from taskforce.application.jobs.watch import LogFollower
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.errors import FieldError, Invalid
from taskforce.core.identity import ArtifactId, JobId
from taskforce.core.jobs.ports import JobFeed, JobFilter, JobStore
from taskforce.core.jobs.retrying import RetryRule
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal
from taskforce.on_demand import on_demand

with on_demand(__name__):
    from taskforce.application.jobs.retention import Retention


class JobService:
    """Shows, watches, cancels, retries and prunes jobs."""

    def __init__(
        self,
        *,
        store: JobStore,
        artifacts: ArtifactStore,
        feed: JobFeed,
        desk: JobDesk,
        once: Once,
        attendance: Attendance,
        retention: Callable[[], Retention],
        retries: Mapping[str, Callable[[], RetryRule]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._attendance = attendance
        self._artifacts = artifacts
        self._desk = desk
        self._once = once
        self._retention = retention
        self._retries = retries
        """By kind of job; what makes it is called when it is needed, and so with retention."""
        self._clock = clock
        self._follower = LogFollower(store=store, feed=feed)

    async def list(self, principal: Principal, request: ListJobs) -> Listing[JobView]:
        """List jobs, newest first."""
        wanted = JobFilter(
            project=principal.project,
            status=request.status,
            kind=request.kind,
            subject=request.subject,
            dead=request.dead,
        )
        found = await self._store.list(wanted, Page(limit=request.limit, offset=request.offset))
        lacks = self._attendance.lacks
        views = tuple(JobView.of(job, is_unattended=lacks(job)) for job in found.items)
        return Listing(items=views, total=found.total)

    async def get(self, principal: Principal, request: GetJob) -> JobView:
        """Show a job and what it waits for."""
        job = await self._store.get(JobId(request.job_id), project=principal.project)
        waits = () if job.status.is_over else await self._store.waits(job.id)
        return JobView.of(job, waits, is_unattended=self._attendance.lacks(job))

    async def watch(self, principal: Principal, request: WatchJob) -> AsyncGenerator[LogPage, None]:
        """Watch a job's events from any number on, until it is over.

        The job is looked up before this returns, so that a wrong id or number is an error and no stream.
        Raises JobNotFound, or Invalid when `after` lies beyond the log.
        """
        job = await self._store.get(JobId(request.job_id), project=principal.project)
        if request.after > job.last_event:
            detail = f"the log of this job ends at {job.last_event}"
            raise Invalid(
                f"after is too high: {detail}.",
                errors=[FieldError(pointer="/after", code="beyond_the_end", detail=detail)],
            )
        self._desk.open()
        return self._follower.follow(job.id, after=request.after, known=job.last_event)

    async def cancel(self, principal: Principal, request: CancelJob) -> JobView:
        """Cancel a job that is not over, and its children before it."""
        return JobView.of(await self._desk.cancel(JobId(request.job_id), principal))

    async def retry(self, principal: Principal, request: RetryJob, *, key: str | None = None) -> JobView:
        """Try an ended job again: a new job that continues it and reuses its recorded steps."""

        async def make(note: Note) -> JobView:
            job = await self._store.get(JobId(request.job_id), project=principal.project)
            rule = self._retries.get(job.kind)
            given = None if rule is None else await rule().input(principal, job)
            again = self._desk.again(job, principal, input=given)
            return JobView.of(await self._desk.accept(again, changes=note(again.id)))

        keyed = Keyed.of("jobs.retry", principal, request, key)
        return await self._once.do(keyed, make=make, again=partial(self._desk.handed_in, principal=principal))

    async def prune(self, principal: Principal, request: PruneJobs) -> PruneView:
        """Remove what ended long ago: jobs with their logs, steps and artifacts, and sessions long not used.

        What is kept together goes together: a job with those it started or that continue it, a session with
        its jobs. Asked again it goes on where it broke off. Raises Invalid where nothing says how old.
        """
        age = request.age or self._retention().kept
        if age is None:
            detail = "say how old, such as 30d, or set retention_days"
            raise Invalid(
                f"older_than is missing: {detail}.",
                errors=[FieldError(pointer="/older_than", code="missing", detail=detail)],
            )
        before = self._clock.now() - age
        counts = await self._retention().prune(principal.project, before=before, dry_run=request.dry_run)
        return PruneView(before=before, dry_run=request.dry_run, **counts)

    async def artifacts(self, principal: Principal, request: GetJob) -> Sequence[ArtifactView]:
        """List the artifacts of a job."""
        job = await self._store.get(JobId(request.job_id), project=principal.project)
        return [ArtifactView.of(artifact) for artifact in await self._store.artifacts(job.id)]

    async def artifact(
        self, principal: Principal, request: GetArtifact
    ) -> tuple[ArtifactView, AbstractAsyncContextManager[AsyncIterator[bytes]]]:
        """Show an artifact and open its bytes."""
        found = await self._store.artifact(ArtifactId(request.artifact_id), project=principal.project)
        return ArtifactView.of(found), self._artifacts.open(found.ref)
