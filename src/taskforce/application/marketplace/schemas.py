"""What is asked of sources and their artifacts, and how they are shown, by the fields of the contract."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taskforce.application.jobs.schemas import Id, Moment, PageRequest, Request, ShownProject, View
from taskforce.core.identity import JobId
from taskforce.core.marketplace.model import (
    ArtifactType,
    AuditRow,
    Entry,
    EntryStatus,
    Source,
    SourceId,
    SourceStatus,
    TreeFile,
    TrustLevel,
    Visibility,
)
from taskforce.core.marketplace.ports import EntryOrder
from taskforce.core.marketplace.upstream import upstream_url
from taskforce.core.shapes import Count, Prose, Sha256, ShownId, ShownPath, shape, unlimited

NEVER = "never"
RepoUrl = Annotated[
    str,
    Field(
        min_length=1, max_length=2_000, description="Where git finds it: https://, ssh://, user@host:path."
    ),
]
Branch = Annotated[str, Field(min_length=1, max_length=255, description="A branch, a tag or a commit.")]
Folder = Annotated[str, Field(max_length=1_000)]
RootHint = Annotated[Folder, Field(description="The folder that is scanned; all of it without one.")]
ManualMap = Annotated[
    dict[Folder, ArtifactType],
    Field(max_length=500, description="What folders are, whatever they look like."),
]
Trust = Annotated[
    TrustLevel, Field(description="How far it is trusted; what is untrusted asks before its first use.")
]
Sight = Annotated[
    Visibility, Field(description="Who sees it: you and the admins, the project, or every project.")
]
Interval = Annotated[
    Annotated[int, shape(minimum=300, maximum=31_536_000)]
    | Annotated[str, Field(min_length=1, max_length=100)],
    Field(
        description="When it is scanned by itself: seconds, a time (30m, 6h, 7d), cron's five fields in UTC, "
        "or never."
    ),
]
Search = Annotated[str, Field(max_length=200)]
Percent = Annotated[int, Field(ge=0, le=100)]
FilePath = Annotated[
    str, Field(min_length=1, max_length=4_096, description="As the artifact's list of files names it.")
]
Points = Annotated[float, shape(minimum=-160, maximum=160)]
Word = Annotated[str, unlimited("as the repository says it")]
Commit = Annotated[str, shape(pattern="^[0-9a-f]{40}$", maxLength=40)]
Address = Annotated[str, shape(maxLength=8_000)]
Who = Annotated[str, unlimited("as whoever knows the principals names them")]


class CreateSource(Request):
    """A repository to scan for artifacts, when somebody asks for it."""

    repo_url: RepoUrl
    branch: Branch = "main"
    root_hint: RootHint | None = None
    manual_map: ManualMap | None = None
    trust_level: Trust = TrustLevel.UNTRUSTED
    visibility: Sight = Visibility.PROJECT
    rescan_interval: Interval | None = None


class ListSources(PageRequest):
    """Which sources to list."""

    search: Search = Field(default="", description="Only those with this in their address or branch.")
    all_projects: bool = Field(
        default=False, description="Those of every project, for administrators of all of them."
    )


class GetSource(Request):
    """Which source to show."""

    source_id: Id


class SourceChanges(Request):
    """What to change; what is left out stays."""

    branch: Branch | None = None
    root_hint: RootHint | None = None
    manual_map: ManualMap | None = None
    trust_level: Trust | None = None
    visibility: Sight | None = None
    rescan_interval: Interval | None = None


class UpdateSource(SourceChanges):
    """Which source to change, and what."""

    source_id: Id


class DeleteSource(Request):
    """Which source to delete, with what was found there; what was imported stays."""

    source_id: Id


class RescanSource(Request):
    """Which source to scan."""

    source_id: Id
    force: bool = Field(
        default=False, description="Look at everything again; an admin need not wait five minutes either."
    )


class PartOfCatalogue(PageRequest):
    """Which artifacts of a source to list, and in which order."""

    type: list[ArtifactType] = Field(default=[], max_length=20, description="Only those of these types.")
    status: list[EntryStatus] = Field(default=[], max_length=20, description="Only those that stand so.")
    min_confidence: Percent = Field(default=0, description="Only those at least so likely.")
    max_confidence: Percent = Field(default=100, description="Only those at most so likely.")
    search: Search = Field(default="", description="Only those with this in their name or path.")
    sort: EntryOrder = Field(default=EntryOrder.CONFIDENCE, description="By what they are listed.")
    order: Literal["asc", "desc"] | None = Field(
        default=None, description="Without it: the likeliest, the latest, or the first of the alphabet first."
    )

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min_confidence > self.max_confidence:
            raise ValueError("min_confidence must be at most max_confidence")
        return self


class ListArtifacts(PartOfCatalogue):
    """Which artifacts of which source to list."""

    source_id: Id


class GetSourceArtifact(Request):
    """Which artifact of a source to show."""

    source_id: Id
    entry_id: Id


class ArtifactChanges(Request):
    """What to change of an artifact."""

    excluded: bool = Field(
        strict=True, description="Whether it is left out of what is offered, until its content changes."
    )


class UpdateSourceArtifact(ArtifactChanges):
    """Which artifact of a source to exclude or include."""

    source_id: Id
    entry_id: Id


class ReadSourceArtifact(Request):
    """Which file of an artifact to read."""

    source_id: Id
    entry_id: Id
    path: FilePath


class ListAudit(PageRequest):
    """Which rows of the audit to list."""

    source_id: Id | None = Field(default=None, description="Only what was done with this source.")


class StartScan(Request):
    """A repository to look at once; nothing is kept but the job."""

    url: RepoUrl
    branch: Branch = "main"
    root_hint: RootHint | None = None
    manual_map: ManualMap | None = None


class SourceSchema(View):
    """A source as it stands."""

    id: ShownId
    project_id: ShownProject
    repo_url: Address
    branch: Annotated[str, shape(maxLength=255)]
    root_hint: ShownPath | None
    manual_map: Annotated[dict[str, ArtifactType], unlimited("at most as many as may be said")]
    trust_level: TrustLevel
    visibility: Visibility
    rescan_interval: Annotated[int | str, unlimited("seconds, or five fields of cron")] | None
    next_scan_at: Moment | None
    status: SourceStatus
    last_sync: Moment | None
    last_error: Prose | None
    commit_sha: Commit | None
    """The commit that was scanned last."""
    counts: Annotated[dict[ArtifactType, Count], unlimited("one for each type that was found")]
    total: Count
    """Artifacts in the catalogue, less those that were removed."""
    scan_job_id: ShownId | None
    created_by: Who
    created_at: Moment
    updated_at: Moment
    version: int = Field(exclude=True)
    is_replayed: bool = Field(default=False, exclude=True)

    @classmethod
    def of(cls, source: Source, *, is_replayed: bool = False) -> Self:
        """Show a source."""
        rhythm = source.rhythm.text if source.rhythm else None
        return cls(
            id=source.id,
            project_id=source.project,
            repo_url=source.repo_url,
            branch=source.branch,
            root_hint=source.root_hint or None,
            manual_map=dict(source.manual_map),
            trust_level=source.trust_level,
            visibility=source.visibility,
            rescan_interval=int(rhythm) if rhythm and rhythm.isdecimal() else rhythm,
            next_scan_at=source.next_scan_at,
            status=source.status,
            last_sync=source.last_sync,
            last_error=source.last_error or None,
            commit_sha=source.commit_sha or None,
            counts=dict(source.counts),
            total=sum(source.counts.values()),
            scan_job_id=source.scan,
            created_by=source.created_by,
            created_at=source.created_at,
            updated_at=source.updated_at,
            version=source.version,
            is_replayed=is_replayed,
        )


class DeletedSourceView(View):
    """A source that is gone."""

    source_id: ShownId


class RescanView(View):
    """A scan that was taken in."""

    job_id: ShownId
    source_id: ShownId
    status_url: Address
    is_replayed: bool = Field(default=False, exclude=True)

    @classmethod
    def of(cls, job: JobId, source: SourceId, *, is_replayed: bool = False) -> Self:
        """Show a scan, and where its source is polled."""
        return cls(
            job_id=job,
            source_id=source,
            status_url=f"/api/v1/marketplace/sources/{source}",
            is_replayed=is_replayed,
        )


class CatalogSchema(View):
    """An artifact that a scan found."""

    id: ShownId
    source_id: ShownId
    type: ArtifactType
    name: Word
    path: ShownPath
    upstream_url: Address
    confidence: Annotated[int, shape(minimum=0, maximum=100)]
    raw_score: Points
    score_breakdown: Annotated[dict[str, Points], unlimited("one for each signal")]
    """Points by signal; their sum is the raw score."""
    status: EntryStatus
    detected_sha: Commit
    """The commit at which its content was first seen."""
    digest: Sha256
    files: Count
    size: Count
    """Bytes."""
    members: Annotated[tuple[ShownPath, ...], unlimited("all artifacts that lie in it")]
    duplicate_of: ShownId | None
    first_seen: Moment
    changed_at: Moment
    imported_at: Moment | None

    @classmethod
    def of(cls, entry: Entry, source: Source) -> Self:
        """Show an entry of a source's catalogue."""
        found = entry.found
        return cls(
            id=entry.id,
            source_id=entry.source,
            type=found.type,
            name=found.name,
            path=found.path,
            upstream_url=upstream_url(source.repo_url, entry.commit_sha, found),
            confidence=found.confidence,
            raw_score=found.raw,
            score_breakdown={signal.name: signal.points for signal in found.breakdown},
            status=entry.status,
            detected_sha=entry.commit_sha,
            digest=entry.digest,
            files=entry.files,
            size=entry.size,
            members=found.members,
            duplicate_of=entry.duplicate_of,
            first_seen=entry.first_seen,
            changed_at=entry.changed_at,
            imported_at=entry.imported_at,
        )


class ArtifactFileView(View):
    """A file of an artifact."""

    path: ShownPath
    """Relative to the artifact's folder; of a single file its name."""
    size: Count
    blob_sha: Commit
    """Git's name of its content."""

    @classmethod
    def of(cls, path: str, file: TreeFile) -> Self:
        """Show a file under its path in the artifact."""
        return cls(path=path, size=file.size, blob_sha=file.blob_sha)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFile:
    """A file's content, as the repository holds it."""

    path: str
    content: bytes


class AuditView(View):
    """What was done, by whom, and what it came to."""

    at: Moment
    by: Who
    action: Annotated[str, unlimited("as the marketplace names what is done")]
    source_id: ShownId
    subject: ShownId
    outcome: Annotated[str, unlimited("one word")]
    details: Prose

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        """Show a row."""
        return cls(
            at=row.at,
            by=row.by,
            action=row.action,
            source_id=row.source,
            subject=row.subject,
            outcome=row.outcome,
            details=row.details,
        )
