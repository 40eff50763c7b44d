"""Whose sources are seen, and by whom they are changed."""

from collections.abc import Awaitable, Callable

import pytest

from taskforce.application.factory import Container
from taskforce.application.jobs.schemas import RetryJob
from taskforce.application.marketplace.schemas import (
    DeleteSource,
    GetSource,
    GetSourceArtifact,
    ListArtifacts,
    ListAudit,
    ListSources,
    ReadSourceArtifact,
    RescanSource,
    UpdateSource,
    UpdateSourceArtifact,
)
from taskforce.core.errors import Forbidden
from taskforce.core.marketplace.errors import (
    RescanTooSoon,
    SourceForeign,
    SourceNotFound,
)
from taskforce.core.marketplace.model import SourceId, Visibility, entry_id
from taskforce.core.principals import Principal, Role
from tests.integration.marketplace.sources_in_use import ADMIN, BOB, STRANGER, added, ended, scanned, somebody
from tests.integration.marketplace.trees_of_git import Bare


def uses(house: Container, source: str) -> list[Callable[[Principal], Awaitable[object]]]:
    """Return all that can be asked of a source: first what looks, then what changes."""
    sources, artifacts = house.marketplace_sources(), house.source_artifacts()
    entry = entry_id(SourceId(source), "commands/a.md")
    named = GetSourceArtifact(source_id=source, entry_id=entry)
    read = ReadSourceArtifact(source_id=source, entry_id=entry, path="a.md")
    update = UpdateSourceArtifact(source_id=source, entry_id=entry, excluded=True)
    return [
        lambda who: sources.get(who, GetSource(source_id=source)),
        lambda who: artifacts.list(who, ListArtifacts(source_id=source)),
        lambda who: artifacts.get(who, named),
        lambda who: artifacts.files(who, named),
        lambda who: artifacts.read(who, read),
        lambda who: artifacts.update(who, update),
        lambda who: sources.update(who, UpdateSource(source_id=source, root_hint="skills")),
        lambda who: sources.rescan(who, RescanSource(source_id=source)),
        lambda who: sources.delete(who, DeleteSource(source_id=source)),
    ]


LOOKS = 5


async def test_what_another_project_owns_is_not_there(house: Container, bare: Bare) -> None:
    source = await added(house, bare)
    await scanned(house, source.id)
    for use in uses(house, source.id):
        with pytest.raises(SourceNotFound):
            await use(STRANGER)
    assert (await house.marketplace_sources().list(STRANGER, ListSources())).total == 0
    assert (await house.marketplace_sources().audit(STRANGER, ListAudit(source_id=source.id))).total == 0
    with pytest.raises(Forbidden):
        await house.marketplace_sources().list(STRANGER, ListSources(all_projects=True))


async def test_an_administrator_of_all_mends_the_sources_of_any_project(house: Container, bare: Bare) -> None:
    source = await added(house, bare, STRANGER)
    sources = house.marketplace_sources()
    found = await sources.list(ADMIN, ListSources(all_projects=True, search=str(bare.folder)))
    assert [one.id for one in found.items] == [source.id]
    assert (await sources.list(ADMIN, ListSources(search=str(bare.folder)))).total == 0
    scan = await sources.rescan(ADMIN, RescanSource(source_id=source.id))
    await ended(house, scan.job_id, STRANGER)  # the job is the project's
    looks, changes = uses(house, source.id)[:LOOKS], uses(house, source.id)[LOOKS:]
    for use in (*looks, *changes[:-2], changes[-1]):
        await use(ADMIN)
    with pytest.raises(SourceNotFound):
        await sources.get(STRANGER, GetSource(source_id=source.id))


async def test_a_public_source_is_seen_and_no_more(house: Container, bare: Bare) -> None:
    source = await added(house, bare, visibility=Visibility.PUBLIC)
    await scanned(house, source.id)
    found = await house.marketplace_sources().list(STRANGER, ListSources())
    assert [one.id for one in found.items] == [source.id]
    for use in uses(house, source.id)[:LOOKS]:
        await use(STRANGER)
    for use in uses(house, source.id)[LOOKS:]:
        with pytest.raises(SourceForeign):
            await use(STRANGER)
    await house.marketplace_sources().delete(BOB, DeleteSource(source_id=source.id))


async def test_a_private_source_is_its_makers_and_the_admins(house: Container, bare: Bare) -> None:
    source = await added(house, bare, visibility=Visibility.PRIVATE)
    get, sources = GetSource(source_id=source.id), house.marketplace_sources()
    here = ListSources(search=str(bare.folder))
    for who in (BOB, somebody("root", Role.ADMIN), ADMIN):
        assert (await sources.get(who, get)).id == source.id
        assert (await sources.list(who, here)).total == 1
    carl = somebody("carl")
    assert (await sources.list(carl, here)).total == 0
    with pytest.raises(SourceNotFound):
        await sources.get(carl, get)


async def test_a_failed_scan_is_tried_again_by_those_who_may_scan_its_source(
    house: Container, bare: Bare
) -> None:
    private = await added(house, bare, visibility=Visibility.PRIVATE, branch="nowhere")
    public = await added(house, bare, branch="elsewhere", visibility=Visibility.PUBLIC)
    scans = [
        (await house.marketplace_sources().rescan(ADMIN, RescanSource(source_id=source.id))).job_id
        for source in (private, public)
    ]
    for scan in scans:
        await ended(house, scan)
    with pytest.raises(SourceNotFound):
        await house.jobs().retry(somebody("carl"), RetryJob(job_id=scans[0]))
    for who in (BOB, somebody("root", Role.ADMIN)):
        with pytest.raises(RescanTooSoon):  # they may, but not yet
            await house.jobs().retry(who, RetryJob(job_id=scans[0]))
    with pytest.raises(RescanTooSoon):
        await house.jobs().retry(somebody("carl"), RetryJob(job_id=scans[1]))
