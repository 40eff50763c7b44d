"""What is written beside a job's own record, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from taskforce.core.jobs.requests import RequestKey


class Change(Protocol):
    """A capability's own rows, written in the transaction of a job's record; the store can apply it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberRequest:
    """Remember what a request under a key made.

    Its applier raises Conflict when the key is taken, so that of two requests at once one makes nothing.
    """

    request: RequestKey
    fingerprint: str
    """The SHA-256 of what was asked."""
    made: str
    """The id of the job, or of what else it made."""
    at: datetime
