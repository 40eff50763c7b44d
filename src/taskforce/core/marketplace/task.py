"""What a scan's job is given, and what it comes to."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from taskforce.core.documents import digest
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.kinds import SCAN
from taskforce.core.marketplace.model import ArtifactType, Detected, Signal, Source, SourceId

KIND = SCAN
RULES = 1
"""Goes up when the detector's rules change: what was scanned by others is looked at again."""


def subject_of(source: SourceId) -> str:
    """Return what the scans of a source are about, and the lock that lets only one run."""
    return f"source/{source}"


class Given(BaseModel):
    """A part of a job's input or result."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScanTask(Given):
    """The input of a job that scans a repository."""

    url: str
    ref: str
    root_hint: str = ""
    manual_map: dict[str, ArtifactType] = Field(default_factory=dict)
    source: SourceId | None = None
    """Whose catalogue is written; None: what is found is the job's result, and nothing else."""
    known_commit: str = ""
    """The commit whose scan is in the catalogue: found again, nothing is read of it."""

    @classmethod
    def of(cls, source: Source, *, is_forced: bool) -> "ScanTask":
        """Return how a source is scanned; a forced scan looks at everything again."""
        task = cls(
            url=source.repo_url,
            ref=source.branch,
            root_hint=source.root_hint,
            manual_map=dict(source.manual_map),
            source=source.id,
        )
        if is_forced or source.scanned_as != task.scanned_as:
            return task
        return task.model_copy(update={"known_commit": source.commit_sha})

    @property
    def scanned_as(self) -> str:
        """Return the fingerprint of all that decides what is found at a commit."""
        return digest([RULES, self.url, self.ref, self.root_hint, dict(self.manual_map)])


class ScoredSignal(Given):
    """A reason, and its points."""

    name: str
    points: float


class FoundArtifact(Given):
    """An artifact that a scan found."""

    type: ArtifactType
    name: str
    path: str
    confidence: Annotated[int, Field(ge=0, le=100)]
    breakdown: tuple[ScoredSignal, ...]
    is_single_file: bool = False
    members: tuple[str, ...] = ()
    digest: str
    files: int
    size: int

    @classmethod
    def of(cls, found: Found) -> "FoundArtifact":
        """Return it as the record keeps it."""
        artifact = found.artifact
        return cls(
            type=artifact.type,
            name=artifact.name,
            path=artifact.path,
            confidence=artifact.confidence,
            breakdown=tuple(
                ScoredSignal(name=signal.name, points=signal.points) for signal in artifact.breakdown
            ),
            members=artifact.members,
            is_single_file=artifact.is_single_file,
            digest=found.digest,
            files=found.files,
            size=found.size,
        )

    def found(self) -> Found:
        """Return it as the catalogue takes it."""
        artifact = Detected(
            type=self.type,
            name=self.name,
            path=self.path,
            confidence=self.confidence,
            breakdown=tuple(Signal(name=one.name, points=one.points) for one in self.breakdown),
            is_single_file=self.is_single_file,
            members=self.members,
        )
        return Found(artifact=artifact, digest=self.digest, files=self.files, size=self.size)


class ScanResult(Given):
    """What a scan's job comes to."""

    commit_sha: str
    artifacts: tuple[FoundArtifact, ...]
    left_out: tuple[str, ...]
    is_known: bool = False
    """Whether it is the commit that the catalogue tells of; then nothing was looked at."""


class ScanSummary(Given):
    """What a source's scan comes to; what it found is in the catalogue."""

    source_id: str
    commit_sha: str
    is_known: bool
    counts: dict[ArtifactType, int] | None
    """What was found; None of a commit that is known."""
    left_out: tuple[str, ...]
