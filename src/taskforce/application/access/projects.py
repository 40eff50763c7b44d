"""The use cases of projects."""

from taskforce.application.access.schemas import CreateProject, GetProject, ListProjects, ProjectView
from taskforce.application.jobs.once import Keyed, Note, Once
from taskforce.core.access.errors import ProjectNotFound
from taskforce.core.access.model import Member, Project
from taskforce.core.access.ports import ProjectStore
from taskforce.core.clock import Clock
from taskforce.core.identity import IdSource, ProjectId
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Principal, Role, sees


class ProjectService:
    """Makes and shows projects."""

    def __init__(self, *, store: ProjectStore, clock: Clock, ids: IdSource, once: Once) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._once = once

    async def create(
        self, principal: Principal, request: CreateProject, *, key: str | None = None
    ) -> ProjectView:
        """Create a project, whose first admin is whoever creates it."""

        async def make(note: Note) -> ProjectView:
            project = self._new(principal, request)
            owner = None if principal.is_everywhere else _owner(principal, project)
            await self._store.add(project, owner=owner, changes=note(project.id))
            return ProjectView.of(project)

        async def again(made: str) -> ProjectView:
            found = ProjectView.of(await self._store.find(ProjectId(made)))
            return found.model_copy(update={"is_replayed": True})

        keyed = Keyed.of("projects.create", principal, request, key)
        return await self._once.do(keyed, make=make, again=again)

    async def list(self, principal: Principal, request: ListProjects) -> Listing[ProjectView]:
        """List the projects that are yours, newest first."""
        page = Page(limit=request.limit, offset=request.offset)
        member = None if principal.is_everywhere else principal.name
        found = await self._store.list(page, member=member, home=principal.home)
        return Listing(items=tuple(map(ProjectView.of, found.items)), total=found.total)

    async def get(self, principal: Principal, request: GetProject) -> ProjectView:
        """Show a project."""
        project_id = ProjectId(request.project_id)
        if not sees(principal, project_id):
            raise ProjectNotFound
        return ProjectView.of(await self._store.find(project_id))

    def _new(self, principal: Principal, request: CreateProject) -> Project:
        return Project(
            id=ProjectId(self._ids.new()),
            name=request.name,
            created_by=principal.name,
            created_at=self._clock.now(),
        )


def _owner(principal: Principal, project: Project) -> Member:
    return Member(
        project=project.id,
        principal=principal.name,
        role=Role.ADMIN,
        added_by=principal.name,
        added_at=project.created_at,
    )
