"""What is asked of keys, projects and members, and how they are shown."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from taskforce.application.jobs.schemas import (
    Moment,
    Name,
    PageRequest,
    ProjectId,
    Request,
    ShownProject,
    View,
)
from taskforce.core.access.keys import ID_PATTERN, PREFIX
from taskforce.core.access.model import ApiKey, KeyStatus, Member, Project
from taskforce.core.principals import Role
from taskforce.core.shapes import shape, unlimited

LONGEST = 3_650

KeyId = Annotated[
    str, Field(pattern=ID_PATTERN, description=f"The eight letters after `{PREFIX}`, which are no secret.")
]
PrincipalName = Annotated[
    str,
    Field(
        pattern=r"^(key:[0-9A-Za-z]{8}|oidc:[!-.0-~]{1,190})$",
        max_length=200,
        description="Who, as it is on record: `key:` and the key's id, or `oidc:` and the token's `sub`.",
    ),
]


ShownName = Annotated[str, shape(minLength=1, maxLength=256)]
ShownPrincipal = Annotated[str, unlimited("as whoever knows the principals names them")]


class CreateKey(Request):
    """A key to make."""

    name: Name = Field(description="What it is for, as lists show it.")
    role: Role = Field(default=Role.OPERATOR, description="What it may do in its project.")
    expires_in_days: int | None = Field(
        default=None, ge=1, le=LONGEST, description="When it ends; without this it does not."
    )


class ListKeys(PageRequest):
    """Which part of the keys to list."""


class RevokeKey(Request):
    """Which key to revoke."""

    key_id: KeyId


class KeyView(View):
    """An API key, without its text."""

    key_id: Annotated[str, shape(pattern=ID_PATTERN)]
    name: ShownName
    role: Role
    project_id: ShownProject
    status: KeyStatus
    created_by: ShownPrincipal
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    """To the minute."""
    revoked_at: Moment | None

    @classmethod
    def of(cls, key: ApiKey, *, now: datetime) -> Self:
        """Show a key as it stands."""
        return cls(
            key_id=key.id,
            name=key.name,
            role=key.role,
            project_id=key.project,
            status=key.status(now),
            created_by=key.created_by,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )


class NewKeyView(KeyView):
    """A key that was just made."""

    key: str | None = Field(
        default=None,
        description="Its text, this once; null when the same request made it before.",
        json_schema_extra={"maxLength": 100},
    )


class CreateProject(Request):
    """A project to make."""

    name: Name = Field(description="What it is called.")


class ListProjects(PageRequest):
    """Which part of the projects to list."""


class GetProject(Request):
    """Which project to show."""

    project_id: ProjectId


class ProjectView(View):
    """A project."""

    project_id: ShownProject
    name: ShownName
    created_by: ShownPrincipal
    created_at: Moment
    is_replayed: bool = Field(default=False, exclude=True)

    @classmethod
    def of(cls, project: Project) -> Self:
        """Show a project."""
        return cls(
            project_id=project.id,
            name=project.name,
            created_by=project.created_by,
            created_at=project.created_at,
        )


class ListMembers(PageRequest):
    """Which part of a project's members to list."""

    project_id: ProjectId


class MemberPart(Request):
    """A member's part."""

    role: Role | None = Field(
        default=None, description="Its role in this project; without one, those of its token or key."
    )


class SetMember(MemberPart):
    """Who gets which part in a project."""

    project_id: ProjectId
    principal: PrincipalName


class RemoveMember(Request):
    """Whose part in a project ends."""

    project_id: ProjectId
    principal: PrincipalName


class MemberView(View):
    """A member of a project."""

    project_id: ShownProject
    principal: ShownPrincipal
    role: Role | None
    added_by: ShownPrincipal
    added_at: Moment

    @classmethod
    def of(cls, member: Member) -> Self:
        """Show a member."""
        return cls(
            project_id=member.project,
            principal=member.principal,
            role=member.role,
            added_by=member.added_by,
            added_at=member.added_at,
        )
