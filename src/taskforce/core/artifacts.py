"""Artifacts: bytes under a key, with kind, media type, size and SHA-256."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict

from taskforce.core.errors import NotFound, Unavailable
from taskforce.core.identity import ArtifactId, JobId, ProjectId
from taskforce.core.shapes import AN_ID, Count, Sha256, unlimited

Content: TypeAlias = bytes | Path | AsyncIterator[bytes]
ArtifactWord: TypeAlias = Annotated[str, unlimited("as the program says it that keeps the artifact")]


class ArtifactRef(BaseModel):
    """What a job keeps of an artifact: where it is, what it is, and how to know it unharmed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[ArtifactId, AN_ID]
    key: ArtifactWord
    kind: ArtifactWord
    media_type: ArtifactWord
    size: Count
    """Bytes."""
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """An artifact on record: its reference, its owner, when it came."""

    ref: ArtifactRef
    project: ProjectId
    job_id: JobId
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBytes:
    """What a store tells of what it took in: bytes and their SHA-256 in hex."""

    size: int
    sha256: str


class ArtifactNotFound(NotFound):
    """No artifact of this id in this project."""

    def __init__(self, artifact_id: str) -> None:
        super().__init__(f"There is no artifact {artifact_id} here. List those of its job.")


class ArtifactDamaged(Unavailable):
    """The stored bytes are not those that were written."""

    code = "artifact_damaged"
    title = "Artifact damaged"

    def __init__(self, key: str) -> None:
        super().__init__(f"The stored bytes of {key} do not match their SHA-256. Restore them from a backup.")


class ArtifactStore(Protocol):
    """Keeps bytes under keys. A key is a relative POSIX path that begins with the project."""

    @abstractmethod
    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        """Store all of the content under the key or nothing; what was there before is replaced.

        When this returns the bytes are on disk (fsync). Raises Invalid when the key leaves the store.
        """

    @abstractmethod
    def open(self, ref: ArtifactRef) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open an artifact to read it in chunks; the SHA-256 is checked as it is read.

        Raises ArtifactNotFound when the bytes are gone, ArtifactDamaged once they prove to be others.
        """

    async def read(self, ref: ArtifactRef) -> bytes:
        """Return all bytes of an artifact. Raises as `open` does."""
        async with self.open(ref) as chunks:
            return b"".join([chunk async for chunk in chunks])

    @abstractmethod
    def arrived(self, key: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open what somebody else has put under the key, of which nothing is on record to check it by.

        Raises ArtifactNotFound when nothing is there.
        """

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Remove what is under the key; nothing there is no error."""

    @abstractmethod
    async def clear(self, prefix: str) -> None:
        """Remove all whose keys begin with these parts; nothing there is no error."""

    @abstractmethod
    async def check(self) -> None:
        """Return when bytes can be stored; raise Unavailable with the reason when not."""
