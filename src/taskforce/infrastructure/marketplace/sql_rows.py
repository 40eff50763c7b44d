"""What a row of the marketplace is in core's words, and the other way round."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from taskforce.core.documents import JsonObject, written
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import (
    ArtifactType,
    AuditRow,
    Detected,
    Entry,
    EntryStatus,
    Signal,
    Source,
    SourceStatus,
    TrustLevel,
    Visibility,
)
from taskforce.core.marketplace.rhythm import rhythm_of
from taskforce.core.marketplace.upstream import same_repository
from taskforce.infrastructure.database.marketplace_tables import (
    marketplace_audit,
    marketplace_entries,
    marketplace_sources,
)
from taskforce.infrastructure.database.rows import Values

_SOURCE = tuple(marketplace_sources.columns.keys())
_ENTRY = tuple(marketplace_entries.columns.keys())
_AUDIT = tuple(marketplace_audit.columns.keys())
_AS_THEY_ARE = (
    *("id", "project", "repo_url", "branch", "root_hint", "created_by", "created_at", "updated_at"),
    *("commit_sha", "scanned_as", "last_sync", "last_error", "scan", "asked_at", "next_scan_at", "version"),
)
_OF_ENTRIES = (
    *("id", "source", "project", "digest", "commit_sha", "files", "size", "first_seen", "changed_at"),
    *("imported_at", "duplicate_of"),
)


OUTLINE = ("path", "digest", "type", "name", "confidence", "is_single_file", "breakdown", "members")
"""The columns that tell whether an entry was found again just as it is."""


def outline_of(found: Found) -> tuple[str | int, ...]:
    """Return what the database holds in an outline's columns when this was found."""
    artifact = found.artifact
    return (
        artifact.path,
        found.digest,
        artifact.type.value,
        artifact.name,
        artifact.confidence,
        int(artifact.is_single_file),
        _breakdown(artifact.breakdown),
        written(list(artifact.members)),
    )


@lru_cache(maxsize=4_096)
def _breakdown(signals: tuple[Signal, ...]) -> str:
    """Return a breakdown as the database holds it; many artifacts have the same."""
    return written([[signal.name, signal.points] for signal in signals])


def sought(name: str, path: str) -> str:
    """Return a name and a path as they are searched: in whatever case."""
    return f"{name}\n{path}".casefold()


def source_values(source: Source) -> Values:
    """Return a source's row."""
    return {
        **{name: getattr(source, name) for name in _AS_THEY_ARE},
        "repository": same_repository(source.repo_url),
        "manual_map": _words(source.manual_map),
        "trust_level": source.trust_level.value,
        "visibility": source.visibility.value,
        "rhythm": source.rhythm.text if source.rhythm else None,
        "status": source.status.value,
        "counts": {type_.value: number for type_, number in source.counts.items()},
    }


def source_from(row: Sequence[Any]) -> Source:
    """Return the source of a row."""
    fields = dict(zip(_SOURCE, row, strict=True))
    return Source(
        **{name: fields[name] for name in _AS_THEY_ARE},
        manual_map={folder: ArtifactType(type_) for folder, type_ in fields["manual_map"].items()},
        trust_level=TrustLevel(fields["trust_level"]),
        visibility=Visibility(fields["visibility"]),
        rhythm=None if fields["rhythm"] is None else rhythm_of(fields["rhythm"]),
        status=SourceStatus(fields["status"]),
        counts={ArtifactType(type_): number for type_, number in fields["counts"].items()},
    )


def entry_values(entry: Entry) -> Values:
    """Return an entry's row."""
    found = entry.found
    return {
        **{name: getattr(entry, name) for name in _OF_ENTRIES},
        "path": found.path,
        "name": found.name,
        "sought": sought(found.name, found.path),
        "type": found.type.value,
        "confidence": found.confidence,
        "status": entry.status.value,
        "is_single_file": found.is_single_file,
        "breakdown": [[signal.name, signal.points] for signal in found.breakdown],
        "members": list(found.members),
    }


def entry_from(row: Sequence[Any]) -> Entry:
    """Return the entry of a row."""
    fields = dict(zip(_ENTRY, row, strict=True))
    found = Detected(
        type=ArtifactType(fields["type"]),
        name=fields["name"],
        path=fields["path"],
        confidence=fields["confidence"],
        breakdown=tuple(Signal(name=name, points=points) for name, points in fields["breakdown"]),
        is_single_file=bool(fields["is_single_file"]),
        members=tuple(fields["members"]),
    )
    return Entry(
        **{name: fields[name] for name in _OF_ENTRIES}, found=found, status=EntryStatus(fields["status"])
    )


def audit_values(row: AuditRow) -> Values:
    """Return a row of the audit."""
    return {name: getattr(row, name) for name in _AUDIT if name != "number"}


def audit_from(row: Sequence[Any]) -> AuditRow:
    """Return what a row of the audit tells."""
    fields = dict(zip(_AUDIT, row, strict=True))
    del fields["number"]
    return AuditRow(**fields)


def _words(manual_map: Mapping[str, ArtifactType]) -> JsonObject:
    return {folder: type_.value for folder, type_ in manual_map.items()}
