"""What a scan's job is given, and what it comes to."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import ArtifactType

KIND = "scan"


class Given(BaseModel):
    """A part of a job's input or result."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScanTask(Given):
    """The input of a job that scans a repository."""

    url: str
    ref: str
    root_hint: str = ""
    manual_map: dict[str, ArtifactType] = Field(default_factory=dict)


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
            digest=found.digest,
            files=found.files,
            size=found.size,
        )


class ScanResult(Given):
    """What a scan's job comes to."""

    commit_sha: str
    artifacts: tuple[FoundArtifact, ...]
    left_out: tuple[str, ...]
