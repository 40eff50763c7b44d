"""Sessions that were long not used, removed with their jobs."""

from datetime import datetime

from taskforce.application.jobs.retention import KeptBySubject, Prunable
from taskforce.application.missions.removal import SessionRemoval
from taskforce.core.identity import ProjectId
from taskforce.core.missions.errors import SessionBusy, SessionNotFound
from taskforce.core.missions.model import Session
from taskforce.core.missions.ports import SessionStore
from taskforce.core.missions.task import session_of

SESSIONS = 50
"""How many are looked up at once."""


class OldSessions(Prunable, KeptBySubject):
    """Sessions whose last mission ended long ago: a session is remembered as a whole or not at all."""

    def __init__(self, *, sessions: SessionStore, removal: SessionRemoval) -> None:
        self._sessions = sessions
        self._removal = removal

    async def prune(self, project: ProjectId, *, before: datetime | None, dry_run: bool) -> int:
        if before is None:
            return 0
        count = 0
        after: Session | None = None
        while found := await self._sessions.unused(
            project=project, before=before, after=after, limit=SESSIONS
        ):
            after = found[-1]
            for session in found:
                count += dry_run or await self._removed(session, before=before)
        return count

    async def remove(self, subject: str, *, project: ProjectId, unused_since: datetime) -> bool:
        try:
            await self._removal.of(session_of(subject), project=project, unused_since=unused_since)
        except SessionBusy:
            return False
        except SessionNotFound:
            return True
        return True

    async def _removed(self, session: Session, *, before: datetime) -> bool:
        try:
            await self._removal.of(session.id, project=session.project, unused_since=before)
        except (SessionBusy, SessionNotFound):  # used again, or removed by another process, in this moment
            return False
        return True
