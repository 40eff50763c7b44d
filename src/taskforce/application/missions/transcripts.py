"""What was said in sessions: what they began with, and then the messages of each mission that counts."""

from taskforce.application.missions.outcomes import MissionOutcomes
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.ports import JobFilter, JobStore
from taskforce.core.missions.model import Session
from taskforce.core.missions.opening import OpeningLine
from taskforce.core.missions.ports import SessionStore
from taskforce.core.missions.task import subject_of
from taskforce.core.missions.transcript import lines_of
from taskforce.core.paging import Page

EVERY_JOB = Page(limit=10_000)


class SessionTranscripts:
    """Reads the transcripts of sessions."""

    def __init__(self, *, store: JobStore, sessions: SessionStore, outcomes: MissionOutcomes) -> None:
        self._store = store
        self._sessions = sessions
        self._outcomes = outcomes

    async def of(self, session: Session) -> tuple[OpeningLine, ...]:
        """Return all that was said, oldest first; of a mission that was resumed only the last job counts."""
        opening = await self._sessions.opening(session.id) if session.forked_from else ()
        wanted = JobFilter(project=session.project, subject=subject_of(session.id))
        jobs = (await self._store.list(wanted, EVERY_JOB)).items
        continued = {job.continues for job in jobs}
        own = [line for job in reversed(jobs) if job.id not in continued for line in await self._said_in(job)]
        return (*opening, *own)

    async def _said_in(self, job: Job) -> list[OpeningLine]:
        lines = lines_of([recorded async for recorded in self._outcomes.log(job.id)])
        return [
            OpeningLine(
                job_id=job.id,
                number=line.number,
                at=line.at,
                role=line.role,
                text=line.text,
                details=line.details,
            )
            for line in lines
        ]
