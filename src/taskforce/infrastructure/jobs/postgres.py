"""The job store on PostgreSQL: what is usual takes one round trip, and one for all who ask at once."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache

from taskforce.core.clock import Clock
from taskforce.core.identity import JobId, ProjectId
from taskforce.core.jobs.changes import Change
from taskforce.core.jobs.events import KeyedEvent, RecordedEvent, closing_events
from taskforce.core.jobs.model import Job, JobStatus, Outcome, Progress
from taskforce.core.jobs.ports import Claims, Commit, Head, LeaseRequest, Pulse
from taskforce.infrastructure.database.postgres import PostgresDatabase
from taskforce.infrastructure.database.postgres_errors import MaybeWritten
from taskforce.infrastructure.database.rows import job_state, job_values
from taskforce.infrastructure.jobs import transitions
from taskforce.infrastructure.jobs.ledger import NOTHING_TO_TELL, NOTHING_TO_WRITE, Closings, Endings
from taskforce.infrastructure.jobs.postgres_claims import Claiming, claimed, is_something_unusual_due
from taskforce.infrastructure.jobs.postgres_reads import (
    Dues,
    Getting,
    Glances,
    Heads,
    Kinds,
    Pages,
    event_of,
    job_of,
)
from taskforce.infrastructure.jobs.postgres_statements import Ending, Prolonging, Submitting, Told
from taskforce.infrastructure.jobs.sql import SqlJobStore
from taskforce.infrastructure.jobs.sql_ledger import NO_OUTLET, NOTHING_SHARED, Applier, Outlet, Shared

_GETTING, _HEADS, _PAGES, _GLANCES, _DUES = Getting(), Heads(), Pages(), Glances(), Dues()


class PostgresJobStore(SqlJobStore):
    """Jobs as rows of PostgreSQL. What is unusual goes the way of every SQL database, by the same rules.

    Unusual is what writes more than steps, events and progress, what touches another job, and what the
    statement finds otherwise than it should be: then it has written nothing.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        clock: Clock,
        appliers: Mapping[type, Applier],
        *,
        shared: Shared = NOTHING_SHARED,
        closings: Closings = NOTHING_TO_TELL,
        endings: Endings = NOTHING_TO_WRITE,
        outlet: Outlet = NO_OUTLET,
    ) -> None:
        super().__init__(
            database, clock, appliers, shared=shared, closings=closings, endings=endings, outlet=outlet
        )
        self._postgres = database
        self._submitting = Submitting(outlet.leaving)
        self._claiming = cache(Claiming)
        self._prolonging = Prolonging(outlet.leaving)
        self._ending = Ending(outlet.leaving)

    async def submit(
        self,
        job: Job,
        *,
        events: Sequence[KeyedEvent] = (),
        changes: Sequence[Change] = (),
        lease: LeaseRequest | None = None,
        most_waiting: int | None = None,
    ) -> Job:
        if not changes and self._is_born_as_usual(job):
            now, told = self._clock.now(), transitions.unique(events)
            born = job if lease is None else job.claim(lease.worker, now=now, lease=lease.duration)
            born = replace(born, last_event=len(told))
            row = {**job_values(born), "own": born.input}
            asked = Told(job=born, at=now, row=row, steps=(), events=told)
            if await self._postgres.at_once(self._submitting, asked):
                return born
        return await super().submit(
            job, events=events, changes=changes, lease=lease, most_waiting=most_waiting
        )

    async def claim(self, claims: Claims, lease: LeaseRequest) -> Job | None:
        if claims.roots is None:
            claiming = self._claiming(claims.kinds, lease)
            for row in await self._postgres.at_once(claiming, self._clock.now()) or ():
                job = claimed(row)
                if job is not None or not is_something_unusual_due(row):
                    return job
        return await super().claim(claims, lease)

    async def commit(self, job: Job, commit: Commit, *, lease: timedelta) -> int:
        if not _is_usual(commit):
            return await super().commit(job, commit, lease=lease)
        try:
            told = self._told(job, commit, commit.events)
            told.row["lease_until"] = told.at + lease
            for _, last_event in await self._postgres.at_once(self._prolonging, told) or ():
                return int(last_event)
            return await super().commit(job, commit, lease=lease)
        except MaybeWritten:
            return await self._record(
                lambda ledger: transitions.commit_again(ledger, job, commit, lease=lease)
            )

    async def end(self, job: Job, commit: Commit, outcome: Outcome) -> Job:
        if _is_usual(commit) and self._ends_as_usual(job):
            told = self._told(job, commit, (*commit.events, *closing_events(outcome)))
            state = job_state(job.end(outcome, now=told.at))
            told.row.update({name: state[name] for name in ("status", "result", "failure")})
            for row in await self._postgres.at_once(self._ending, told) or ():
                _, last_event, percent, message, cancel_requested, version = row
                return replace(
                    job,
                    losses=0,
                    last_event=last_event,
                    progress=Progress(percent=percent, message=message),
                    cancel_requested=cancel_requested,
                    version=version - 1,
                ).end(outcome, now=told.at)
        return await super().end(job, commit, outcome)

    async def get(self, job_id: JobId, *, project: ProjectId | None) -> Job:
        for row in await self._postgres.at_once(_GETTING, {"id": job_id}) or ():
            job = job_of(row[1:])
            if project is None or job.project == project:
                return job
        return await super().get(job_id, project=project)

    async def events(self, job_id: JobId, *, after: int, limit: int) -> tuple[RecordedEvent, ...]:
        asked = {"id": job_id, "after": after, "most": limit}
        rows = await self._postgres.at_once(_PAGES, asked)
        if rows is None:
            return await super().events(job_id, after=after, limit=limit)
        return tuple(event_of(row) for row in rows)

    async def heads(self, job_ids: Collection[JobId]) -> Mapping[JobId, Head]:
        ids = list(job_ids)
        found = await asyncio.gather(*(self._postgres.at_once(_HEADS, {"id": job_id}) for job_id in ids))
        heads: dict[JobId, Head] = {}
        for job_id, rows in zip(ids, found, strict=True):
            if rows is None:
                return await super().heads(ids)
            for _, last_event, status in rows:
                heads[job_id] = Head(last_event=last_event, status=JobStatus(status))
        return heads

    async def glance(self, jobs: Sequence[Job]) -> Pulse:
        asked = ({"id": job.id, "epoch": job.epoch} for job in jobs)
        found = await asyncio.gather(*(self._postgres.at_once(_GLANCES, one) for one in asked))
        lost: set[JobId] = set()
        cancelled: set[JobId] = set()
        answered: set[JobId] = set()
        for job, rows in zip(jobs, found, strict=True):
            if rows is None:
                return await super().glance(jobs)
            if not rows:
                lost.add(job.id)
            for _, is_cancelled, is_answered in rows:
                cancelled.update([job.id] if is_cancelled else ())
                answered.update([job.id] if is_answered else ())
        return Pulse(lost=frozenset(lost), cancelled=frozenset(cancelled), answered=frozenset(answered))

    async def is_due(self, claims: Claims) -> bool:
        if claims.roots is None:
            asked = Kinds(kinds=sorted(claims.kinds), at=self._clock.now())
            for _, is_due in await self._postgres.at_once(_DUES, asked) or ():
                return bool(is_due)
        return await super().is_due(claims)

    def _told(self, job: Job, commit: Commit, events: Sequence[KeyedEvent]) -> Told:
        now, told, progress = self._clock.now(), transitions.unique(events), commit.progress
        row = {
            "id": job.id,
            "held_epoch": job.epoch,
            "held_status": JobStatus.RUNNING.value,
            "told": len(told),
            "percent": progress.percent if progress else None,
            "line": progress.message if progress else None,
            "updated_at": now,
            "lease_until": None,
            "status": None,
            "result": None,
            "failure": None,
        }
        return Told(job=job, at=now, row=row, steps=commit.steps, events=told)

    def _is_born_as_usual(self, job: Job) -> bool:
        """Tell whether it shares nothing and stands in nobody's way: a lock may have to be waited for."""
        is_alone = job.continues is None and job.concurrency is None and job.lock is None
        return is_alone and not any(name in job.input for name in self._shared.get(job.kind, ()))

    def _ends_as_usual(self, job: Job) -> bool:
        is_alone = job.status is JobStatus.RUNNING and job.parent is None
        return is_alone and job.kind not in self._closings and job.kind not in self._endings


def _is_usual(commit: Commit) -> bool:
    more = commit.waits or commit.children or commit.artifacts or commit.changes
    return not more and len({step.key for step in commit.steps}) == len(commit.steps)
