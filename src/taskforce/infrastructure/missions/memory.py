"""Sessions in memory."""

from collections.abc import Sequence

from taskforce.core.errors import Conflict
from taskforce.core.identity import JobId, ProjectId, SessionId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.missions.changes import CreateSession
from taskforce.core.missions.errors import SessionNotFound
from taskforce.core.missions.model import Exchange, Session, SessionStatus, status_of
from taskforce.core.missions.ports import SessionStore
from taskforce.core.paging import Listing, Page
from taskforce.infrastructure.jobs.memory import MemoryJobStore
from taskforce.infrastructure.jobs.memory_requests import MemoryRequestLog
from taskforce.infrastructure.missions.exchanges import exchange_of, subject_of


class MemorySessions:
    """The sessions themselves, which a job store's change may add to."""

    def __init__(self) -> None:
        self._by_id: dict[SessionId, Session] = {}

    def create(self, change: CreateSession) -> None:
        """Keep a new session."""
        if change.session.id in self._by_id:
            raise Conflict(f"There is a session {change.session.id} already.")
        self._by_id[change.session.id] = change.session

    def find(self, session_id: SessionId) -> Session | None:
        """Return the session, if there is one."""
        return self._by_id.get(session_id)

    def newest_first(self) -> tuple[Session, ...]:
        """Return all sessions."""
        return tuple(sorted(self._by_id.values(), key=lambda one: (one.created_at, one.id), reverse=True))


class MemorySessionStore(SessionStore):
    """Sessions beside jobs in memory: `MemorySessions.create` is the job store's applier of CreateSession."""

    def __init__(self, sessions: MemorySessions, jobs: MemoryJobStore, requests: MemoryRequestLog) -> None:
        self._sessions = sessions
        self._jobs = jobs
        self._requests = requests

    async def add(self, session: Session, *, changes: Sequence[RememberRequest] = ()) -> None:
        for change in changes:
            self._requests.remember(change)
        self._sessions.create(CreateSession(session=session))

    async def get(self, session_id: SessionId, *, project: ProjectId) -> Session:
        found = self._sessions.find(session_id)
        if found is None or found.project != project:
            raise SessionNotFound(session_id)
        return found

    async def list(
        self, page: Page, *, project: ProjectId, profile: str | None, status: SessionStatus | None
    ) -> Listing[Session]:
        newest = {job.subject: job.status for job in self._jobs.jobs()}
        found = [
            session
            for session in self._sessions.newest_first()
            if session.project == project
            and profile in {None, session.profile}
            and status in {None, status_of(newest.get(subject_of(session.id)))}
        ]
        return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))

    async def exchanges(self, session_id: SessionId, *, before: JobId, limit: int) -> tuple[Exchange, ...]:
        jobs = self._jobs.jobs()
        continued = {job.continues for job in jobs}
        found = [
            exchange_of(job)
            for job in jobs
            if job.subject == subject_of(session_id)
            and job.id < before
            and job.status.is_over
            and job.id not in continued
        ]
        return tuple(found[-limit:])
