"""Projects and their members in a SQL database."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, bindparam, delete, func, or_, select

from taskforce.core.access.errors import MemberNotFound, ProjectNotFound
from taskforce.core.access.model import Member, Project
from taskforce.core.access.ports import MemberStore, ProjectStore
from taskforce.core.errors import Conflict
from taskforce.core.identity import ProjectId
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.paging import Listing, Page
from taskforce.core.principals import Role
from taskforce.infrastructure.database.database import Database
from taskforce.infrastructure.database.prepared import MakeInsert, Prepared, Row, Upserting
from taskforce.infrastructure.database.tables import members, projects
from taskforce.infrastructure.jobs.sql_requests import remember_request


class SqlProjectStore(ProjectStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, project: Project, *, owner: Member | None, changes: Sequence[RememberRequest] = ()
    ) -> None:
        def write(connection: Connection) -> None:
            for change in changes:
                remember_request(connection, change)
            if _ADD.run(connection, asdict(project)) == 0:
                raise Conflict("There is such a project already.")
            if owner is not None:
                _PUT.run(connection, asdict(owner))

        await self._database.write(write)

    async def find(self, project_id: ProjectId) -> Project:
        row = await self._database.read(lambda connection: _FIND.one(connection, {"project_id": project_id}))
        if row is None:
            raise ProjectNotFound
        return _project_from(row)

    async def list(self, page: Page, *, member: str | None, home: ProjectId) -> Listing[Project]:
        mine = select(members.c.project).where(members.c.principal == member)
        wanted = [] if member is None else [or_(projects.c.id == home, projects.c.id.in_(mine))]

        def read(connection: Connection) -> Listing[Project]:
            total = connection.scalar(select(func.count()).select_from(projects).where(*wanted)) or 0
            newest = (
                select(projects).where(*wanted).order_by(projects.c.created_at.desc(), projects.c.id.desc())
            )
            rows = connection.execute(newest.limit(page.limit).offset(page.offset)).all()
            return Listing(items=tuple(_project_from(tuple(row)) for row in rows), total=total)

        return await self._database.read(read)


class SqlMemberStore(MemberStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, project: ProjectId, principal: str) -> Member | None:
        place = {"of_project": project, "of_principal": principal}
        row = await self._database.read(lambda connection: _PART.one(connection, place))
        return None if row is None else _member_from(row)

    async def list(self, page: Page, *, project: ProjectId) -> Listing[Member]:
        def read(connection: Connection) -> Listing[Member]:
            own = members.c.project == project
            total = connection.scalar(select(func.count()).select_from(members).where(own)) or 0
            by_name = select(members).where(own).order_by(members.c.principal)
            rows = connection.execute(by_name.limit(page.limit).offset(page.offset)).all()
            return Listing(items=tuple(_member_from(tuple(row)) for row in rows), total=total)

        return await self._database.read(read)

    async def put(self, member: Member) -> Member:
        place = {"of_project": member.project, "of_principal": member.principal}

        def write(connection: Connection) -> Member:
            if _FIND.one(connection, {"project_id": member.project}) is None:
                raise ProjectNotFound
            _PUT.run(connection, asdict(member))
            row = _PART.one(connection, place)
            return member if row is None else _member_from(row)

        return await self._database.write(write)

    async def remove(self, project: ProjectId, principal: str) -> None:
        def write(connection: Connection) -> None:
            if _REMOVE.run(connection, {"of_project": project, "of_principal": principal}) == 0:
                raise MemberNotFound(principal)

        await self._database.write(write)


def _project_from(row: Row) -> Project:
    return Project(**dict(zip(projects.columns.keys(), row, strict=True)))


def _member_from(row: Row) -> Member:
    fields = dict(zip(members.columns.keys(), row, strict=True))
    return Member(**{**fields, "role": Role(fields["role"]) if fields["role"] else None})


_ADD = Prepared(lambda insert: insert(projects).on_conflict_do_nothing())
_FIND = Prepared(select(projects).where(projects.c.id == bindparam("project_id")))
_THEIRS = (members.c.project == bindparam("of_project"), members.c.principal == bindparam("of_principal"))
_PART = Prepared(select(members).where(*_THEIRS))
_REMOVE = Prepared(delete(members).where(*_THEIRS))


def _put(insert: MakeInsert) -> Upserting:
    added = insert(members)
    return added.on_conflict_do_update(
        index_elements=["project", "principal"], set_={"role": added.excluded.role}
    )


_PUT = Prepared(_put)
