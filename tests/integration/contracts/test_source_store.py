"""What a store of sources promises, whatever it is kept in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.requests import RequestKey
from taskforce.core.marketplace.errors import SourceExists, SourceNotFound
from taskforce.core.marketplace.model import (
    ArtifactType,
    Source,
    SourceId,
    SourceStatus,
    TrustLevel,
    Visibility,
)
from taskforce.core.marketplace.ports import EntryFilter, SourceFilter
from taskforce.core.marketplace.rhythm import rhythm_of
from taskforce.core.paging import Page
from taskforce.core.principals import DEFAULT_PROJECT
from tests.builders import NOON, OTHER_PROJECT
from tests.integration.contracts.stores import Stores
from tests.marketplace_builders import a_row, a_source, an_id, found, scan

PAGE = Page()
FULL = a_source(
    7,
    root_hint="tools",
    manual_map={"tools/x": ArtifactType.SKILL},
    trust_level=TrustLevel.VERIFIED,
    visibility=Visibility.PRIVATE,
    rhythm=rhythm_of("0 3 * * 1"),
    status=SourceStatus.ERROR,
    commit_sha="a" * 40,
    scanned_as="f" * 64,
    last_sync=NOON,
    last_error="It is away.",
    counts={ArtifactType.SKILL: 3},
    asked_at=NOON,
    next_scan_at=NOON + timedelta(days=1),
    version=4,
)


async def keep(stores: Stores, *sources: Source) -> None:
    for source in sources:
        await stores.sources.add(source, audit=a_row(source))


async def listed(stores: Stores, **wanted: object) -> list[SourceId]:
    some = SourceFilter(**{"project": DEFAULT_PROJECT, **wanted})  # type: ignore[arg-type]
    return [source.id for source in (await stores.sources.list(some, PAGE)).items]


@pytest.mark.parametrize("source", [a_source(), FULL], ids=["new", "with all there is"])
async def test_a_source_is_what_was_written(stores: Stores, source: Source) -> None:
    await keep(stores, source)
    assert await stores.sources.get(source.id) == source
    with pytest.raises(SourceNotFound):
        await stores.sources.get(SourceId(an_id(99)))


async def test_a_project_has_a_repository_and_branch_once(stores: Stores) -> None:
    source, other = a_source(1), a_source(2, branch="next")
    await keep(stores, source, other)
    for same in (source.repo_url, f"{source.repo_url}.git", "HTTPS://GIT.example/team/tools-1/"):
        with pytest.raises(SourceExists) as refused:
            await keep(stores, a_source(3, repo_url=same))
        assert refused.value.details == {"source_id": source.id}
    await keep(stores, a_source(4, repo_url=source.repo_url, project=OTHER_PROJECT))
    twin = a_source(5, repo_url=source.repo_url, branch="next")
    await keep(stores, twin)
    with pytest.raises(SourceExists):
        await stores.sources.change(
            twin.id, lambda one: one.mended(at=NOON, branch="main"), audit=a_row(twin, "update")
        )
    assert await stores.sources.get(twin.id) == twin


async def test_sources_are_listed_newest_first_and_by_page(stores: Stores) -> None:
    await keep(stores, *(a_source(number) for number in range(1, 6)))
    found = await stores.sources.list(SourceFilter(project=DEFAULT_PROJECT), Page(limit=2, offset=1))
    assert found.total == 5
    assert [source.id for source in found.items] == [an_id(4), an_id(3)]


async def test_who_sees_which_source(stores: Stores) -> None:
    await keep(
        stores,
        a_source(1),
        a_source(2, visibility=Visibility.PRIVATE),
        a_source(3, project=OTHER_PROJECT),
        a_source(4, project=OTHER_PROJECT, visibility=Visibility.PUBLIC),
        a_source(5, project=OTHER_PROJECT, visibility=Visibility.PRIVATE),
    )
    assert await listed(stores, seen_by="bob") == [an_id(4), an_id(1)]
    assert await listed(stores, seen_by="ann") == [an_id(4), an_id(2), an_id(1)]
    assert await listed(stores) == [an_id(4), an_id(2), an_id(1)]
    assert await listed(stores, project=None) == [an_id(number) for number in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize(
    ("search", "numbers"), [("TOOLS-1", [1]), ("feature", [2]), ("%", []), ("_", []), ("example", [2, 1])]
)
async def test_sources_are_found_by_a_part_of_address_or_branch(
    stores: Stores, search: str, numbers: list[int]
) -> None:
    await keep(stores, a_source(1), a_source(2, branch="Feature/one"))
    assert await listed(stores, search=search) == [an_id(number) for number in numbers]


async def test_what_becomes_of_a_source_is_kept_and_told(stores: Stores) -> None:
    source = a_source()
    await keep(stores, source)
    changed = await stores.sources.change(
        source.id,
        lambda one: one.mended(at=NOON, trust_level=TrustLevel.OFFICIAL, rhythm=rhythm_of("6h")),
        audit=a_row(source, "update"),
    )
    assert changed.next_scan_at == NOON + timedelta(hours=6)
    assert await stores.sources.get(source.id) == changed
    told = await stores.audit.list(source.project, PAGE, source=source.id)
    assert [row.action for row in told.items] == ["update", "create"]
    with pytest.raises(SourceNotFound):
        await stores.sources.change(SourceId(an_id(99)), lambda one: one, audit=a_row(source))
    assert (await stores.audit.list(source.project, PAGE)).total == 2
    assert (await stores.audit.list(OTHER_PROJECT, PAGE, source=source.id)).total == 0


async def test_a_source_goes_with_its_entries_and_leaves_the_audit(stores: Stores) -> None:
    source, other = a_source(1), a_source(2)
    await keep(stores, source, other)
    await scan(stores.jobs, source, 1, [found("commands/a.md", confidence=90)])
    await scan(stores.jobs, other, 2, [found("commands/b.md")])
    (copy,) = (await stores.catalogue.list(EntryFilter(source=other.id), PAGE)).items
    assert copy.duplicate_of is not None
    await stores.sources.remove(source.id, audit=a_row(source, "delete"))
    with pytest.raises(SourceNotFound):
        await stores.sources.get(source.id)
    assert (await stores.catalogue.list(EntryFilter(source=source.id), PAGE)).total == 0
    assert await stores.catalogue.get(copy.id, source=other.id) == replace(copy, duplicate_of=None)
    told = await stores.audit.list(source.project, PAGE, source=source.id)
    assert [row.action for row in told.items] == ["delete", "rescan", "create"]
    with pytest.raises(SourceNotFound):
        await stores.sources.remove(source.id, audit=a_row(source, "delete"))


async def test_sources_that_are_due_come_longest_due_first(stores: Stores) -> None:
    waits = [timedelta(hours=2), timedelta(hours=1), timedelta(hours=3)]
    every = rhythm_of("6h")
    await keep(
        stores,
        a_source(9),
        *(a_source(place, rhythm=every, next_scan_at=NOON + wait) for place, wait in enumerate(waits)),
    )
    due = await stores.sources.due(now=NOON + timedelta(hours=2), limit=10)
    assert [source.id for source in due] == [an_id(1), an_id(0)]
    assert len(await stores.sources.due(now=NOON + timedelta(days=1), limit=2)) == 2


async def test_a_request_is_remembered_with_it_or_nothing_is_written(stores: Stores) -> None:
    first, second = a_source(1), a_source(2)
    key = RequestKey(project=DEFAULT_PROJECT, principal="ann", use_case="sources.create", key="k")
    remember = RememberRequest(request=key, fingerprint="f" * 64, made=first.id, at=NOON)
    await stores.sources.add(first, audit=a_row(first), changes=[remember])
    assert await stores.requests.find(key) == remember
    with pytest.raises(Conflict):
        await stores.sources.add(second, audit=a_row(second), changes=[replace(remember, made=second.id)])
    with pytest.raises(SourceNotFound):
        await stores.sources.get(second.id)
