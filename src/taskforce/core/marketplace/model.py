"""What the marketplace knows: sources, what was found in them, and what was taken from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import fsum
from typing import NewType, Self
from uuid import UUID, uuid5

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.marketplace.errors import EntryRemoved, RescanNotDue, RescanTooSoon, ScanOutdated
from taskforce.core.marketplace.rhythm import Rhythm

PAUSE = timedelta(minutes=5)
"""A source is scanned once within this, however often it is asked for."""

SourceId = NewType("SourceId", str)
EntryId = NewType("EntryId", str)
ItemId = NewType("ItemId", str)


def entry_id(source: SourceId, path: str) -> EntryId:
    """Return the id of the entry at a path of a source: always the same (UUIDv5, RFC 9562)."""
    return EntryId(str(uuid5(UUID(source), path)))


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
    """Whoever added it, and the admins of its project."""
    PROJECT = "project"
    """Its project."""
    PUBLIC = "public"
    """Every project; it is changed, scanned and imported from in its own alone."""


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
    rhythm: Rhythm | None
    """When it is scanned by itself; None: only when it is asked for."""
    created_by: str
    created_at: datetime
    updated_at: datetime
    status: SourceStatus = SourceStatus.IDLE
    commit_sha: str = ""
    """The commit that was scanned last."""
    scanned_as: str = ""
    """What it was scanned by: the ref, the root hint, the manual map and the rules, as a fingerprint."""
    last_sync: datetime | None = None
    last_error: str = ""
    counts: Mapping[ArtifactType, int] = field(default_factory=dict)
    """Entries that are not removed, by type."""
    scan: JobId | None = None
    """The job that scans it, or did last."""
    asked_at: datetime | None = None
    """When a scan was asked for last."""
    next_scan_at: datetime | None = None
    """When it is scanned by itself next."""
    version: int = 1

    def begin_scan(self, job: JobId, *, at: datetime, is_free: bool) -> Self:
        """Be scanned by a job; a free one is not held to the pause. Raises RescanTooSoon."""
        free_at = at if self.asked_at is None or is_free else self.asked_at + PAUSE
        if free_at > at:
            raise RescanTooSoon(self.id, retry_after=free_at - at)
        next_scan_at = self.rhythm.after(at) if self.rhythm else None
        return self._changed(
            at, status=SourceStatus.SCANNING, scan=job, asked_at=at, next_scan_at=next_scan_at
        )

    def begin_due_scan(self, job: JobId, *, at: datetime) -> Self:
        """Be scanned by a job because it is time. Raises RescanNotDue when another process saw to that."""
        if self.next_scan_at is None or self.next_scan_at > at:
            raise RescanNotDue(self.id)
        return self.begin_scan(job, at=at, is_free=True)

    def begin_scan_again(self, job: JobId, *, continues: JobId, at: datetime) -> Self:
        """Be scanned by a job that continues one that failed. Raises ScanOutdated, RescanTooSoon."""
        if self.scan != continues or self.status is not SourceStatus.ERROR:
            raise ScanOutdated(self.id)
        return self.begin_scan(job, at=at, is_free=False)

    def scanned(
        self, *, at: datetime, commit_sha: str, scanned_as: str, counts: Mapping[ArtifactType, int]
    ) -> Self:
        """Take note of a scan that went well."""
        return self._changed(
            at,
            status=SourceStatus.SUCCESS,
            commit_sha=commit_sha,
            scanned_as=scanned_as,
            last_sync=at,
            last_error="",
            counts=counts,
        )

    def scan_failed(self, error: str, *, at: datetime) -> Self:
        """Take note of a scan that came to nothing; what was found before stays."""
        return self._changed(at, status=SourceStatus.ERROR, last_error=error)

    def mended(self, *, at: datetime, **fields: object) -> Self:
        """Return it with fields that a person changed."""
        mended = self._changed(at, **fields)
        if mended.rhythm != self.rhythm:
            mended = replace(mended, next_scan_at=mended.rhythm.after(at) if mended.rhythm else None)
        return mended

    def _changed(self, at: datetime, **fields: object) -> Self:
        return replace(self, updated_at=at, version=self.version + 1, **fields)  # type: ignore[arg-type]


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

    def exclude(self) -> Self:
        """Take it out of what is offered, until its content changes. Raises EntryRemoved."""
        self._check_there()
        return replace(self, status=EntryStatus.EXCLUDED)

    def include(self) -> Self:
        """Offer it again; one that is not excluded stays as it is."""
        if self.status is not EntryStatus.EXCLUDED:
            return self
        status = EntryStatus.NEW if self.imported_at is None else EntryStatus.IMPORTED
        return replace(self, status=status)

    def imported(self, *, at: datetime) -> Self:
        """Take note that its content is in the collection. Raises EntryRemoved."""
        self._check_there()
        return replace(self, status=EntryStatus.IMPORTED, imported_at=at)

    def _check_there(self) -> None:
        if self.status is EntryStatus.REMOVED:
            raise EntryRemoved(self.id, self.found.path)


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
    """`create`, `update`, `delete`, `rescan`, `import`, …"""
    source: SourceId
    subject: str
    """What it was done to: the source, an entry or an item."""
    outcome: str
    """`success`, `error`, `cancelled`, or what else it came to, in one word."""
    details: str = ""
    """More of that, for people."""
