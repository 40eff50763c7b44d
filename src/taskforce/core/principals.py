"""Who asks, and for which project."""

from dataclasses import dataclass
from enum import StrEnum

from taskforce.core.identity import ProjectId

DEFAULT_PROJECT = ProjectId("default")


class Role(StrEnum):
    """What a principal may do in a project; `admin` may do everything."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The one who asks: a name on record, the project asked about, the roles held there."""

    name: str
    project: ProjectId = DEFAULT_PROJECT
    roles: frozenset[Role] = frozenset()


def local_principal(project: ProjectId = DEFAULT_PROJECT) -> Principal:
    """Return who asks while access is open: whoever sits at this machine."""
    return Principal(name="local", project=project, roles=frozenset({Role.ADMIN}))
