"""API keys, projects and their members; and who somebody was found to be."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from taskforce.core.identity import ProjectId
from taskforce.core.principals import DEFAULT_PROJECT, Credential, Principal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who shows a credential, before any project is asked about."""

    name: str
    credential: Credential
    roles: frozenset[Role]
    """Held at home, and where a membership says no other."""
    home: ProjectId = DEFAULT_PROJECT
    expires_at: datetime | None = None
    is_everywhere: bool = False

    def at(self, project: ProjectId, roles: frozenset[Role]) -> Principal:
        """Return the principal that asks about a project, with the roles that it has there."""
        return Principal(
            name=self.name,
            project=project,
            roles=roles,
            credential=self.credential,
            expires_at=self.expires_at,
            home=self.home,
            is_everywhere=self.is_everywhere,
        )


class KeyStatus(StrEnum):
    """Whether a key opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of a project; of its text only the digest is kept."""

    id: str
    digest: str = field(repr=False)
    project: ProjectId
    role: Role
    name: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def status(self, now: datetime) -> KeyStatus:
        """Return how the key stands at a moment."""
        if self.revoked_at is not None:
            return KeyStatus.REVOKED
        is_over = self.expires_at is not None and self.expires_at <= now
        return KeyStatus.EXPIRED if is_over else KeyStatus.ACTIVE

    def revoke(self, at: datetime) -> Self:
        """Revoke the key; one that was revoked before stays as it is."""
        return self if self.revoked_at is not None else replace(self, revoked_at=at)

    @property
    def identity(self) -> Identity:
        """Return who shows this key."""
        return Identity(
            name=principal_of(self.id),
            credential=Credential.KEY,
            roles=frozenset({self.role}),
            home=self.project,
            expires_at=self.expires_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What principals have a part in, and what everything that they make belongs to."""

    id: ProjectId
    name: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A principal's part in a project."""

    project: ProjectId
    principal: str
    role: Role | None
    """None: the roles of its token or key."""
    added_by: str
    added_at: datetime


def principal_of(key_id: str) -> str:
    """Return the name on record of whoever shows a key."""
    return f"key:{key_id}"


def key_of(principal: str) -> str | None:
    """Return the id of the key that a principal shows; None for a principal of another sort."""
    kind, _, key_id = principal.partition(":")
    return key_id if kind == Credential.KEY else None
