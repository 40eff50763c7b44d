"""The use cases of a project's members."""

from taskforce.application.access.parts import Parts
from taskforce.application.access.schemas import ListMembers, MemberView, RemoveMember, SetMember
from taskforce.core.access.errors import ProjectNotFound
from taskforce.core.access.model import Member
from taskforce.core.access.ports import MemberStore
from taskforce.core.clock import Clock
from taskforce.core.identity import ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal, sees


class MemberService:
    """Shows who has a part in a project, and changes it."""

    def __init__(self, *, store: MemberStore, parts: Parts, clock: Clock) -> None:
        self._store = store
        self._parts = parts
        self._clock = clock

    async def list(self, principal: Principal, request: ListMembers) -> Listing[MemberView]:
        """List a project's members by name."""
        project = await self._of(principal, request.project_id)
        page = Page(limit=request.limit, offset=request.offset)
        found = await self._store.list(page, project=project)
        return Listing(items=tuple(map(MemberView.of, found.items)), total=found.total)

    async def set(self, principal: Principal, request: SetMember) -> MemberView:
        """Make a principal a member of a project, or give it another role there."""
        project = await self._of(principal, request.project_id)
        member = Member(
            project=project,
            principal=request.principal,
            role=request.role,
            added_by=principal.name,
            added_at=self._clock.now(),
        )
        put = await self._store.put(member)
        self._parts.forget(project, request.principal)
        return MemberView.of(put)

    async def remove(self, principal: Principal, request: RemoveMember) -> None:
        """Take a principal's part in a project away."""
        project = await self._of(principal, request.project_id)
        await self._store.remove(project, request.principal)
        self._parts.forget(project, request.principal)

    async def _of(self, principal: Principal, project_id: str) -> ProjectId:
        """Return the project that is asked about. Raises ProjectNotFound."""
        project = ProjectId(project_id)
        if not sees(principal, project):
            raise ProjectNotFound
        await self._parts.check(project)
        return project
