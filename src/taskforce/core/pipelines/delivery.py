"""Releases, deployments and approvals: what a commit built, where it is, who agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.pipelines.identity import ApprovalId


class ArtifactType(StrEnum):
    """What a release's artifact is."""

    CONTAINER = "container"
    BINARY = "binary"
    ARCHIVE = "archive"


class AliasType(StrEnum):
    """How a release came by another name."""

    NUMERIC = "numeric"
    BRANCH = "branch"
    TAG = "tag"
    CUSTOM = "custom"


class ReleaseTrigger(StrEnum):
    """What a release was made by."""

    BRANCH_PUSH = "branch_push"
    TAG = "tag"
    MANUAL = "manual"


class Environment(StrEnum):
    """Where a release may be put."""

    DEV = "dev"
    STAGING = "staging"
    PRODUCTION = "production"


class DeploymentStatus(StrEnum):
    """Where a deployment stands."""

    PENDING = "pending"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class ApprovalStatus(StrEnum):
    """Whether an approval still counts."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is released: a project of a repository."""

    project: ProjectId
    """The unit of access, not the repository's project."""
    repository: str
    name: str
    """The repository's project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltArtifact:
    """Something that a release refers to, by the seed's fields."""

    name: str
    type: ArtifactType
    tracking_oci_uri: str
    primary_published_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of a release."""

    alias: str
    alias_type: AliasType


def in_order(aliases: Iterable[Alias]) -> tuple[Alias, ...]:
    """Return aliases as they are shown: number, branches, tags, then the others."""
    kinds = list(AliasType)
    return tuple(sorted(aliases, key=lambda one: (kinds.index(one.alias_type), one.alias)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What made a release, on which branch, and who."""

    trigger_type: ReleaseTrigger
    branch: str
    triggered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A frozen build; nothing changes it but its aliases."""

    id: JobId
    """The id of the job that made it."""
    product: Product
    commit_sha: str
    release_number: int
    """Rises by one for each release of a product, from 1, with no gap."""
    oci_uri: str
    oci_digest: str
    """`sha256:` and hex, of the manifest that was written."""
    created_at: datetime
    created_by: str
    artifacts: tuple[BuiltArtifact, ...]
    aliases: tuple[Alias, ...]
    trigger: Trigger
    run: JobId | None = None
    """The pipeline run that it came from."""

    @property
    def canonical_id(self) -> str:
        """Return repository, project and commit, as one name."""
        return f"{self.product.repository}/{self.product.name}/{self.commit_sha}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A release in an environment, or on its way there."""

    id: JobId
    """The id of the job that carries it out."""
    release: Release
    environment: Environment
    status: DeploymentStatus
    created_at: datetime
    deployed_by: str
    approval: ApprovalId | None = None
    gitops_commit_sha: str | None = None
    deployed_at: datetime | None = None
    reason: str = ""
    """Why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Somebody's word that a release may go to an environment."""

    id: ApprovalId
    project: ProjectId
    release: JobId
    environment: Environment
    approver: str
    justification: str
    approved_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def status(self, now: datetime) -> ApprovalStatus:
        """Return whether it counts at this moment."""
        if self.revoked_at is not None:
            return ApprovalStatus.REVOKED
        return ApprovalStatus.EXPIRED if now >= self.expires_at else ApprovalStatus.ACTIVE
