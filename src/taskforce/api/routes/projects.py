"""Projects and their members."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from taskforce.api.answers import LISTED, TAGGED, links, replayed, single
from taskforce.api.dependencies import Key, Members, Projects, Who
from taskforce.api.document.headers import with_headers
from taskforce.api.strict import StrictRoute
from taskforce.api.use_cases import KEYED, use_case
from taskforce.application.access.members import MemberService
from taskforce.application.access.projects import ProjectService
from taskforce.application.access.schemas import (
    CreateProject,
    GetProject,
    ListMembers,
    ListProjects,
    MemberPart,
    MemberView,
    PrincipalName,
    ProjectView,
    RemoveMember,
    SetMember,
)
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView, PageRequest, ProjectId

router = APIRouter(prefix="/api/v1/projects", route_class=StrictRoute, tags=["access"])
PLACED = {201: with_headers("Location", "Idempotent-Replayed")}
MEMBER = "/{project_id}/members/{principal}"


@router.post("", status_code=201, **use_case(ProjectService.create, *KEYED, responses=PLACED))
async def create_project(
    asked: CreateProject, who: Who, projects: Projects, response: Response, *, key: Key
) -> ProjectView:
    """Location names it."""
    made = await projects.create(who, asked, key=key)
    response.headers.update({"Location": f"{router.prefix}/{made.project_id}"} | replayed(made))
    return made


@router.get("", **use_case(ProjectService.list, responses=LISTED))
async def list_projects(
    asked: Annotated[ListProjects, Query()],
    who: Who,
    projects: Projects,
    request: Request,
    response: Response,
) -> ListView[ProjectView]:
    """Link names the other parts."""
    found = await projects.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.get("/{project_id}", response_model=ProjectView, **use_case(ProjectService.get, responses=TAGGED))
async def get_project(project_id: ProjectId, who: Who, projects: Projects, request: Request) -> Response:
    """One that the principal has no part in is 404."""
    return single(request, await projects.get(who, checked(GetProject, project_id=project_id)))


@router.get("/{project_id}/members", **use_case(MemberService.list, responses=LISTED))
async def list_members(
    project_id: ProjectId,
    part: Annotated[PageRequest, Query()],
    *,
    who: Who,
    members: Members,
    request: Request,
    response: Response,
) -> ListView[MemberView]:
    """Link names the other parts."""
    asked = checked(ListMembers, project_id=project_id, **dict(part))
    found = await members.list(who, asked)
    response.headers.update(links(request, total=found.total, limit=asked.limit, offset=asked.offset))
    return ListView.of(found, asked)


@router.put(MEMBER, **use_case(MemberService.set))
async def set_member(
    project_id: ProjectId, principal: PrincipalName, asked: MemberPart, who: Who, members: Members
) -> MemberView:
    """Asked again it is the same; the body may be `{}`."""
    request = checked(SetMember, project_id=project_id, principal=principal, role=asked.role)
    return await members.set(who, request)


@router.delete(MEMBER, status_code=204, **use_case(MemberService.remove))
async def remove_member(project_id: ProjectId, principal: PrincipalName, who: Who, members: Members) -> None:
    """It has no part from now on, elsewhere within a minute. Asked again it is 404."""
    await members.remove(who, checked(RemoveMember, project_id=project_id, principal=principal))
