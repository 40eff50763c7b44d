"""Sessions in memory."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from taskforce.core.errors import Conflict
from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.model import Job, JobStatus, Outcome
from taskforce.core.jobs.signals import WaitKind
from taskforce.core.missions.changes import CreateSession, JoinSession
from taskforce.core.missions.errors import SessionBusy, SessionNotFound
from taskforce.core.missions.model import Condemned, Exchange, Session, SessionStatus, status_of
from taskforce.core.missions.opening import OpeningLine
from taskforce.core.missions.ports import SessionStore
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.missions.exchanges import exchange_of, subject_of


class MemorySessions:
    """The sessions themselves, which a job store's change may add to."""

    def __init__(self) -> None:
        self._by_id: dict[SessionId, Session] = {}
        self._condemned: dict[SessionId, Session] = {}
        self._openings: dict[SessionId, tuple[OpeningLine, ...]] = {}

    def create(self, change: CreateSession) -> None:
        """Keep a new session."""
        if change.session.id in self._by_id:
            raise Conflict(f"There is a session {change.session.id} already.")
        self._by_id[change.session.id] = change.session

    def join(self, change: JoinSession) -> None:
        """See that a session is there. Raises SessionNotFound."""
        if change.session_id not in self._by_id:
            raise SessionNotFound(change.session_id)

    def open_with(self, session_id: SessionId, opening: Sequence[OpeningLine]) -> None:
        """Keep what was said before a session began."""
        self._openings[session_id] = tuple(opening)

    def opening(self, session_id: SessionId) -> tuple[OpeningLine, ...]:
        """Return what was said before a session began."""
        return self._openings.get(session_id, ())

    def find_any(self, session_id: SessionId) -> Session | None:
        """Return the session, also a condemned one."""
        return self._by_id.get(session_id) or self._condemned.get(session_id)

    def condemn(self, session: Session) -> None:
        """Hide a session until it is removed."""
        self._by_id.pop(session.id, None)
        self._condemned[session.id] = session

    def remove(self, session_id: SessionId) -> bool:
        """Remove a condemned session; tell whether there was one."""
        self._openings.pop(session_id, None)
        return self._condemned.pop(session_id, None) is not None

    def find(self, session_id: SessionId) -> Session | None:
        """Return the session, if there is one."""
        return self._by_id.get(session_id)

    def all_oldest_first(self) -> tuple[Session, ...]:
        """Return all sessions, the condemned ones too."""
        found = [*self._by_id.values(), *self._condemned.values()]
        return tuple(sorted(found, key=lambda one: (one.created_at, one.id)))

    def newest_first(self) -> tuple[Session, ...]:
        """Return all sessions."""
        return tuple(sorted(self._by_id.values(), key=lambda one: (one.created_at, one.id), reverse=True))


class MemorySessionStore(SessionStore):
    """Sessions beside jobs in memory: `MemorySessions.create` is the job store's applier of CreateSession."""

    def __init__(self, sessions: MemorySessions, jobs: MemoryJobStore, requests: MemoryRequestLog) -> None:
        self._sessions = sessions
        self._jobs = jobs
        self._requests = requests

    async def add(
        self,
        session: Session,
        *,
        opening: Sequence[OpeningLine] = (),
        changes: Sequence[RememberRequest] = (),
    ) -> None:
        for change in changes:
            self._requests.remember(change)
        self._sessions.create(CreateSession(session=session))
        self._sessions.open_with(session.id, opening)

    async def get(self, session_id: SessionId, *, project: ProjectId) -> Session:
        found = self._sessions.find(session_id)
        if found is None or found.project != project:
            raise SessionNotFound(session_id)
        return found

    async def recall(self, session_id: SessionId, *, project: ProjectId) -> Session:
        return await self.get(session_id, project=project)

    async def opening(self, session_id: SessionId) -> tuple[OpeningLine, ...]:
        return self._sessions.opening(session_id)

    async def condemn(
        self,
        session_id: SessionId,
        *,
        project: ProjectId,
        at: datetime,
        unused_since: datetime | None = None,
    ) -> Condemned:
        session = self._sessions.find_any(session_id)
        if session is None or session.project != project:
            raise SessionNotFound(session_id)
        going = self._going(session_id)
        for job in going:
            if job.ended_at is None or (unused_since is not None and job.ended_at >= unused_since):
                raise SessionBusy(session_id, job.id)
        self._sessions.condemn(session)
        self._jobs.prune({job.id for job in going}, at=at)
        return Condemned(session=session, jobs=tuple(job.id for job in going))

    async def remove(self, session_id: SessionId) -> None:
        self._sessions.remove(session_id)

    async def unused(
        self, *, project: ProjectId, before: datetime, after: Session | None, limit: int
    ) -> tuple[Session, ...]:
        found = [
            session
            for session in self._sessions.all_oldest_first()
            if session.project == project
            and session.created_at < before
            and (after is None or (session.created_at, session.id) > (after.created_at, after.id))
            and not any(
                job.subject == subject_of(session.id) and (job.ended_at is None or job.ended_at >= before)
                for job in self._jobs.jobs()
            )
        ]
        return tuple(found[:limit])

    def _going(self, session_id: SessionId) -> Sequence[Job]:
        """Return a session's jobs, and those that they started or that continue them."""
        going: dict[JobId, Job] = {}
        for job in self._jobs.all_jobs():  # oldest first
            if job.subject == subject_of(session_id) or {job.parent, job.continues} & going.keys():
                going[job.id] = job
        return tuple(going.values())

    async def list(
        self, page: Page, *, project: ProjectId, profile: str | None, status: SessionStatus | None
    ) -> Listing[Session]:
        newest = {job.subject: job for job in self._jobs.jobs()}
        standing = {subject: await self._status(job) for subject, job in newest.items() if subject}
        found = [
            session
            for session in self._sessions.newest_first()
            if session.project == project
            and profile in {None, session.profile}
            and status in {None, standing.get(subject_of(session.id), status_of(None))}
        ]
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def _status(self, job: Job) -> SessionStatus:
        if job.status is not JobStatus.WAITING:
            return status_of(job.status)
        below = await self._jobs.below(job.id)
        rests = all(one.status is JobStatus.WAITING for one in below)
        others_ask = [await self._asks(one) for one in below if one.status is JobStatus.WAITING]
        return status_of(job.status, asks=await self._asks(job) or (rests and any(others_ask)))

    async def _asks(self, job: Job) -> bool:
        return any(wait.kind is WaitKind.SIGNAL for wait in await self._jobs.waits(job.id))

    async def exchanges(self, session_id: SessionId, *, before: JobId, limit: int) -> tuple[Exchange, ...]:
        jobs = self._jobs.jobs()
        continued = {job.continues for job in jobs}
        found = [
            _exchange_of(job)
            for job in jobs
            if job.subject == subject_of(session_id)
            and job.id < before
            and job.status.is_over
            and job.id not in continued
        ]
        return tuple(found[-limit:])


def _exchange_of(job: Job) -> Exchange:
    outcome = job.outcome or Outcome(status=job.status)
    failure = asdict(outcome.failure) if outcome.failure else None
    return exchange_of(job.id, job.input, outcome.result, failure)
