"""Ids: what they are called, where they come from, how they are spelled."""

from abc import abstractmethod
from typing import NewType, Protocol
from uuid import UUID, uuid5

JobId = NewType("JobId", str)
SessionId = NewType("SessionId", str)
ArtifactId = NewType("ArtifactId", str)
ProjectId = NewType("ProjectId", str)
WorkerId = NewType("WorkerId", str)
WaitId = NewType("WaitId", str)

ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
"""A UUID in its one canonical spelling."""


class IdSource(Protocol):
    """Makes ids that sort by the time of their making."""

    @abstractmethod
    def new(self) -> str:
        """Return a UUIDv7 (RFC 9562) in its canonical spelling; no two are equal."""


def wait_id(job_id: JobId, key: str) -> WaitId:
    """Return the id of the wait that a job opens under this key: always the same (UUIDv5, RFC 9562)."""
    return WaitId(str(uuid5(UUID(job_id), key)))
