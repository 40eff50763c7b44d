"""What a scan changes: by path, and nothing when nothing differs."""

from dataclasses import replace

import pytest

from taskforce.core.marketplace.comparing import Comparison, Found, compare
from taskforce.core.marketplace.model import Entry, EntryStatus
from tests.unit.core.marketplace.entries import AT, BEFORE, an_entry, found

NEW, UPDATED, REMOVED = EntryStatus.NEW, EntryStatus.UPDATED, EntryStatus.REMOVED
IMPORTED, EXCLUDED = EntryStatus.IMPORTED, EntryStatus.EXCLUDED


def compared(catalogue: list[Entry], *seen: Found) -> Comparison:
    return compare(catalogue, seen, commit_sha="c2", at=AT)


def test_what_is_not_known_is_new() -> None:
    comparison = compared([], found("commands/b.md"), found())
    assert [one.artifact.path for one in comparison.new] == ["commands/a.md", "commands/b.md"]
    assert not comparison.changes_nothing


@pytest.mark.parametrize("status", [NEW, UPDATED, IMPORTED, EXCLUDED])
def test_the_same_content_changes_nothing(status: EntryStatus) -> None:
    entry = an_entry(status=status)
    comparison = compared([entry], found())
    assert comparison.unchanged == (entry,)
    assert comparison.changes_nothing


@pytest.mark.parametrize("status", [NEW, UPDATED, IMPORTED, EXCLUDED, REMOVED])
def test_other_content_is_an_update_whatever_the_status_was(status: EntryStatus) -> None:
    entry = an_entry(status=status)
    (updated,) = compared([entry], found(digest="d2")).updated
    assert updated == replace(
        entry, digest="d2", status=UPDATED, commit_sha="c2", changed_at=AT, files=2, size=20
    )


def test_what_is_gone_is_removed_once() -> None:
    first = compared([an_entry(status=IMPORTED)])
    (removed,) = first.removed
    assert (removed.status, removed.changed_at, removed.imported_at) == (REMOVED, AT, BEFORE)
    again = compared([removed])
    assert again.changes_nothing
    assert again.unchanged == (removed,)


@pytest.mark.parametrize(
    ("before", "after"), [(NEW, NEW), (UPDATED, NEW), (EXCLUDED, NEW), (IMPORTED, IMPORTED)]
)
def test_what_is_back_unchanged_is_new_or_still_imported(before: EntryStatus, after: EntryStatus) -> None:
    (removed,) = compared([an_entry(status=before)]).removed
    (back,) = compared([removed], found()).updated
    assert back.status is after


@pytest.mark.parametrize("status", [NEW, IMPORTED, EXCLUDED])
def test_the_same_content_judged_otherwise_keeps_its_status(status: EntryStatus) -> None:
    entry = an_entry(status=status)
    comparison = compared([entry], found(confidence=60))
    (rejudged,) = comparison.rejudged
    assert (rejudged.status, rejudged.found.confidence, rejudged.changed_at) == (status, 60, BEFORE)
    assert not comparison.changes_nothing


def test_a_renamed_artifact_is_removed_and_new() -> None:
    comparison = compared([an_entry("commands/a.md")], found("commands/b.md"))
    assert [one.found.path for one in comparison.removed] == ["commands/a.md"]
    assert [one.artifact.path for one in comparison.new] == ["commands/b.md"]
