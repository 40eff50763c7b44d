"""Who asks, and for which project."""

from dataclasses import dataclass
from datetime import datetime
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


class Credential(StrEnum):
    """By what a principal was known; `none`: it sits at this machine, and nothing was asked of it."""

    NONE = "none"
    KEY = "key"
    OIDC = "oidc"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The one who asks: a name on record, the project asked about, the roles held there."""

    name: str
    project: ProjectId = DEFAULT_PROJECT
    roles: frozenset[Role] = frozenset()
    credential: Credential = Credential.NONE
    expires_at: datetime | None = None
    """When the credential ends, if that is known now. What lasts longer than this is cut off then."""
    home: ProjectId = DEFAULT_PROJECT
    """The project that it asks about when it names none."""
    is_everywhere: bool = False
    """Whether every project is its own: for whoever sits at this machine, and administrators of all of it."""


def local_principal(project: ProjectId = DEFAULT_PROJECT) -> Principal:
    """Return who asks at this machine itself: through the library, a command, or while access is open."""
    roles = frozenset({Role.ADMIN, Role.SERVICE})  # while access is open, workers are not told apart
    return Principal(name="local", project=project, roles=roles, is_everywhere=True)


def sees(principal: Principal, project: ProjectId) -> bool:
    """Tell whether a principal may be told that there is this project."""
    return principal.is_everywhere or project == principal.project
