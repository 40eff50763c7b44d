"""Who has which part in a project, as it was read lately."""

from taskforce.application.access.recent import Recent
from taskforce.core.access.errors import ProjectNotFound
from taskforce.core.access.model import Identity, Member, Project
from taskforce.core.access.ports import MemberStore, ProjectStore
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId
from taskforce.core.principals import DEFAULT_PROJECT, Credential, Role

KEPT = 15.0
"""Seconds after which another process's change of a membership counts here."""
FOR_LONG = 3_600.0
"""Seconds: a project never goes."""
LONGEST = 200
"""Letters of an id; a longer one is looked up nowhere."""
ALL = frozenset({Role.ADMIN})


class Parts:
    """Tells the roles of principals in projects."""

    def __init__(self, *, projects: ProjectStore, members: MemberStore, clock: Clock) -> None:
        self._members = members
        self._projects: Recent[ProjectId, Project] = Recent(projects.find, clock=clock, seconds=FOR_LONG)
        self._parts: Recent[tuple[ProjectId, str], Member | None] = Recent(
            self._find, clock=clock, seconds=KEPT
        )

    async def roles(self, identity: Identity, project: ProjectId) -> frozenset[Role]:
        """Return the roles held in a project: a membership's own, else those of the credential.

        Raises ProjectNotFound, also for a project that is there, but not for this one.
        """
        if identity.is_everywhere:
            await self.check(project)
            return ALL
        is_home = project == identity.home
        if is_home and identity.credential is Credential.KEY:
            return identity.roles
        member = await self._parts.get((project, identity.name)) if len(project) <= LONGEST else None
        if member is None and not is_home:
            raise ProjectNotFound
        return frozenset({member.role}) if member is not None and member.role else identity.roles

    async def check(self, project: ProjectId) -> None:
        """Return when there is such a project. Raises ProjectNotFound."""
        if project == DEFAULT_PROJECT:
            return
        if len(project) > LONGEST:
            raise ProjectNotFound
        await self._projects.get(project)

    def forget(self, project: ProjectId, principal: str) -> None:
        """Look at a principal's part again, for it has changed."""
        self._parts.forget((project, principal))

    async def _find(self, place: tuple[ProjectId, str]) -> Member | None:
        project, principal = place
        return await self._members.find(project, principal)
