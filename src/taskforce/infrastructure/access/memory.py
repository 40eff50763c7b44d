"""Keys, projects and members in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from taskforce.core.access.errors import KeyIdTaken, KeyNotFound, MemberNotFound, ProjectNotFound
from taskforce.core.access.model import ApiKey, Member, Project
from taskforce.core.access.ports import KeyStore, MemberStore, ProjectStore
from taskforce.core.errors import Conflict
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import DEFAULT_PROJECT

Remember = Callable[[RememberRequest], object]
T = TypeVar("T")


class MemoryKeyStore(KeyStore):
    def __init__(self, remember: Remember) -> None:
        self._remember = remember
        self._by_id: dict[str, ApiKey] = {}

    async def add(self, key: ApiKey, *, changes: Sequence[RememberRequest] = ()) -> None:
        if key.id in self._by_id:
            raise KeyIdTaken
        for change in changes:
            self._remember(change)
        self._by_id[key.id] = key

    async def find(self, key_id: str) -> ApiKey:
        if key_id not in self._by_id:
            raise KeyNotFound(key_id)
        return self._by_id[key_id]

    async def get(self, key_id: str, *, project: ProjectId) -> ApiKey:
        key = await self.find(key_id)
        if key.project != project:
            raise KeyNotFound(key_id)
        return key

    async def list(self, page: Page, *, project: ProjectId) -> Listing[ApiKey]:
        own = [key for key in self._by_id.values() if key.project == project]
        return _part(sorted(own, key=lambda key: (key.created_at, key.id), reverse=True), page)

    async def revoke(self, key_id: str, *, project: ProjectId, at: datetime) -> ApiKey:
        key = self._by_id[key_id] = (await self.get(key_id, project=project)).revoke(at)
        return key

    async def touch(self, key_id: str, *, at: datetime) -> None:
        key = self._by_id.get(key_id)
        if key is not None and (key.last_used_at is None or key.last_used_at < at):
            self._by_id[key_id] = replace(key, last_used_at=at)


class MemoryMemberStore(MemberStore):
    """Members; `is_project` tells whether there is a project."""

    def __init__(self, is_project: Callable[[ProjectId], bool]) -> None:
        self._is_project = is_project
        self._members: dict[tuple[ProjectId, str], Member] = {}

    async def find(self, project: ProjectId, principal: str) -> Member | None:
        return self._members.get((project, principal))

    async def list(self, page: Page, *, project: ProjectId) -> Listing[Member]:
        own = [member for member in self._members.values() if member.project == project]
        return _part(sorted(own, key=lambda member: member.principal), page)

    async def put(self, member: Member) -> Member:
        if not self._is_project(member.project):
            raise ProjectNotFound
        place = (member.project, member.principal)
        known = self._members.get(place)
        put = self._members[place] = member if known is None else replace(known, role=member.role)
        return put

    async def remove(self, project: ProjectId, principal: str) -> None:
        if self._members.pop((project, principal), None) is None:
            raise MemberNotFound(principal)

    def projects_of(self, principal: str) -> set[ProjectId]:
        """Return where a principal is a member."""
        return {project for project, member in self._members if member == principal}


class MemoryProjectStore(ProjectStore):
    """Projects, and their members in `members`."""

    def __init__(self, remember: Remember, *, since: datetime) -> None:
        self._remember = remember
        default = Project(id=DEFAULT_PROJECT, name=DEFAULT_PROJECT, created_by="local", created_at=since)
        self._by_id: dict[ProjectId, Project] = {default.id: default}
        self.members = MemoryMemberStore(self._by_id.__contains__)

    async def add(
        self, project: Project, *, owner: Member | None, changes: Sequence[RememberRequest] = ()
    ) -> None:
        if project.id in self._by_id:
            raise Conflict("There is such a project already.")
        for change in changes:
            self._remember(change)
        self._by_id[project.id] = project
        if owner is not None:
            await self.members.put(owner)

    async def find(self, project_id: ProjectId) -> Project:
        if project_id not in self._by_id:
            raise ProjectNotFound
        return self._by_id[project_id]

    async def list(self, page: Page, *, member: str | None, home: ProjectId) -> Listing[Project]:
        own = self._by_id.keys() if member is None else {home, *self.members.projects_of(member)}
        found = [project for project in self._by_id.values() if project.id in own]
        return _part(sorted(found, key=lambda one: (one.created_at, one.id), reverse=True), page)


def _part(found: Sequence[T], page: Page) -> Listing[T]:
    return Listing(items=tuple(found[page.offset : page.offset + page.limit]), total=len(found))
