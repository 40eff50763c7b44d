"""What a scan changes in the catalogue: found and known artifacts are compared by path."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from taskforce.core.marketplace.model import Detected, Entry, EntryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An artifact that a scan found, with what its files come to."""

    artifact: Detected
    digest: str
    files: int
    size: int
    """Bytes of all its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is to be written; an entry is in one of these."""

    new: tuple[Found, ...]
    """At paths that the catalogue does not know."""
    updated: tuple[Entry, ...]
    """Their content differs, or they are back."""
    removed: tuple[Entry, ...]
    rejudged: tuple[Entry, ...]
    """The same content, seen otherwise: the rules, the manual map or the folders around it changed."""
    unchanged: tuple[Entry, ...]

    @property
    def changes_nothing(self) -> bool:
        """Tell whether nothing is to be written."""
        return not (self.new or self.updated or self.removed or self.rejudged)


def compare(
    catalogue: Iterable[Entry], found: Iterable[Found], *, commit_sha: str, at: datetime
) -> Comparison:
    """Return what differs, sorted by path.

    An entry that was imported or excluded stays so until its content changes. One that was removed and is
    back is what it was before its import: imported when it was, else new; updated when its content differs.
    """
    known = {entry.found.path: entry for entry in catalogue}
    seen = {one.artifact.path: one for one in found}
    both = [(known[path], seen[path]) for path in sorted(known.keys() & seen.keys())]
    changed = {entry.id: _updated(entry, one, commit_sha, at) for entry, one in both if _is_other(entry, one)}
    same = [(entry, one) for entry, one in both if entry.id not in changed]
    gone = [known[path] for path in sorted(known.keys() - seen.keys())]
    return Comparison(
        new=tuple(seen[path] for path in sorted(seen.keys() - known.keys())),
        updated=tuple(changed.values()),
        removed=tuple(_removed(entry, at) for entry in gone if not _is_gone(entry)),
        rejudged=tuple(
            replace(entry, found=one.artifact) for entry, one in same if entry.found != one.artifact
        ),
        unchanged=(
            *(entry for entry, one in same if entry.found == one.artifact),
            *(entry for entry in gone if _is_gone(entry)),
        ),
    )


def _is_other(entry: Entry, found: Found) -> bool:
    return entry.digest != found.digest or _is_gone(entry)


def _updated(entry: Entry, found: Found, commit_sha: str, at: datetime) -> Entry:
    if entry.digest != found.digest:
        status = EntryStatus.UPDATED
    else:
        status = EntryStatus.NEW if entry.imported_at is None else EntryStatus.IMPORTED
    return replace(
        entry,
        found=found.artifact,
        digest=found.digest,
        files=found.files,
        size=found.size,
        commit_sha=commit_sha,
        status=status,
        changed_at=at,
    )


def _removed(entry: Entry, at: datetime) -> Entry:
    return replace(entry, status=EntryStatus.REMOVED, changed_at=at, duplicate_of=None)


def _is_gone(entry: Entry) -> bool:
    return entry.status is EntryStatus.REMOVED
