"""When sources are scanned, how a scan ends, and scans that have no source."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import RetryJob
from taskforce.application.marketplace.schemas import (
    DeleteSource,
    GetSource,
    ListArtifacts,
    ListAudit,
    RescanSource,
    StartScan,
    UpdateSource,
)
from taskforce.core.errors import Invalid
from taskforce.core.identity import JobId
from taskforce.core.jobs.errors import JobNotFound
from taskforce.core.jobs.model import JobStatus
from taskforce.core.marketplace.errors import (
    RepositoryRefused,
    RescanTooSoon,
    ScanOutdated,
    ScanRunning,
)
from taskforce.core.marketplace.model import ArtifactType, SourceId, SourceStatus
from taskforce.core.marketplace.task import ScanResult, ScanSummary
from taskforce.core.pipelines.actions import AskedAction
from taskforce.settings import Settings
from tests.integration.marketplace.sources_in_use import (
    ADMIN,
    BOB,
    SKILL,
    added,
    ended,
    scanned,
)
from tests.integration.marketplace.trees_of_git import Bare
from tests.marketplace_builders import a_row, an_id


async def test_a_scan_that_fails_is_told_by_its_source(house: Container, bare: Bare) -> None:
    source = await added(house, bare, branch="nowhere")
    now = await scanned(house, source.id)
    assert now.status is SourceStatus.ERROR
    assert now.last_error is not None
    assert "no branch, tag or commit nowhere" in now.last_error
    mended = await house.marketplace_sources().update(BOB, UpdateSource(source_id=source.id, branch="main"))
    assert (mended.branch, mended.version) == ("main", now.version + 1)
    assert (await scanned(house, source.id)).status is SourceStatus.SUCCESS


async def test_a_scan_that_failed_is_tried_again_as_a_scan_of_its_source(tmp_path: Path, bare: Bare) -> None:
    house = open_container(Settings(home=tmp_path / "home", git_allow_local=True))
    away = bare.folder.rename(tmp_path / "away.git")
    bare.folder.mkdir()
    try:
        source = await added(house, bare)
        first = await house.marketplace_sources().rescan(BOB, RescanSource(source_id=source.id))
        assert (await ended(house, first.job_id)).status is JobStatus.FAILED
        with pytest.raises(RescanTooSoon):
            await house.jobs().retry(BOB, RetryJob(job_id=first.job_id))
        await asked_long_ago(house, source.id)
        bare.folder.rmdir()
        away.rename(bare.folder)
        again = await house.jobs().retry(BOB, RetryJob(job_id=first.job_id))
        begun = await house.source_store().get(SourceId(source.id))
        assert begun.scan == again.id
        assert (await ended(house, again.id)).status is JobStatus.SUCCEEDED
        now = await house.marketplace_sources().get(BOB, GetSource(source_id=source.id))
        assert (now.status, now.counts) == (SourceStatus.SUCCESS, {"skill": 1, "command": 1})
        for job_id in (first.job_id, again.id):
            await asked_long_ago(house, source.id)
            with pytest.raises(ScanOutdated, match="sources rescan"):
                await house.jobs().retry(BOB, RetryJob(job_id=job_id))
        assert (await house.source_store().get(SourceId(source.id))).status is SourceStatus.SUCCESS
    finally:
        close_container(house)


async def asked_long_ago(house: Container, source_id: str) -> None:
    """Let the pause after a source's last scan be over."""
    stored = await house.source_store().get(SourceId(source_id))
    await house.source_store().change(stored.id, lambda one: replace(one, asked_at=None), audit=a_row(stored))


async def test_a_source_is_scanned_once_in_five_minutes_unless_an_admin_forces_it(
    house: Container, bare: Bare
) -> None:
    source = await added(house, bare)
    sources = house.marketplace_sources()
    rescan = RescanSource(source_id=source.id)
    forced = RescanSource(source_id=source.id, force=True)
    asked = [sources.rescan(BOB, rescan) for _ in range(5)]
    tries = await asyncio.gather(*asked, return_exceptions=True)
    (taken,) = [one for one in tries if not isinstance(one, BaseException)]
    assert all(isinstance(one, ScanRunning | RescanTooSoon) for one in tries if one is not taken)
    assert taken.status_url == f"/api/v1/marketplace/sources/{source.id}"
    await ended(house, taken.job_id)
    for request, by in ((rescan, BOB), (forced, BOB), (rescan, ADMIN)):
        with pytest.raises(RescanTooSoon) as refused:
            await sources.rescan(by, request)
        assert 0 < refused.value.retry_after.total_seconds() <= 300
    again = await sources.rescan(ADMIN, forced)
    await ended(house, again.job_id, ADMIN)


async def test_deleting_a_source_ends_its_scan(tmp_path: Path, bare: Bare) -> None:
    doors_alone = open_container(Settings(home=tmp_path / "home", git_allow_local=True, workers=0))
    try:
        sources = doors_alone.marketplace_sources()
        source = await added(doors_alone, bare)
        scan = await sources.rescan(BOB, RescanSource(source_id=source.id))
        assert (await sources.get(BOB, GetSource(source_id=source.id))).status is SourceStatus.SCANNING
        with pytest.raises(ScanRunning):
            await sources.rescan(ADMIN, RescanSource(source_id=source.id, force=True))
        await sources.delete(BOB, DeleteSource(source_id=source.id))
        job = await doors_alone.store().get(JobId(scan.job_id), project=BOB.project)
        assert job.status is JobStatus.CANCELLED
        told = await sources.audit(BOB, ListAudit(source_id=source.id))
        assert [row.action for row in told.items] == ["delete", "create"]
    finally:
        close_container(doors_alone)


