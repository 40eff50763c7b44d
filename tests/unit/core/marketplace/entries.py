"""Entries and what a scan finds, for the tests of what becomes of them."""

from dataclasses import replace
from datetime import UTC, datetime

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.detection import detect
from taskforce.core.marketplace.model import ArtifactType, Detected, Entry, EntryId, EntryStatus, SourceId

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 2, 1, tzinfo=UTC)


def detected(path: str, confidence: int = 75, *, manual: bool = False) -> Detected:
    """Return what is found at a path; by the manual map, when it is said so."""
    folder = path.rpartition("/")[0]
    (one,) = detect([path], manual_map={folder: ArtifactType.COMMAND} if manual else None)
    return replace(one, confidence=confidence)


def an_entry(
    path: str = "commands/a.md",
    *,
    status: EntryStatus = EntryStatus.NEW,
    digest: str = "d1",
    confidence: int = 75,
    id: str = "",
    manual: bool = False,
    source: str = "s",
) -> Entry:
    """Return an entry of a catalogue."""
    return Entry(
        id=EntryId(id or path),
        source=SourceId(source),
        project=ProjectId("default"),
        found=detected(path, confidence, manual=manual),
        digest=digest,
        commit_sha="c1",
        status=status,
        files=1,
        size=10,
        first_seen=BEFORE,
        changed_at=BEFORE,
        imported_at=BEFORE if status is EntryStatus.IMPORTED else None,
    )


def found(path: str = "commands/a.md", *, digest: str = "d1", confidence: int = 75) -> Found:
    """Return what a scan finds."""
    return Found(artifact=detected(path, confidence), digest=digest, files=2, size=20)
