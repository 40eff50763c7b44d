"""What is written beside a new job, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from taskforce.core.jobs.requests import RequestKey


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
