"""What a catalogue promises, whatever it is kept in: what scans write there, and how it is listed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from taskforce.core.jobs.errors import LockHeld
from taskforce.core.jobs.model import Failure, Job, JobStatus, Outcome
from taskforce.core.jobs.ports import Claims, Commit
from taskforce.core.marketplace.changes import BeginScan
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.errors import (
    EntryNotFound,
    RescanNotDue,
    RescanTooSoon,
    ScanOutdated,
    SourceNotFound,
)
from taskforce.core.marketplace.model import (
    ArtifactType,
    Entry,
    EntryId,
    EntryStatus,
    Source,
    SourceStatus,
    entry_id,
)
from taskforce.core.marketplace.ports import EntryFilter, EntryOrder
from taskforce.core.marketplace.rhythm import rhythm_of
from taskforce.core.marketplace.task import KIND, ScanTask
from taskforce.core.paging import Page
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import NOON, OTHER_PROJECT
from tests.integration.contracts.stores import Stores
from tests.marketplace_builders import (
    COMMIT,
    LEASE,
    a_row,
    a_scan,
    a_source,
    begin,
    found,
    scan,
    what_was_found,
)

ALL = Page(limit=100)
LATER = NOON + timedelta(hours=1)
A, B, C = "commands/a.md", "commands/b.md", "skills/c"


async def kept(stores: Stores, number: int = 1, **fields: object) -> Source:
    source = a_source(number, **fields)  # type: ignore[arg-type]
    await stores.sources.add(source, audit=a_row(source))
    return source


async def catalogue(stores: Stores, source: Source) -> dict[str, Entry]:
    found = await stores.catalogue.list(EntryFilter(source=source.id), ALL)
    return {entry.found.path: entry for entry in found.items}


async def told(stores: Stores, source: Source) -> list[str]:
    rows = (await stores.audit.list(source.project, ALL, source=source.id)).items
    return [f"{row.by}: {row.action} {row.outcome} {row.details}".strip() for row in rows]


async def test_a_scan_is_stored_with_its_end(stores: Stores) -> None:
    source = await kept(stores)
    what = [found(A), found(C, type=ArtifactType.SKILL, digest="d2")]
    await scan(stores.jobs, source, 1, what)
    entries = await catalogue(stores, source)
    assert [entry.found for entry in entries.values()] == [one.artifact for one in what]
    entry = entries[A]
    assert entry.id == entry_id(source.id, A)
    assert (entry.status, entry.commit_sha, entry.digest) == (EntryStatus.NEW, COMMIT, "d1")
    assert (entry.files, entry.size, entry.first_seen, entry.changed_at) == (2, 20, NOON, NOON)
    now = await stores.sources.get(source.id)
    assert (now.status, now.commit_sha, now.last_sync, now.last_error) == ("success", COMMIT, NOON, "")
    assert now.counts == {ArtifactType.COMMAND: 1, ArtifactType.SKILL: 1}
    assert await told(stores, source) == ["ann: rescan success 2 new", "ann: create success"]


async def test_a_rescan_writes_what_differs(stores: Stores) -> None:
    source = await kept(stores)
    await scan(stores.jobs, source, 1, [found(A), found(B, digest="d2")])
    before = await catalogue(stores, source)
    what = [found(A, digest="d3"), found(C, digest="d4")]
    await scan(stores.jobs, source, 2, what, at=LATER, commit="e" * 40)
    after = await catalogue(stores, source)
    assert {path: entry.status for path, entry in after.items()} == {A: "updated", B: "removed", C: "new"}
    changed = (after[A].commit_sha, after[A].first_seen, after[A].changed_at)
    assert changed == ("e" * 40, NOON, LATER)
    assert after[B] == replace(before[B], status=EntryStatus.REMOVED, changed_at=LATER)
    assert (await stores.sources.get(source.id)).counts == {ArtifactType.COMMAND: 2}
    assert (await told(stores, source))[0] == "ann: rescan success 1 new, 1 updated, 1 removed"


async def test_what_was_imported_and_is_back_is_imported(stores: Stores) -> None:
    source = await kept(stores)
    await scan(stores.jobs, source, 1, [found(A)])
    imported = await stores.catalogue.change(
        entry_id(source.id, A),
        lambda entry: entry.imported(at=NOON),
        source=source.id,
        audit=a_row(source, "import"),
    )
    await scan(stores.jobs, source, 2, [], at=LATER)
    await scan(stores.jobs, source, 3, [found(A)], at=LATER)
    back = (await catalogue(stores, source))[A]
    assert back == replace(imported, changed_at=LATER)


async def test_the_same_again_changes_no_entry(stores: Stores) -> None:
    source = await kept(stores)
    what = [found(A), found(B, digest="d2"), found(C, type=ArtifactType.COMPOSITE, digest="d3")]
    await scan(stores.jobs, source, 1, what)
    before = await catalogue(stores, source)
    for number, again in enumerate((what, what[::-1], None), start=2):
        await scan(stores.jobs, source, number, again, at=LATER)
        assert await catalogue(stores, source) == before
        assert (await stores.sources.get(source.id)).last_sync == LATER
        assert (await told(stores, source))[0] == "ann: rescan success unchanged"


async def test_what_is_judged_anew_is_no_news(stores: Stores) -> None:
    source = await kept(stores)
    await scan(stores.jobs, source, 1, [found(A, confidence=75)])
    before = (await catalogue(stores, source))[A]
    await scan(stores.jobs, source, 2, [found(A, confidence=60)], at=LATER)
    after = (await catalogue(stores, source))[A]
    assert after == replace(before, found=found(A, confidence=60).artifact)
    assert (await told(stores, source))[0] == "ann: rescan success judged anew"


async def test_copies_are_marked_within_a_project(stores: Stores) -> None:
    one, two = await kept(stores, 1), await kept(stores, 2)
    foreign = await kept(stores, 3, project=OTHER_PROJECT)
    await scan(stores.jobs, one, 1, [found(A), found(B)])
    await scan(stores.jobs, foreign, 2, [found(A, confidence=99)])
    assert (await catalogue(stores, one))[B].duplicate_of == entry_id(one.id, A)
    await scan(stores.jobs, two, 3, [found(C, confidence=90)])
    best = entry_id(two.id, C)
    assert [entry.duplicate_of for entry in (await catalogue(stores, one)).values()] == [best, best]
    assert (await catalogue(stores, foreign))[A].duplicate_of is None
    await scan(stores.jobs, two, 4, [], at=LATER)
    assert (await catalogue(stores, one))[A].duplicate_of is None
    assert (await catalogue(stores, one))[B].duplicate_of == entry_id(one.id, A)


async def test_one_scan_of_a_source_runs_and_one_comes_in_five_minutes(stores: Stores) -> None:
    source = await kept(stores)
    first = await begin(stores.jobs, source, 1)
    now = await stores.sources.get(source.id)
    assert (now.status, now.scan) == (SourceStatus.SCANNING, first.id)
    with pytest.raises(LockHeld):
        await begin(stores.jobs, source, 2, at=LATER)
    await stores.jobs.end(first, Commit(), Outcome(status=JobStatus.SUCCEEDED, result={}))
    soon = NOON + timedelta(minutes=4)
    with pytest.raises(RescanTooSoon) as refused:
        await begin(stores.jobs, source, 3, at=soon)
    assert refused.value.retry_after == timedelta(minutes=1)
    free = await begin(stores.jobs, source, 4, at=soon, is_free=True)
    await stores.jobs.end(free, Commit(), Outcome(status=JobStatus.SUCCEEDED, result={}))
    later = await begin(stores.jobs, source, 5, at=soon + timedelta(minutes=5))
    assert (await stores.sources.get(source.id)).scan == later.id


async def test_a_scan_that_is_due_is_begun_once(stores: Stores) -> None:
    source = await kept(stores, rhythm=rhythm_of("1h"), next_scan_at=NOON)
    with pytest.raises(RescanNotDue):
        await begin(stores.jobs, source, 1, at=NOON - timedelta(seconds=1), is_due=True)
    job = await begin(stores.jobs, source, 2, is_due=True)
    assert (await stores.sources.get(source.id)).next_scan_at == LATER
    await stores.jobs.end(job, Commit(), Outcome(status=JobStatus.SUCCEEDED, result={}))
    with pytest.raises(RescanNotDue):
        await begin(stores.jobs, source, 3, is_due=True)


async def test_of_a_source_its_last_scan_alone_is_tried_again_and_while_it_is_as_it_was(
    stores: Stores,
) -> None:
    source = await kept(stores)
    failed = Outcome(status=JobStatus.FAILED, failure=Failure(code="away", message="It is away."))
    early = await begin(stores.jobs, source, 1)
    await stores.jobs.end(early, Commit(), failed)
    last = await begin(stores.jobs, source, 2, at=LATER)
    await stores.jobs.end(last, Commit(), failed)
    scanned_as = ScanTask.of(source, is_forced=True).scanned_as
    even_later = LATER + timedelta(hours=1)

    async def again(of: Job, *, scanned_as: str) -> None:
        job = replace(a_scan(source, 3, at=even_later), continues=of.id)
        change = BeginScan(
            source=source.id, job=job.id, at=even_later, continues=of.id, scanned_as=scanned_as
        )
        await stores.jobs.submit(job, changes=[change])

    for of, how in ((early, scanned_as), (last, "otherwise")):
        with pytest.raises(ScanOutdated):
            await again(of, scanned_as=how)
    await again(last, scanned_as=scanned_as)
    assert (await stores.sources.get(source.id)).status is SourceStatus.SCANNING
    with pytest.raises(LockHeld):
        await begin(stores.jobs, source, 4, at=even_later + timedelta(hours=1))


async def test_nothing_is_begun_of_a_source_that_is_gone(stores: Stores) -> None:
    source = a_source()
    with pytest.raises(SourceNotFound):
        await begin(stores.jobs, source, 1)


async def test_a_scan_that_failed_tells_why_and_leaves_the_catalogue(stores: Stores) -> None:
    source = await kept(stores)
    await scan(stores.jobs, source, 1, [found(A)])
    before = await catalogue(stores, source)
    job = await begin(stores.jobs, source, 2, is_free=True)
    failure = Failure(code="source_unreachable", message="It is away.")
    await stores.jobs.end(job, Commit(), Outcome(status=JobStatus.FAILED, failure=failure))
    now = await stores.sources.get(source.id)
    assert (now.status, now.last_error, now.last_sync) == (SourceStatus.ERROR, "It is away.", NOON)
    assert await catalogue(stores, source) == before
    assert (await told(stores, source))[0] == "ann: rescan error It is away."
    await scan(stores.jobs, source, 3, [found(A)])
    assert (await stores.sources.get(source.id)).last_error == ""


async def test_a_cancelled_scan_does_not_stay_under_way(stores: Stores) -> None:
    source = await kept(stores)
    waiting = a_scan(source, 1)
    change = BeginScan(source=source.id, job=waiting.id, at=NOON)
    await stores.jobs.submit(waiting, changes=[change])
    await stores.jobs.cancel(waiting.id, project=source.project)
    now = await stores.sources.get(source.id)
    assert (now.status, now.last_error) == (SourceStatus.ERROR, "The job was cancelled.")
    assert (await told(stores, source))[0] == "ann: rescan cancelled The job was cancelled."


async def test_a_scan_that_loses_its_workers_does_not_stay_under_way(stores: Stores, clock: SetClock) -> None:
    source = await kept(stores)
    await begin(stores.jobs, source, 1)
    claims = Claims(kinds=frozenset({KIND}))
    for _ in range(3):
        clock.pass_(seconds=60)
        await stores.jobs.claim(claims, LEASE)
    now = await stores.sources.get(source.id)
    assert now.status is SourceStatus.ERROR
    assert "lost its worker 3 times" in now.last_error


async def test_a_scan_whose_source_is_gone_writes_nothing(stores: Stores) -> None:
    one, two = await kept(stores, 1), await kept(stores, 2)
    for number, (source, status) in enumerate(((one, JobStatus.SUCCEEDED), (two, JobStatus.FAILED))):
        job = await begin(stores.jobs, source, number)
        await stores.sources.remove(source.id, audit=a_row(source, "delete"))
        late = what_was_found(job, source, [found(A)])
        changes = (late,) if status is JobStatus.SUCCEEDED else ()
        await stores.jobs.end(job, Commit(changes=changes), Outcome(status=status))
        assert await told(stores, source) == ["ann: delete success", "ann: create success"]
        assert await catalogue(stores, source) == {}


async def test_an_entry_is_its_sources_alone(stores: Stores) -> None:
    one, two = await kept(stores, 1), await kept(stores, 2)
    await scan(stores.jobs, one, 1, [found(A), found(B, digest="d2")])
    entry = (await catalogue(stores, one))[A]
    unknown = EntryId("00000000-0000-7000-8000-000000000000")
    assert await stores.catalogue.get(entry.id, source=one.id) == entry
    assert await stores.catalogue.find([unknown, entry.id], source=one.id) == {entry.id: entry}
    assert await stores.catalogue.find([entry.id], source=two.id) == {}
    for wanted, source in ((entry.id, two), (unknown, one)):
        with pytest.raises(EntryNotFound):
            await stores.catalogue.get(wanted, source=source.id)
        with pytest.raises(EntryNotFound):
            await stores.catalogue.change(
                wanted, Entry.exclude, source=source.id, audit=a_row(source, "exclude")
            )


async def test_an_excluded_entry_stays_so_until_its_content_changes(stores: Stores) -> None:
    source = await kept(stores)
    await scan(stores.jobs, source, 1, [found(A)])
    row = a_row(source, "exclude")
    for _ in range(2):
        excluded = await stores.catalogue.change(
            entry_id(source.id, A), Entry.exclude, source=source.id, audit=row
        )
    assert (await told(stores, source))[:2] == ["ann: exclude success", "ann: rescan success 1 new"]
    await scan(stores.jobs, source, 2, [found(A)])
    assert (await catalogue(stores, source))[A] == excluded
    await scan(stores.jobs, source, 3, [found(A, digest="d2")])
    assert (await catalogue(stores, source))[A].status is EntryStatus.UPDATED


def _many() -> Sequence[Found]:
    types = (ArtifactType.SKILL, ArtifactType.COMMAND, ArtifactType.HOOK)
    return [
        found(
            f"part{number % 3}/It%_{number}", digest=f"d{number}", confidence=30 + number * 7 % 60, type=type_
        )
        for number, type_ in zip(range(24), types * 8, strict=True)
    ]


FILTERS: list[dict[str, object]] = [
    {},
    {"types": frozenset({ArtifactType.SKILL, ArtifactType.HOOK})},
    {"statuses": frozenset({EntryStatus.NEW})},
    {"statuses": frozenset({EntryStatus.UPDATED, EntryStatus.EXCLUDED})},
    {"min_confidence": 40, "max_confidence": 70},
    {"search": "IT%_1"},
    {"search": "part2/it", "types": frozenset({ArtifactType.HOOK}), "min_confidence": 50},
    {"search": "It__1"},
]


async def test_entries_are_filtered_sorted_and_cut_into_pages(stores: Stores) -> None:
    source = await kept(stores)
    what = _many()
    await scan(stores.jobs, source, 1, what)
    await scan(
        stores.jobs, source, 2, [*what[:-4], *(replace(one, digest="x") for one in what[-4:])], at=LATER
    )
    every = (await stores.catalogue.list(EntryFilter(source=source.id), ALL)).items
    assert len(every) == len(what)
    for some, order, is_reversed in product(FILTERS, EntryOrder, (False, True)):
        wanted = EntryFilter(source=source.id, order=order, is_reversed=is_reversed, **some)  # type: ignore[arg-type]
        right = sorted((entry for entry in every if _fits(entry, wanted)), key=lambda one: _place(one, order))
        right = right[::-1] if is_reversed else right
        page = await stores.catalogue.list(wanted, Page(limit=5, offset=2))
        assert (list(page.items), page.total) == (right[2:7], len(right)), wanted


def _fits(entry: Entry, wanted: EntryFilter) -> bool:
    artifact = entry.found
    return (
        (not wanted.types or artifact.type in wanted.types)
        and (not wanted.statuses or entry.status in wanted.statuses)
        and wanted.min_confidence <= artifact.confidence <= wanted.max_confidence
        and wanted.search.lower() in artifact.path.lower()
    )


def _place(entry: Entry, order: EntryOrder) -> tuple[object, str]:
    keys: dict[EntryOrder, object] = {
        EntryOrder.CONFIDENCE: -entry.found.confidence,
        EntryOrder.DATE: -entry.changed_at.timestamp(),
        EntryOrder.TYPE: entry.found.type.value,
    }
    return keys[order], entry.found.path


async def test_a_source_that_was_never_scanned_has_an_empty_catalogue(stores: Stores) -> None:
    source = await kept(stores)
    page = await stores.catalogue.list(EntryFilter(source=source.id), ALL)
    assert (page.items, page.total) == ((), 0)
