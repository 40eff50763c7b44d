"""The job store in memory, for tests and for work that need not outlive the process."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from taskforce.core.artifacts import Artifact, ArtifactNotFound
from taskforce.core.clock import Clock
from taskforce.core.identity import ArtifactId, JobId, ProjectId, WaitId, WorkerId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.events import KeyedEvent, RecordedEvent
from taskforce.core.jobs.model import Job, JobStatus, Outcome, Progress
from taskforce.core.jobs.ports import (
    Claims,
    Commit,
    Head,
    JobFilter,
    JobStore,
    LeaseRequest,
    Pulse,
    Record,
)
from taskforce.core.jobs.signals import Signal, Wait
from taskforce.core.jobs.steps import StepRecord
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.jobs import transitions
from taskforce.infrastructure.jobs.ledger import NOTHING_TO_TELL, NOTHING_TO_WRITE, Closings, Endings
from taskforce.infrastructure.jobs.memory_ledger import (
    NO_OUTLET,
    Applier,
    MemoryLedger,
    Outlet,
    Tables,
)

T = TypeVar("T")


class MemoryJobStore(JobStore):
    """Jobs in dictionaries, under the same rules as in a database. Usable from any thread."""

    def __init__(
        self,
        clock: Clock,
        appliers: Mapping[type, Applier],
        *,
        closings: Closings = NOTHING_TO_TELL,
        endings: Endings = NOTHING_TO_WRITE,
        outlet: Outlet = NO_OUTLET,
    ) -> None:
        self._outlet = outlet
        self._clock = clock
        self._appliers = appliers
        self._closings = closings
        self._endings = endings
        self._tables = Tables()
        self._lock = Lock()

    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs, oldest first."""
        with self._lock:
            return tuple(sorted(self._tables.jobs.values(), key=lambda job: (job.created_at, job.id)))

    def find(self, job_id: JobId) -> Job | None:
        """Return a job, if there is one; also for an applier, while its transaction is under way."""
        return self._tables.jobs.get(job_id)

    def all_jobs(self) -> tuple[Job, ...]:
        """Return all jobs, the pruned ones too, oldest first."""
        return tuple(sorted((*self.jobs(), *self.pruned()), key=lambda job: (job.created_at, job.id)))

    def pruned(self) -> tuple[Job, ...]:
        """Return the jobs that are out of sight."""
        with self._lock:
            return tuple(self._tables.pruned.values())

    def prune(self, job_ids: Collection[JobId], *, at: datetime) -> None:
        """Take jobs out of sight; those that are already stay so."""
        with self._lock:
            tables = self._tables
            for job_id in tables.jobs.keys() & set(job_ids):
                tables.pruned[job_id] = tables.jobs.pop(job_id)
                tables.events.pop(job_id, None)
            for artifact in [one for one in tables.artifacts.values() if one.job_id in job_ids]:
                del tables.artifacts[artifact.ref.id]

    def forget(self, job_id: JobId) -> None:
        """Remove what is left of a pruned job."""
        with self._lock:
            if self._tables.pruned.pop(job_id, None) is not None:
                for table in (self._tables.steps, self._tables.told, self._tables.waits):
                    table.pop(job_id, None)

    def forget_artifacts(self, job_id: JobId, *, below: str) -> None:
        """Remove the records of what a job has stored under keys that begin so."""
        with self._lock:
            artifacts = self._tables.artifacts
            for one in [each for each in artifacts.values() if each.job_id == job_id]:
                if one.ref.key.startswith(below):
                    del artifacts[one.ref.id]

    async def submit(
        self,
        job: Job,
        *,
        events: Sequence[KeyedEvent] = (),
        changes: Sequence[Change] = (),
        lease: LeaseRequest | None = None,
        most_waiting: int | None = None,
    ) -> Job:
        return self._do(
            lambda ledger: transitions.submit(
                ledger, job, events=events, changes=changes, lease=lease, most_waiting=most_waiting
            )
        )

    async def claim(self, claims: Claims, lease: LeaseRequest) -> Job | None:
        return self._do(lambda ledger: transitions.claim(ledger, claims, lease))

    async def commit(self, job: Job, commit: Commit, *, lease: timedelta) -> int:
        return self._do(lambda ledger: transitions.commit(ledger, job, commit, lease=lease))

    async def park(self, job: Job, commit: Commit) -> Job:
        return self._do(lambda ledger: transitions.park(ledger, job, commit))

    async def end(self, job: Job, commit: Commit, outcome: Outcome) -> Job:
        return self._do(lambda ledger: transitions.end(ledger, job, commit, outcome))

    async def release(self, job: Job, *, pause: timedelta | None = None) -> None:
        self._do(lambda ledger: transitions.release(ledger, job, pause=pause))

    async def heartbeat(
        self, jobs: Sequence[Job], *, lease: timedelta, progress: Mapping[JobId, Progress]
    ) -> Pulse:
        return self._do(lambda ledger: transitions.heartbeat(ledger, jobs, lease=lease, progress=progress))

    async def abandon(self, owners: Collection[WorkerId]) -> int:
        return self._do(lambda ledger: transitions.abandon(ledger, owners))

    async def cancel(self, job_id: JobId, *, project: ProjectId) -> Job:
        return self._do(lambda ledger: transitions.cancel(ledger, job_id, project=project))

    async def answer(self, wait_id: WaitId, signal: Signal, *, job_id: JobId, project: ProjectId) -> Job:
        return self._do(
            lambda ledger: transitions.answer(ledger, wait_id, signal, job_id=job_id, project=project)
        )

    async def glance(self, jobs: Sequence[Job]) -> Pulse:
        return self._do(lambda ledger: transitions.glance(ledger, jobs))

    async def get(self, job_id: JobId, *, project: ProjectId | None) -> Job:
        found = self._do(lambda ledger: ledger.find(job_id))
        if found is None or project not in {None, found.project}:
            raise JobNotFound(job_id)
        return found

    async def list(self, wanted: JobFilter, page: Page) -> Listing[Job]:
        found = [job for job in reversed(self.jobs()) if _fits(job, wanted)]
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def latest(self, subjects: Sequence[str], *, project: ProjectId) -> Mapping[str, Job]:
        wanted = frozenset(subjects)
        return {
            job.subject: job
            for job in self.jobs()
            if job.subject is not None and job.subject in wanted and job.project == project
        }

    async def below(self, job_id: JobId) -> tuple[Job, ...]:
        return tuple(self._do(lambda ledger: ledger.below(job_id)))

    async def load(self, job: Job) -> Record:
        with self._lock:
            steps: dict[str, StepRecord] = {}
            waits: dict[str, Wait] = {}
            for near in reversed(self._chain(job.id)):
                is_own = near == job.id
                for step in self._tables.steps.get(near, {}).values():
                    steps.pop(step.key, None)
                    if is_own or step.outlives_its_job:
                        steps[step.key] = step
                for stored in self._tables.waits.get(near, {}).values():
                    if is_own or not stored.wait.is_open():
                        waits[stored.wait.key] = stored.wait
            return Record(steps=steps, waits=waits, events=frozenset(self._tables.told.get(job.id, {})))

    async def owners(self) -> frozenset[WorkerId]:
        return frozenset(job.lease.owner for job in self.jobs() if job.lease is not None)

    async def waits(self, job_id: JobId) -> tuple[Wait, ...]:
        def answerable(ledger: MemoryLedger) -> tuple[Wait, ...]:
            job = ledger.find(job_id)
            return () if job is None or job.status.is_over else tuple(ledger.open_waits(job_id))

        return self._do(answerable)

    async def events(self, job_id: JobId, *, after: int, limit: int) -> tuple[RecordedEvent, ...]:
        with self._lock:
            log = self._tables.events.get(job_id, {})
            return tuple(log[number] for number in range(after + 1, after + 1 + limit) if number in log)

    async def heads(self, job_ids: Collection[JobId]) -> Mapping[JobId, Head]:
        with self._lock:
            found = [self._tables.jobs[job_id] for job_id in job_ids if job_id in self._tables.jobs]
        return {job.id: Head(last_event=job.last_event, status=job.status) for job in found}

    async def is_due(self, claims: Claims) -> bool:
        return self._do(lambda ledger: ledger.next_due(claims, now=ledger.now()) is not None)

    async def due(self, claims: Claims) -> int:
        return self._do(lambda ledger: len(ledger.due(claims, now=ledger.now())))

    async def depths(self) -> Mapping[str, int]:
        now = self._clock.now()
        return Counter(job.kind for job in self.jobs() if job.is_claimable(now))

    async def artifact(self, artifact_id: ArtifactId, *, project: ProjectId) -> Artifact:
        with self._lock:
            found = self._tables.artifacts.get(artifact_id)
        if found is None or found.project != project:
            raise ArtifactNotFound(artifact_id)
        return found

    async def artifacts(self, job_id: JobId) -> tuple[Artifact, ...]:
        with self._lock:
            found = [artifact for artifact in self._tables.artifacts.values() if artifact.job_id == job_id]
        return tuple(sorted(found, key=lambda artifact: artifact.ref.key))

    async def check(self) -> None:
        return None

    def _do(self, work: Callable[[MemoryLedger], T]) -> T:
        with self._lock:
            ledger = MemoryLedger(
                self._tables,
                clock=self._clock,
                appliers=self._appliers,
                closings=self._closings,
                endings=self._endings,
                outlet=self._outlet,
            )
            try:
                return work(ledger)
            except BaseException:
                ledger.undo()
                raise

    def _chain(self, job_id: JobId) -> Sequence[JobId]:
        """Return the job and those it continues, the nearest first."""
        chain = [job_id]
        while (job := self._tables.jobs.get(chain[-1])) is not None and job.continues is not None:
            chain.append(job.continues)
        return chain


def _fits(job: Job, wanted: JobFilter) -> bool:
    pairs: tuple[tuple[Any, Any], ...] = (
        (job.status, wanted.status),
        (job.kind, wanted.kind),
        (job.subject, wanted.subject),
        (job.parent, wanted.parent),
    )
    if wanted.dead and not (job.status is JobStatus.FAILED and job.is_dead_letter):
        return False
    return job.project == wanted.project and all(want is None or have == want for have, want in pairs)
