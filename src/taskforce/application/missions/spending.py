"""What sessions have taken: all their missions together."""

from dataclasses import replace
from functools import reduce

from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.core.jobs.budget import Spent
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.missions.model import MissionResult, Session
from taskforce.core.missions.spending import spent_by, spent_in
from taskforce.core.missions.task import MissionTask, subject_of
from taskforce.core.paging import Page

EVERY_JOB = Page(limit=10_000)


class SessionSpending:
    """Adds up what the missions of sessions took; time only of those that a limit has measured."""

    def __init__(self, *, store: JobStore, outcomes: MissionOutcomes) -> None:
        self._store = store
        self._outcomes = outcomes

    async def of(self, session: Session) -> Spent:
        """Return what a session's missions have taken so far; one that was resumed counts once."""
        wanted = JobFilter(project=session.project, subject=subject_of(session.id))
        jobs = (await self._store.list(wanted, EVERY_JOB)).items
        continued = {job.continues for job in jobs}
        spent = [await self._spent_by(job) for job in jobs if job.id not in continued]
        return reduce(Spent.plus, spent, Spent())

    async def _spent_by(self, job: Job) -> Spent:
        if job.outcome is not None and job.outcome.result is not None:
            return spent_by(MissionResult.model_validate(job.outcome.result))
        spent = spent_in([recorded async for recorded in self._outcomes.log(job.id)])
        is_timed = MissionTask.model_validate(job.input).is_timed
        return spent if is_timed else replace(spent, seconds=0.0)
