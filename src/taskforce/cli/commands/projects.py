"""`taskforce projects` and `taskforce members`: what principals have a part in."""

from collections.abc import Mapping
from typing import Annotated

import typer

from taskforce.application.access.schemas import (
    CreateProject,
    GetProject,
    ListMembers,
    ListProjects,
    MemberView,
    ProjectView,
    RemoveMember,
    SetMember,
)
from taskforce.application.jobs.refusals import checked
from taskforce.application.jobs.schemas import ListView
from taskforce.cli.access_pages import show_member, show_members, show_project, show_projects
from taskforce.cli.dependencies import Door, ask, flags_of
from taskforce.cli.flags import AsJson, IdempotencyKey, Limit, Offset
from taskforce.cli.groups import group
from taskforce.cli.terminal import say

projects = group("Make and show projects.")
members = group("Show who has a part in a project, and change it.")

ProjectId = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's id.")]
PrincipalName = Annotated[
    str, typer.Argument(metavar="PRINCIPAL", help="key: and a key's id, or oidc: and a token's sub.")
]


@projects.command(no_args_is_help=True)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    *,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Create a project, whose first admin is whoever creates it."""
    request = {"name": name}
    made = ask(
        ctx,
        lambda door: door.projects.create(
            door.principal, checked(CreateProject, **request), key=idempotency_key
        ),
    )
    show_project(made, flags_of(ctx), as_json=as_json)


@projects.command("list")
def list_projects(
    ctx: typer.Context, *, limit: Limit = 20, offset: Offset = 0, as_json: AsJson = False
) -> None:
    """List the projects that are yours, newest first."""
    found = ask(ctx, lambda door: _projects(door, {"limit": limit, "offset": offset}))
    show_projects(found, flags_of(ctx), as_json=as_json)


@projects.command("show", no_args_is_help=True)
def get(ctx: typer.Context, project_id: ProjectId, *, as_json: AsJson = False) -> None:
    """Show a project."""
    given = {"project_id": project_id}
    found = ask(ctx, lambda door: door.projects.get(door.principal, checked(GetProject, **given)))
    show_project(found, flags_of(ctx), as_json=as_json)


@members.command("list", no_args_is_help=True)
def list_members(
    ctx: typer.Context,
    project_id: ProjectId,
    *,
    limit: Limit = 20,
    offset: Offset = 0,
    as_json: AsJson = False,
) -> None:
    """List a project's members by name."""
    given = {"project_id": project_id, "limit": limit, "offset": offset}
    found = ask(ctx, lambda door: _members(door, given))
    show_members(found, flags_of(ctx), as_json=as_json)


@members.command("set", no_args_is_help=True)
def set_member(
    ctx: typer.Context,
    project_id: ProjectId,
    principal: PrincipalName,
    *,
    role: Annotated[
        str | None,
        typer.Option(metavar="ROLE", help="Its role there; without one, those of its token or key."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a principal a member of a project, or give it another role there."""
    given = {"project_id": project_id, "principal": principal, "role": role}
    put = ask(ctx, lambda door: door.members.set(door.principal, checked(SetMember, **given)))
    show_member(put, flags_of(ctx), as_json=as_json)


@members.command(no_args_is_help=True)
def remove(
    ctx: typer.Context, project_id: ProjectId, principal: PrincipalName, *, as_json: AsJson = False
) -> None:
    """Take a principal's part in a project away."""
    given = {"project_id": project_id, "principal": principal}
    ask(ctx, lambda door: door.members.remove(door.principal, checked(RemoveMember, **given)))
    if not as_json:
        say(f"{principal} has no part in project {project_id} any more.")


async def _projects(door: Door, given: Mapping[str, object]) -> ListView[ProjectView]:
    request = checked(ListProjects, **given)
    return ListView.of(await door.projects.list(door.principal, request), request)


async def _members(door: Door, given: Mapping[str, object]) -> ListView[MemberView]:
    request = checked(ListMembers, **given)
    return ListView.of(await door.members.list(door.principal, request), request)