async def test_a_source_with_a_rhythm_is_scanned_by_itself(house: Container, bare: Bare) -> None:
    source = await added(house, bare, rescan_interval=3_600)
    store, rescanning = house.source_store(), house.rescanning()

    async def due_now(**fields: object) -> ScanSummary:
        stored = await store.get(SourceId(source.id))
        await store.change(
            stored.id,
            lambda one: replace(one, next_scan_at=one.created_at, **fields),  # type: ignore[arg-type]
            audit=a_row(stored),
        )
        assert await rescanning.begin_due() == 1
        assert await rescanning.begin_due() == 0
        now = await store.get(stored.id)
        assert now.scan is not None
        job = await ended(house, now.scan)
        assert job.created_by == "schedule"
        assert job.outcome is not None
        return ScanSummary.model_validate(job.outcome.result)

    first = await due_now()
    assert (first.is_known, first.counts) == (False, {"skill": 1, "command": 1})
    assert (await due_now()).is_known
    narrowed = await due_now(root_hint="skills")
    assert (narrowed.is_known, narrowed.counts) == (False, {"skill": 1})
    assert (await store.get(SourceId(source.id))).counts == {"skill": 1}


async def test_a_due_scan_that_is_under_way_is_passed_over(tmp_path: Path, bare: Bare) -> None:
    doors_alone = open_container(Settings(home=tmp_path / "home", git_allow_local=True, workers=0))
    try:
        source = await added(doors_alone, bare, rescan_interval=3_600)
        await doors_alone.marketplace_sources().rescan(BOB, RescanSource(source_id=source.id))
        store = doors_alone.source_store()
        await store.change(
            SourceId(source.id),
            lambda one: replace(one, next_scan_at=one.created_at),
            audit=a_row(await store.get(SourceId(source.id))),
        )
        assert await doors_alone.rescanning().begin_due() == 0
    finally:
        close_container(doors_alone)


async def test_a_source_outlives_the_record_of_its_scan(tmp_path: Path, bare: Bare) -> None:
    house = open_container(Settings(home=tmp_path / "home", git_allow_local=True))
    try:
        source = await added(house, bare)
        before = await scanned(house, source.id)
        later = house.clock().now() + timedelta(days=1)
        counts = await house.retention().prune(BOB.project, before=later, dry_run=False)
        assert counts["jobs"] == 1
        sources = house.marketplace_sources()
        assert await sources.get(BOB, GetSource(source_id=source.id)) == before
        stored = await house.source_store().get(SourceId(source.id))
        assert stored.scan is not None
        with pytest.raises(JobNotFound):
            await house.jobs().retry(BOB, RetryJob(job_id=stored.scan))
        assert (await scanned(house, source.id)).status is SourceStatus.SUCCESS
        await house.retention().prune(BOB.project, before=later, dry_run=False)
        await sources.delete(BOB, DeleteSource(source_id=source.id))
    finally:
        close_container(house)


async def test_what_is_renamed_or_replaced_by_force_is_told_by_the_next_scan(
    house: Container, bare: Bare
) -> None:
    source = await added(house, bare)
    await scanned(house, source.id)
    bare.write({"skills/renamed/SKILL.md": SKILL, "commands/a.md": b"Do it otherwise.\n"})
    assert (await scanned(house, source.id)).counts == {"skill": 1, "command": 1}
    listed = await house.source_artifacts().list(BOB, ListArtifacts(source_id=source.id))
    assert {one.path: one.status for one in listed.items} == {
        "commands/a.md": "updated",
        "skills/profile": "removed",
        "skills/renamed": "new",
    }


async def test_a_lone_scan_keeps_nothing_but_its_job(house: Container, bare: Bare) -> None:
    before = await house.marketplace_sources().audit(BOB, ListAudit())
    request = StartScan(url=f"file://{bare.folder}", manual_map={"docs": ArtifactType.AGENT})
    taken = await house.scans().create(BOB, request, key="lone")
    again = await house.scans().create(BOB, request, key="lone")
    assert (again.id, again.is_replayed) == (taken.id, True)
    job = await ended(house, taken.id)
    assert job.outcome is not None
    found = ScanResult.model_validate(job.outcome.result).artifacts
    assert [one.path for one in found] == ["commands/a.md", "docs/guide.md", "skills/profile"]
    assert await house.marketplace_sources().audit(BOB, ListAudit()) == before
    with pytest.raises(RepositoryRefused):
        await house.scans().create(BOB, StartScan(url="ext::id"))


def house_asks(folder: Path, **arguments: JsonValue) -> AskedAction:
    return AskedAction(
        run=JobId(an_id(1)), project=BOB.project, created_by="bob", folder=folder, arguments=arguments
    )


async def test_a_step_of_a_pipeline_scans(house: Container, bare: Bare) -> None:
    action = house.actions().get("scan")
    asked = house_asks(bare.folder, url=f"file://{bare.folder}", root_hint="skills")
    work = await action.prepare(asked)
    assert (work.kind, work.input["url"], work.input["root_hint"]) == (
        "scan",
        asked.arguments["url"],
        "skills",
    )
    for wrong in ({"url": "ext::id"}, {"url": str(bare.folder), "more": 1}, {}):
        with pytest.raises(Invalid):
            await action.prepare(house_asks(bare.folder, **wrong))
