"""Ids: what they are called, where they come from, how they are spelled."""

import re
from abc import abstractmethod
from typing import NewType, Protocol
from uuid import UUID, uuid5

from taskforce.core.errors import FieldError, Invalid

JobId = NewType("JobId", str)
SessionId = NewType("SessionId", str)
ArtifactId = NewType("ArtifactId", str)
ProjectId = NewType("ProjectId", str)
WorkerId = NewType("WorkerId", str)
WaitId = NewType("WaitId", str)

_CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ID_PATTERN = f"^{_CANONICAL.pattern}$"


class IdSource(Protocol):
    """Makes ids that sort by the time of their making."""

    @abstractmethod
    def new(self) -> str:
        """Return a UUIDv7 (RFC 9562) in its canonical spelling; no two are equal."""


def checked_id(text: str, *, name: str) -> str:
    """Return the id as given, if it is a UUID in its one canonical spelling.

    Raises:
        Invalid: it is spelled in another way; the error names the field, not the value.
    """
    if not _CANONICAL.fullmatch(text):
        detail = "must be a UUID such as 0199a2f3-7c1e-7000-8000-000000000001"
        raise Invalid(
            f"{name} {detail}.", errors=[FieldError(pointer=f"/{name}", code="uuid", detail=detail)]
        )
    return text


def wait_id(job_id: JobId, key: str) -> WaitId:
    """Return the id of the wait that a job opens under this key: always the same (UUIDv5, RFC 9562)."""
    return WaitId(str(uuid5(UUID(job_id), key)))
