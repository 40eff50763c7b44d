"""What scans write beside a job's record, in its transaction."""

from dataclasses import dataclass
from datetime import datetime

from taskforce.core.identity import JobId
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginScan:
    """Say that a source is being scanned, beside the job that does it.

    Its applier raises SourceNotFound; RescanTooSoon within five minutes of the last one, unless it is free;
    RescanNotDue for one that is scanned by itself when that was seen to; ScanOutdated when a scan that is
    tried again is not the source's last, did not fail, or looks at it otherwise than it is looked at now.
    """

    source: SourceId
    job: JobId
    at: datetime
    is_free: bool = False
    """Whether it may be scanned again at once."""
    is_due: bool = False
    """Whether it is scanned by itself."""
    continues: JobId | None = None
    """The scan that is tried again; None: the job looks anew."""
    scanned_as: str = ""
    """How the scan that is tried again looks at the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreScan:
    """Write what a scan found into the catalogue of its source, unless that is gone."""

    source: SourceId
    job: JobId
    by: str
    at: datetime
    commit_sha: str
    scanned_as: str
    found: tuple[Found, ...] | None
    """None: the repository is as it was, and so is the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailScan:
    """Say why a scan came to nothing, unless its source is gone; the catalogue stays."""

    source: SourceId
    job: JobId
    by: str
    at: datetime
    outcome: str
    """`error` or `cancelled`."""
    error: str
