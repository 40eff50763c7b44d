"""The rules of the marketplace's stores: what each write does, whatever it is stored in."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from taskforce.core.identity import ProjectId
from taskforce.core.marketplace.changes import BeginScan, FailScan, StoreScan
from taskforce.core.marketplace.comparing import Comparison, compare
from taskforce.core.marketplace.duplicates import duplicates
from taskforce.core.marketplace.errors import EntryNotFound, ScanOutdated, SourceExists, SourceNotFound
from taskforce.core.marketplace.model import (
    AuditRow,
    Entry,
    EntryId,
    EntryStatus,
    Source,
    SourceId,
    entry_id,
)
from taskforce.core.marketplace.task import ScanTask
from taskforce.infrastructure.marketplace.ledger import MarketplaceLedger

RESCAN = "rescan"
SUCCESS = "success"


def add_source(ledger: MarketplaceLedger, source: Source, audit: AuditRow) -> None:
    """Write a new source."""
    _check_alone(ledger, source)
    ledger.put_source(source)
    ledger.tell(audit)


def change_source(
    ledger: MarketplaceLedger, source_id: SourceId, change: Callable[[Source], Source], audit: AuditRow
) -> Source:
    """Write what becomes of a source."""
    changed = change(_found(ledger, source_id))
    _check_alone(ledger, changed)
    ledger.put_source(changed)
    ledger.tell(audit)
    return changed


def remove_source(ledger: MarketplaceLedger, source_id: SourceId, audit: AuditRow) -> None:
    """Remove a source; of what it had, others may be the best now."""
    source = _found(ledger, source_id)
    digests = ledger.contents(source_id)
    ledger.drop_source(source_id)
    _mark_duplicates(ledger, digests, project=source.project)
    ledger.tell(audit)


def change_entry(
    ledger: MarketplaceLedger,
    entry_id: EntryId,
    change: Callable[[Entry], Entry],
    *,
    source: SourceId,
    audit: AuditRow,
) -> Entry:
    """Write what becomes of an entry; one that stays as it is is not written, and not told of."""
    found = ledger.entry(entry_id, source=source)
    if found is None:
        raise EntryNotFound(entry_id)
    changed = change(found)
    if changed != found:
        ledger.put_entries([changed])
        ledger.tell(audit)
    return changed


def begin_scan(ledger: MarketplaceLedger, change: BeginScan) -> None:
    """Say that a source is being scanned."""
    source = _found(ledger, change.source)
    if change.continues is not None:
        if ScanTask.of(source, is_forced=True).scanned_as != change.scanned_as:
            raise ScanOutdated(source.id)
        begun = source.begin_scan_again(change.job, continues=change.continues, at=change.at)
    elif change.is_due:
        begun = source.begin_due_scan(change.job, at=change.at)
    else:
        begun = source.begin_scan(change.job, at=change.at, is_free=change.is_free)
    ledger.put_source(begun)


def store_scan(ledger: MarketplaceLedger, change: StoreScan) -> None:
    """Write what a scan found; of entries only those that differ."""
    source = ledger.source(change.source)
    if source is None:
        return
    counts, details = source.counts, "unchanged"
    if change.found is not None:
        differing = ledger.differing(source.id, change.found)
        compared = compare(differing.known, differing.found, commit_sha=change.commit_sha, at=change.at)
        if not compared.changes_nothing:
            details = _write(ledger, source, compared, change, was=differing.known)
        counts = Counter(one.artifact.type for one in change.found)
    scanned = source.scanned(
        at=change.at, commit_sha=change.commit_sha, scanned_as=change.scanned_as, counts=counts
    )
    ledger.put_source(scanned)
    ledger.tell(_row(source, by=change.by, at=change.at, outcome=SUCCESS, details=details))


def fail_scan(ledger: MarketplaceLedger, change: FailScan) -> None:
    """Say why a scan came to nothing."""
    source = ledger.source(change.source)
    if source is not None:
        ledger.put_source(source.scan_failed(change.error, at=change.at))
        row = _row(source, by=change.by, at=change.at, outcome=change.outcome, details=change.error)
        ledger.tell(row)


def _write(
    ledger: MarketplaceLedger,
    source: Source,
    compared: Comparison,
    change: StoreScan,
    *,
    was: Collection[Entry],
) -> str:
    """Write what differs, mark duplicates, and return in words how much it was."""
    added = tuple(
        Entry(
            id=entry_id(source.id, found.artifact.path),
            source=source.id,
            project=source.project,
            found=found.artifact,
            digest=found.digest,
            commit_sha=change.commit_sha,
            status=EntryStatus.NEW,
            files=found.files,
            size=found.size,
            first_seen=change.at,
            changed_at=change.at,
        )
        for found in compared.new
    )
    differing = (*compared.updated, *compared.removed, *compared.rejudged)
    ledger.put_entries((*added, *differing))
    digests = {entry.digest for entry in (*was, *added, *differing)}
    _mark_duplicates(ledger, digests, project=source.project)
    numbers = {"new": added, "updated": compared.updated, "removed": compared.removed}
    told = [f"{len(entries)} {word}" for word, entries in numbers.items() if entries]
    return ", ".join(told) or "judged anew"


def _mark_duplicates(ledger: MarketplaceLedger, digests: Collection[str], *, project: ProjectId) -> None:
    """Say of each entry with one of these contents which one is better."""
    alike = ledger.of_content(digests, project=project)
    best = duplicates(alike)
    marked = [replace(entry, duplicate_of=best.get(entry.id)) for entry in alike]
    ledger.put_entries([now for now, was in zip(marked, alike, strict=True) if now != was])


def _check_alone(ledger: MarketplaceLedger, source: Source) -> None:
    other = ledger.same(source)
    if other is not None:
        raise SourceExists(other)


def _found(ledger: MarketplaceLedger, source_id: SourceId) -> Source:
    source = ledger.source(source_id)
    if source is None:
        raise SourceNotFound(source_id)
    return source


def _row(source: Source, *, by: str, at: datetime, outcome: str, details: str) -> AuditRow:
    return AuditRow(
        project=source.project,
        at=at,
        by=by,
        action=RESCAN,
        source=source.id,
        subject=source.id,
        outcome=outcome,
        details=details,
    )
