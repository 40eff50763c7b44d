"""Removing sessions: marked first, so that a removal that broke off can be finished by asking again."""

from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId, SessionId
from taskforce.core.missions.ports import SessionStore, WorkspaceSource


class SessionRemoval:
    """Removes sessions with all that is theirs: records, bytes and folder."""

    def __init__(
        self, *, sessions: SessionStore, artifacts: ArtifactStore, workspaces: WorkspaceSource, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._artifacts = artifacts
        self._workspaces = workspaces
        self._clock = clock

    async def of(self, session_id: SessionId, *, project: ProjectId) -> None:
        """Remove a session. Raises SessionNotFound, SessionBusy.

        Bytes go before the records that lead to them: after a crash they are found again.
        """
        condemned = await self._sessions.condemn(session_id, project=project, at=self._clock.now())
        for job_id in condemned.jobs:
            await self._artifacts.clear(f"{project}/{job_id}")
        if self._workspaces.is_own(condemned.session.workspace, session_id):
            await self._workspaces.remove(session_id)
        await self._sessions.remove(session_id)
