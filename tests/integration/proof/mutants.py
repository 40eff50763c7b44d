"""Kernels with one safeguard taken out, by subclassing: a proof is worth something if each is caught."""

from asyncio import get_running_loop
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select

from taskforce.core.clock import Clock
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import AT_ONCE, Job, JobStatus, Outcome, Progress
from taskforce.core.jobs.ports import Claims, Commit, LeaseRequest, Pulse
from taskforce.core.jobs.steps import StepRecord
from taskforce.infrastructure.database.asked import Answer, Asked
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import Prepared
from taskforce.infrastructure.database.rows import step_values
from taskforce.infrastructure.database.tables import job_steps, jobs
from taskforce.infrastructure.jobs.ledger import Ledger
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_ledger import SqlLedger
from tests.integration.proof.machines import Seams
from tests.integration.proof.virtual_disk import VirtualDatabase


class _Unfenced(SqlJobStore):
    """Takes the epoch from the row instead of from whoever writes."""

    async def commit(self, job: Job, commit: Commit, *, lease: timedelta) -> int:
        return await super().commit(await self._now(job), commit, lease=lease)

    async def park(self, job: Job, commit: Commit) -> Job:
        return await super().park(await self._now(job), commit)

    async def end(self, job: Job, commit: Commit, outcome: Outcome) -> Job:
        return await super().end(await self._now(job), commit, outcome)

    async def heartbeat(
        self, jobs: Sequence[Job], *, lease: timedelta, progress: Mapping[JobId, Progress]
    ) -> Pulse:
        return await super().heartbeat([await self._now(job) for job in jobs], lease=lease, progress=progress)

    async def glance(self, jobs: Sequence[Job]) -> Pulse:
        return await super().glance([await self._now(job) for job in jobs])

    async def _now(self, job: Job) -> Job:
        return replace(job, epoch=(await self.get(job.id, project=None)).epoch)


class _WithoutReclaim(SqlLedger):
    """Leaves a running job to its worker for ever."""

    def next_due(self, claims: Claims, *, now: datetime) -> Job | None:
        found = super().next_due(claims, now=now)
        return None if found is not None and found.status is JobStatus.RUNNING else found


class _KeepingStore(SqlJobStore):
    def _ledger(self, connection: Connection) -> Ledger:
        return _WithoutReclaim(connection, clock=self._clock, appliers=self._appliers)


class _PuttingOff(SqlLedger):
    """Lets a job go on by its own clock, which may be ahead of the others'."""

    def save(self, job: Job) -> None:
        super().save(replace(job, due_at=self.now()) if job.due_at == AT_ONCE else job)


class _PuttingOffStore(SqlJobStore):
    def _ledger(self, connection: Connection) -> Ledger:
        return _PuttingOff(connection, clock=self._clock, appliers=self._appliers)


class _Ahead(Clock):
    """Thinks that every lease ends a second before it does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now() + timedelta(seconds=1)

    def monotonic(self) -> float:
        return self._clock.monotonic()


class _Stealing(SqlJobStore):
    """Claims by a clock that is ahead of the others'."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock, {})
        self._ahead = SqlJobStore(database, _Ahead(clock), {})

    async def claim(self, claims: Claims, lease: LeaseRequest) -> Job | None:
        return await self._ahead.claim(claims, lease)

    async def is_due(self, claims: Claims) -> bool:
        return await self._ahead.is_due(claims)


class _Hasty(VirtualDatabase):
    """Answers when the transaction has run, and commits a little later."""

    def commit(self, group: Sequence[Asked]) -> list[Answer]:
        answers = self._disk.rehearse(group)
        get_running_loop().call_later(0.05, super().commit, group)
        return answers


class _Keyless(VirtualDatabase):
    """Has a table of steps in which a key may be there twice."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on
        (found,) = self._disk.rows("SELECT sql FROM sqlite_master WHERE name = 'job_steps'")
        keyless = str(found[0]).replace('CONSTRAINT pk_job_steps PRIMARY KEY (job, "key"), ', "")
        if keyless != found[0]:
            self._disk.rows("DROP TABLE job_steps")
            self._disk.rows(keyless)


_NUMBER = select(jobs.c.number).where(jobs.c.id == bindparam("job_id")).scalar_subquery()
_ADD = Prepared(insert(job_steps).values(job=_NUMBER))


class _Doubling(SqlLedger):
    def recorded(self, job_id: JobId, keys: Collection[str]) -> set[str]:
        return set()

    def record(self, job_id: JobId, step: StepRecord, *, at: datetime) -> None:
        _ADD.run(self._connection, step_values(job_id, step, at=at))


class _DoublingStore(SqlJobStore):
    def _ledger(self, connection: Connection) -> Ledger:
        return _Doubling(connection, clock=self._clock, appliers=self._appliers)


SIMULATED: Mapping[str, Seams] = {
    "no fence": Seams(store=lambda database, clock: _Unfenced(database, clock, {})),
    "no reclaim": Seams(store=lambda database, clock: _KeepingStore(database, clock, {})),
    "early steal": Seams(store=_Stealing),
    "due by one clock": Seams(store=lambda database, clock: _PuttingOffStore(database, clock, {})),
    "told before it is durable": Seams(database=_Hasty),
    "no unique step key": Seams(
        database=_Keyless, store=lambda database, clock: _DoublingStore(database, clock, {})
    ),
}
