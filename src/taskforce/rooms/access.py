"""Keys, projects and members, as the library shows them."""

from taskforce.application.access.keys import KeyService
from taskforce.application.access.members import MemberService
from taskforce.application.access.projects import ProjectService
from taskforce.application.access.schemas import (
    CreateKey,
    CreateProject,
    GetProject,
    ListKeys,
    ListMembers,
    ListProjects,
    NewKeyView,
    ProjectView,
    RemoveMember,
    RevokeKey,
    SetMember,
)
from taskforce.application.jobs.refusals import checked
from taskforce.core.principals import Principal, Role
from taskforce.rooms.asking import asked


class Keys:
    """The use cases of API keys. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: KeyService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListKeys)
        self.revoke = asked(principal, service.revoke, RevokeKey)

    async def create(
        self,
        *,
        name: str,
        role: Role = Role.OPERATOR,
        expires_in_days: int | None = None,
        idempotency_key: str | None = None,
    ) -> NewKeyView:
        """Create an API key for the project, and show its text this once."""
        request = checked(CreateKey, name=name, role=role, expires_in_days=expires_in_days)
        return await self._service.create(self._principal, request, key=idempotency_key)


class Projects:
    """The use cases of projects. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: ProjectService, principal: Principal) -> None:
        self._service = service
        self._principal = principal
        self.list = asked(principal, service.list, ListProjects)
        self.get = asked(principal, service.get, GetProject)

    async def create(self, *, name: str, idempotency_key: str | None = None) -> ProjectView:
        """Create a project, whose first admin is whoever creates it."""
        request = checked(CreateProject, name=name)
        return await self._service.create(self._principal, request, key=idempotency_key)


class Members:
    """The use cases of a project's members. Each takes the fields of its request as keyword arguments."""

    def __init__(self, service: MemberService, principal: Principal) -> None:
        self.list = asked(principal, service.list, ListMembers)
        self.set = asked(principal, service.set, SetMember)
        self.remove = asked(principal, service.remove, RemoveMember)
