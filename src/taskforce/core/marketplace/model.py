"""What the marketplace knows: sources, what was found in them, and what was taken from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import fsum
from typing import NewType

from taskforce.core.identity import JobId, ProjectId

SourceId = NewType("SourceId", str)
EntryId = NewType("EntryId", str)
ItemId = NewType("ItemId", str)


class ArtifactType(StrEnum):
    """What an artifact is for an agent."""

    SKILL = "skill"
    COMMAND = "command"
    AGENT = "agent"
    HOOK = "hook"
    MCP = "mcp"
    WORKFLOW = "workflow"
    COMPOSITE = "composite"


class TrustLevel(StrEnum):
    """How far a source is trusted; what is untrusted asks before its first use."""

    UNTRUSTED = "untrusted"
    BASIC = "basic"
    VERIFIED = "verified"
    OFFICIAL = "official"


class Visibility(StrEnum):
    """Who sees a source."""

    PRIVATE = "private"
    PROJECT = "project"
    PUBLIC = "public"


class SourceStatus(StrEnum):
    """How a source stands."""

    IDLE = "idle"
    """It was never scanned."""
    SCANNING = "scanning"
    SUCCESS = "success"
    ERROR = "error"


class EntryStatus(StrEnum):
    """How an entry of the catalogue stands."""

    NEW = "new"
    UPDATED = "updated"
    REMOVED = "removed"
    IMPORTED = "imported"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A git repository that is scanned for artifacts."""

    id: SourceId
    project: ProjectId
    repo_url: str
    branch: str
    root_hint: str
    """The folder that is scanned, POSIX and relative; "" is all of it."""
    manual_map: Mapping[str, ArtifactType]
    """Folder to type, as a person says it."""
    trust_level: TrustLevel
    visibility: Visibility
    rescan_interval: timedelta | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    status: SourceStatus = SourceStatus.IDLE
    commit_sha: str = ""
    """The commit that was scanned last."""
    last_sync: datetime | None = None
    last_error: str = ""
    counts: Mapping[ArtifactType, int] = field(default_factory=dict)
    """Entries that are not removed, by type."""
    scan: JobId | None = None
    """The job that scans it, or did last."""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TreeFile:
    """A file of a commit's tree."""

    path: str
    """POSIX, relative to the repository's root."""
    blob_sha: str
    """Git's name of its content, 40 hex digits."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A reason to take a folder for an artifact, and its points."""

    name: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """An artifact that was found in a tree."""

    type: ArtifactType
    name: str
    path: str
    """The folder, or the file of a single-file artifact."""
    confidence: int
    """0 to 100."""
    breakdown: tuple[Signal, ...]
    """Its points add up to the raw score."""
    is_single_file: bool = False
    members: tuple[str, ...] = ()
    """Paths of the artifacts inside a composite, or embedded in a skill."""

    @property
    def raw(self) -> float:
        """Return the raw score, of 160: the sum of the breakdown."""
        return fsum(signal.points for signal in self.breakdown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An artifact of the catalogue: what a scan found at a path of a source."""

    id: EntryId
    source: SourceId
    project: ProjectId
    found: Detected
    digest: str
    """SHA-256 in hex over its sorted `path:blob-sha` lines: other content, other digest."""
    commit_sha: str
    """The commit at which its content was first seen."""
    status: EntryStatus
    files: int
    size: int
    """Bytes of all its files."""
    first_seen: datetime
    changed_at: datetime
    imported_at: datetime | None = None
    duplicate_of: EntryId | None = None
    """The better entry of the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An artifact of a project's collection: what was imported, from where, and how to know it unharmed."""

    id: ItemId
    project: ProjectId
    name: str
    type: ArtifactType
    source: SourceId
    entry: EntryId
    repo_url: str
    commit_sha: str
    path: str
    digest: str
    """That of its entry: SHA-256 in hex over its sorted `path:blob-sha` lines."""
    trust_level: TrustLevel
    """The source's when it was imported."""
    folder: str
    """Where its files lie: what their keys in the artifact store begin with."""
    files: int
    size: int
    """Bytes of all its files."""
    imported_by: str
    imported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what to a source, when, and with which outcome."""

    project: ProjectId
    at: datetime
    by: str
    action: str
    """`rescan`, `import`, `remove`, …"""
    subject: str
    """The source or entry."""
    outcome: str
