"""The job store in a SQL database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection

from taskforce.core.artifacts import Artifact
from taskforce.core.clock import Clock
from taskforce.core.identity import ArtifactId, JobId, ProjectId, WaitId, WorkerId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import KeyedEvent, RecordedEvent
from taskforce.core.jobs.model import Job, Outcome, Progress
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
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.database.database import PATIENT, PROMPT, Database, Guard
from taskforce.infrastructure.jobs import sql_reads, transitions
from taskforce.infrastructure.jobs.ledger import NOTHING_TO_TELL, NOTHING_TO_WRITE, Closings, Endings, Ledger
from taskforce.infrastructure.jobs.sql_ledger import (
    NO_OUTLET,
    NOTHING_SHARED,
    Applier,
    Outlet,
    Shared,
    SqlLedger,
)
from taskforce.infrastructure.jobs.sql_record import record_of

T = TypeVar("T")


class SqlJobStore(JobStore):
    """Jobs as rows. `appliers` write a capability's own rows, by the type of the change.

    The members of an input that `shared` names are stored once for all jobs in which they are the same. What
    `closings` tell of an ended job is written in the transaction that ends it, and so are its `endings`.
    The `outlet` writes the events that are to leave.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        appliers: Mapping[type, Applier],
        *,
        shared: Shared = NOTHING_SHARED,
        closings: Closings = NOTHING_TO_TELL,
        endings: Endings = NOTHING_TO_WRITE,
        outlet: Outlet = NO_OUTLET,
    ) -> None:
        self._database = database
        self._clock = clock
        self._appliers = appliers
        self._shared = shared
        self._closings = closings
        self._endings = endings
        self._outlet = outlet

    async def submit(
        self,
        job: Job,
        *,
        events: Sequence[KeyedEvent] = (),
        changes: Sequence[Change] = (),
        lease: LeaseRequest | None = None,
        most_waiting: int | None = None,
    ) -> Job:
        return await self._write(
            lambda ledger: transitions.submit(
                ledger, job, events=events, changes=changes, lease=lease, most_waiting=most_waiting
            ),
            # Under a limit it is counted who runs, after nobody else may: that is to be seen.
            guard=_guard(changes) if job.concurrency is None else Guard.ROWS,
        )

    async def claim(self, claims: Claims, lease: LeaseRequest) -> Job | None:
        if not await self.is_due(claims):  # who only reads keeps nobody from writing
            return None
        return await self._record(lambda ledger: transitions.claim(ledger, claims, lease))

    async def commit(self, job: Job, commit: Commit, *, lease: timedelta) -> int:
        return await self._record(
            lambda ledger: transitions.commit(ledger, job, commit, lease=lease), guard=_guard(commit.changes)
        )

    async def park(self, job: Job, commit: Commit) -> Job:
        return await self._record(
            lambda ledger: transitions.park(ledger, job, commit), guard=_guard(commit.changes)
        )

    async def end(self, job: Job, commit: Commit, outcome: Outcome) -> Job:
        return await self._record(
            lambda ledger: transitions.end(ledger, job, commit, outcome), guard=_guard(commit.changes)
        )

    async def release(self, job: Job, *, pause: timedelta | None = None) -> None:
        await self._record(lambda ledger: transitions.release(ledger, job, pause=pause))

    async def heartbeat(
        self, jobs: Sequence[Job], *, lease: timedelta, progress: Mapping[JobId, Progress]
    ) -> Pulse:
        return await self._record(
            lambda ledger: transitions.heartbeat(ledger, jobs, lease=lease, progress=progress)
        )

    async def abandon(self, owners: Collection[WorkerId]) -> int:
        return await self._record(lambda ledger: transitions.abandon(ledger, owners))

    async def cancel(self, job_id: JobId, *, project: ProjectId) -> Job:
        return await self._write(lambda ledger: transitions.cancel(ledger, job_id, project=project))

    async def answer(self, wait_id: WaitId, signal: Signal, *, job_id: JobId, project: ProjectId) -> Job:
        return await self._write(
            lambda ledger: transitions.answer(ledger, wait_id, signal, job_id=job_id, project=project)
        )

    async def glance(self, jobs: Sequence[Job]) -> Pulse:
        return await self._database.read(
            lambda connection: transitions.glance(self._ledger(connection), jobs)
        )

    async def get(self, job_id: JobId, *, project: ProjectId | None) -> Job:
        return await self._database.read(
            lambda connection: sql_reads.get(connection, job_id, project=project)
        )

    async def list(self, wanted: JobFilter, page: Page) -> Listing[Job]:
        return await self._database.read(lambda connection: sql_reads.listed(connection, wanted, page))

    async def latest(self, subjects: Sequence[str], *, project: ProjectId) -> Mapping[str, Job]:
        return await self._database.read(
            lambda connection: sql_reads.latest(connection, subjects, project=project)
        )

    async def below(self, job_id: JobId) -> tuple[Job, ...]:
        return await self._database.read(lambda connection: sql_reads.below(connection, job_id))

    async def load(self, job: Job) -> Record:
        return await self._database.read(lambda connection: record_of(connection, job))

    async def owners(self) -> frozenset[WorkerId]:
        return await self._database.read(sql_reads.owners)

    async def waits(self, job_id: JobId) -> tuple[Wait, ...]:
        return await self._database.read(lambda connection: sql_reads.open_waits(connection, job_id))

    async def events(self, job_id: JobId, *, after: int, limit: int) -> tuple[RecordedEvent, ...]:
        return await self._database.read(
            lambda connection: sql_reads.events(connection, job_id, after=after, limit=limit)
        )

    async def heads(self, job_ids: Collection[JobId]) -> Mapping[JobId, Head]:
        return await self._database.read(lambda connection: sql_reads.heads(connection, job_ids))

    async def is_due(self, claims: Claims) -> bool:
        return await self._database.read(
            lambda connection: sql_reads.is_due(connection, claims, now=self._clock.now())
        )

    async def due(self, claims: Claims) -> int:
        return await self._database.read(
            lambda connection: sql_reads.due(connection, claims, now=self._clock.now())
        )

    async def depths(self) -> Mapping[str, int]:
        return await self._database.read(
            lambda connection: sql_reads.depths(connection, now=self._clock.now())
        )

    async def artifact(self, artifact_id: ArtifactId, *, project: ProjectId) -> Artifact:
        return await self._database.read(
            lambda connection: sql_reads.artifact(connection, artifact_id, project=project)
        )

    async def artifacts(self, job_id: JobId) -> tuple[Artifact, ...]:
        return await self._database.read(lambda connection: sql_reads.artifacts(connection, job_id))

    async def check(self) -> None:
        await self._database.check()

    async def _write(
        self, work: Callable[[Ledger], T], *, patience: timedelta = PROMPT, guard: Guard = Guard.ROWS
    ) -> T:
        return await self._database.write(
            lambda connection: work(self._ledger(connection)), patience=patience, guard=guard
        )

    async def _record(self, work: Callable[[Ledger], T], *, guard: Guard = Guard.ROWS) -> T:
        """Write what a worker has done, or is to do."""
        return await self._write(work, patience=PATIENT, guard=guard)

    def _ledger(self, connection: Connection) -> Ledger:
        return SqlLedger(
            connection,
            clock=self._clock,
            appliers=self._appliers,
            shared=self._shared,
            closings=self._closings,
            endings=self._endings,
            outlet=self._outlet,
        )


def _guard(changes: Sequence[Change]) -> Guard:
    """Return what is enough: jobs are locked and fenced row by row, a capability's rows need not be."""
    return Guard.ALL if changes else Guard.ROWS
