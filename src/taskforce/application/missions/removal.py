"""Removing sessions: marked first, so that a removal that broke off can be finished by asking again."""

from datetime import datetime

from taskforce.application.jobs.erasing import Erasing
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId, SessionId
from taskforce.core.missions.ports import SessionStore, WorkspaceSource


class SessionRemoval:
    """Removes sessions with all that is theirs: records, bytes and folder."""

    def __init__(
        self, *, sessions: SessionStore, erasing: Erasing, workspaces: WorkspaceSource, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._erasing = erasing
        self._workspaces = workspaces
        self._clock = clock

    async def of(
        self, session_id: SessionId, *, project: ProjectId, unused_since: datetime | None = None
    ) -> None:
        """Remove a session. Raises SessionNotFound, and SessionBusy while it is used or was since a moment.

        Its own record goes last: after a crash all that is left is found again.
        """
        condemned = await self._sessions.condemn(
            session_id, project=project, at=self._clock.now(), unused_since=unused_since
        )
        for job_id in reversed(condemned.jobs):  # before those they belong to
            await self._erasing.of(job_id, project=project)
        if self._workspaces.is_own(condemned.session.workspace, session_id):
            await self._workspaces.remove(session_id)
        await self._sessions.remove(session_id)
