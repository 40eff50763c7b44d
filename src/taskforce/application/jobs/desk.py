"""The kernel's counter: where the capabilities hand in jobs and words for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from structlog.contextvars import get_contextvars

from taskforce.application.jobs.schemas import JobView
from taskforce.application.jobs.staffing import Staffing
from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.identity import IdSource, JobId, WaitId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.model import Job, Origin
from taskforce.core.jobs.ports import JobFeed, JobQueue, JobStore
from taskforce.core.jobs.signals import Signal, SignalName
from taskforce.core.principals import Principal


class JobDesk:
    """Takes in new jobs, answers and cancels, and wakes whoever has to know."""

    def __init__(
        self,
        *,
        store: JobStore,
        queue: JobQueue,
        feed: JobFeed,
        staffing: Staffing,
        clock: Clock,
        ids: IdSource,
        on_end: Callable[[], Callable[[Job], object]],
    ) -> None:
        self._store = store
        self._queue = queue
        self._feed = feed
        self._staffing = staffing
        self._clock = clock
        self._ids = ids
        self._on_end = on_end
        """Gives who is told each job that ends here, without being played."""

    def open(self) -> None:
        """See that this process's worker is there, if it is to have one."""
        self._staffing.worker.start()

    def new(
        self, kind: str, principal: Principal, input: JsonObject, *, subject: str | None, alone: bool
    ) -> Job:
        """Return a new job, not stored yet; if `alone`, no other of its subject may run beside it."""
        now = self._clock.now()
        job_id = JobId(self._ids.new())
        return Job(
            id=job_id,
            kind=kind,
            project=principal.project,
            input=input,
            created_by=principal.name,
            created_at=now,
            updated_at=now,
            subject=subject,
            lock=subject if alone else None,
            root=job_id,
            origin=_origin(),
        )

    def again(self, job: Job, principal: Principal, *, input: JsonObject | None = None) -> Job:
        """Return a new job that continues an ended one, not stored yet. Raises JobNotOver."""
        again = job.retry(JobId(self._ids.new()), by=principal.name, now=self._clock.now(), input=input)
        return replace(again, origin=_origin())

    async def accept(self, job: Job, *, changes: Sequence[Change] = ()) -> Job:
        """Store a new job and see that it is played: here if a place is free, else wherever one is.

        Once stored it is not lost: a caller that leaves meanwhile leaves it running. Raises LockHeld.
        """
        return await self._staffing.worker.accept(job, changes=changes)

    async def handed_in(self, job_id: str, *, principal: Principal) -> JobView:
        """Show a job that the same request handed in before, and see that it is played."""
        job = await self._store.get(JobId(job_id), project=principal.project)
        waits = () if job.status.is_over else await self._store.waits(job.id)
        self._staffing.worker.start()
        return JobView.of(job, waits, is_replayed=True)

    async def answer(
        self, job_id: JobId, wait_id: WaitId, name: SignalName, payload: JsonObject, principal: Principal
    ) -> Job:
        """Give a wait its signal. Raises JobNotFound, WaitNotFound, WaitNotOpen."""
        signal = Signal(name=name, payload=payload, by=principal.name, at=self._clock.now())
        job = await self._store.answer(wait_id, signal, job_id=job_id, project=principal.project)
        self._tell(job)
        return job

    async def cancel(self, job_id: JobId, principal: Principal) -> Job:
        """Cancel a job and its children. Raises JobNotFound, JobIsOver."""
        job = await self._store.cancel(job_id, project=principal.project)
        if job.status.is_over:
            self._on_end()(job)
        self._tell(job)
        return job

    def _tell(self, job: Job) -> None:
        self._queue.notify(job.kind, job.id)
        self._feed.moved(job.id)
        self._staffing.look()


def _origin() -> Origin:
    """Return the request that is being served, as the door bound it to the log's context."""
    bound = get_contextvars()
    return Origin(request_id=str(bound.get("request_id", "")), traceparent=str(bound.get("traceparent", "")))
