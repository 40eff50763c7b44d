"""Sources as they are used: added, scanned, looked at, by whom that is allowed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.marketplace.schemas import (
    CreateSource,
    DeleteSource,
    GetSource,
    GetSourceArtifact,
    ListArtifacts,
    ListAudit,
    ListSources,
    ReadSourceArtifact,
    RescanSource,
    SourceSchema,
    StartScan,
    UpdateSource,
    UpdateSourceArtifact,
)
from taskforce.core.errors import Forbidden, Invalid
from taskforce.core.identity import JobId
from taskforce.core.jobs.model import JobStatus
from taskforce.core.marketplace.errors import (
    EntryChanged,
    EntryFileNotFound,
    EntryNotFound,
    RepositoryRefused,
    RescanTooSoon,
    ScanRunning,
    SourceExists,
    SourceForeign,
    SourceNotFound,
)
from taskforce.core.marketplace.model import SourceId, SourceStatus, TrustLevel, Visibility, entry_id
from taskforce.core.marketplace.task import ScanResult, ScanSummary
from taskforce.core.pipelines.actions import AskedAction
from taskforce.core.principals import Credential, Principal, Role, local_principal
from taskforce.settings import Settings
from tests.builders import OTHER_PROJECT
from tests.integration.marketplace.trees_of_git import Bare, a_bare
from tests.marketplace_builders import a_row, an_id

SKILL = b"---\nname: profile\ndescription: Profiles tables.\n---\nHow to.\n"
FILES = {
    "skills/profile/SKILL.md": SKILL,
    "skills/profile/run.py": b"print(1)\n",
    "commands/a.md": b"Do it.\n",
    "docs/guide.md": b"Read me.\n",
}
ADMIN = local_principal()


def somebody(name: str = "bob", role: Role = Role.OPERATOR, **fields: object) -> Principal:
    who = Principal(name=name, roles=frozenset({role}), credential=Credential.KEY)
    return replace(who, **fields)  # type: ignore[arg-type]


BOB = somebody()
STRANGER = somebody("eve", project=OTHER_PROJECT)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    home = tmp_path_factory.mktemp("home")
    container = open_container(Settings(home=home, git_allow_local=True, synchronous="NORMAL"))
    yield container
    close_container(container)


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    return a_bare(tmp_path / "there.git", FILES)


async def added(house: Container, bare: Bare, by: Principal = BOB, **fields: object) -> SourceSchema:
    request = CreateSource(repo_url=f"file://{bare.folder}", **fields)  # type: ignore[arg-type]
    return await house.marketplace_sources().create(by, request)


async def scanned(house: Container, source_id: str, by: Principal = ADMIN) -> SourceSchema:
    sources = house.marketplace_sources()
    scan = await sources.rescan(by, RescanSource(source_id=source_id, force=True))
    await house.settling().of(scan.job_id, project=by.project)
    return await sources.get(by, GetSource(source_id=source_id))


async def test_what_a_scan_finds_is_listed_with_its_reasons_and_files(house: Container, bare: Bare) -> None:
    source = await added(house, bare)
    assert (source.status, source.last_sync, source.counts) == (SourceStatus.IDLE, None, {})
    now = await scanned(house, source.id)
    assert (now.status, now.last_error) == (SourceStatus.SUCCESS, None)
    assert (now.counts, now.total) == ({"skill": 1, "command": 1}, 2)
    assert now.commit_sha == bare.git("rev-parse", "main")
    artifacts = house.source_artifacts()
    found = await artifacts.list(BOB, ListArtifacts(source_id=source.id))
    skill, command = found.items
    assert [one.path for one in found.items] == ["skills/profile", "commands/a.md"]
    assert sum(skill.score_breakdown.values()) == skill.raw_score
    assert (skill.detected_sha, skill.upstream_url) == (now.commit_sha, source.repo_url)
    asked = GetSourceArtifact(source_id=source.id, entry_id=skill.id)
    assert await artifacts.get(BOB, asked) == skill
    files = await artifacts.files(BOB, asked)
    assert [(file.path, file.size) for file in files.items] == [
        ("SKILL.md", len(SKILL)),
        ("run.py", 9),
    ]
    read = ReadSourceArtifact(source_id=source.id, entry_id=skill.id, path="SKILL.md")
    assert (await artifacts.read(BOB, read)).content == SKILL
    alone = GetSourceArtifact(source_id=source.id, entry_id=command.id)
    assert [file.path for file in (await artifacts.files(BOB, alone)).items] == ["a.md"]
    for path in ("../../commands/a.md", "none.md", "/etc/passwd"):
        with pytest.raises(EntryFileNotFound):
            await artifacts.read(BOB, read.model_copy(update={"path": path}))
    with pytest.raises(EntryNotFound):
        await artifacts.get(BOB, asked.model_copy(update={"entry_id": an_id(1)}))


async def test_the_list_is_asked_for_by_what_it_holds(house: Container, bare: Bare) -> None:
    source = await added(house, bare)
    await scanned(house, source.id)

    async def paths(**asked: object) -> list[str]:
        request = ListArtifacts(source_id=source.id, **asked)  # type: ignore[arg-type]
        return [one.path for one in (await house.source_artifacts().list(BOB, request)).items]

    skill, command = "skills/profile", "commands/a.md"
    assert await paths(type=["command"]) == [command]
    assert await paths(search="PROFILE") == [skill]
    assert await paths(max_confidence=75) == [command]
    assert await paths(status=["removed", "excluded"]) == []
    assert await paths(order="asc") == [command, skill]
    assert await paths(sort="by_type") == [command, skill]
    assert await paths(sort="by_type", order="desc") == [skill, command]
    assert await paths(sort="by_date") == [command, skill]
    assert await paths(limit=1, offset=1) == [command]
    with pytest.raises(ValueError, match="min_confidence"):
        await paths(min_confidence=60, max_confidence=50)


async def test_an_excluded_artifact_is_offered_again_when_that_is_asked(house: Container, bare: Bare) -> None:
    source = await added(house, bare)
    await scanned(house, source.id)
    entry = entry_id(SourceId(source.id), "commands/a.md")
    exclude = UpdateSourceArtifact(source_id=source.id, entry_id=entry, excluded=True)
    artifacts = house.source_artifacts()
    assert (await artifacts.update(BOB, exclude)).status == "excluded"
    include = exclude.model_copy(update={"excluded": False})
    assert (await artifacts.update(BOB, include)).status == "new"
    told = await house.marketplace_sources().audit(BOB, ListAudit(source_id=source.id))
    assert [(row.by, row.action, row.outcome) for row in told.items] == [
        ("bob", "include", "success"),
        ("bob", "exclude", "success"),
        ("local", "rescan", "success"),
        ("bob", "create", "success"),
    ]


async def test_a_scan_that_fails_is_told_by_its_source(house: Container, bare: Bare) -> None:
    source = await added(house, bare, branch="nowhere")
    now = await scanned(house, source.id)
    assert now.status is SourceStatus.ERROR
    assert now.last_error is not None
    assert "no branch, tag or commit nowhere" in now.last_error
    mended = await house.marketplace_sources().update(BOB, UpdateSource(source_id=source.id, branch="main"))
    assert (mended.branch, mended.version) == ("main", now.version + 1)
    assert (await scanned(house, source.id)).status is SourceStatus.SUCCESS


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
    await house.settling().of(taken.job_id, project=BOB.project)
    for request, by in ((rescan, BOB), (forced, BOB), (rescan, ADMIN)):
        with pytest.raises(RescanTooSoon) as refused:
            await sources.rescan(by, request)
        assert 0 < refused.value.retry_after.total_seconds() <= 300
    again = await sources.rescan(ADMIN, forced)
    await house.settling().of(again.job_id, project=ADMIN.project)


async def test_a_request_under_a_key_is_done_once(house: Container, bare: Bare) -> None:
    sources = house.marketplace_sources()
    request = CreateSource(repo_url=f"file://{bare.folder}")
    source = await sources.create(BOB, request, key="k1")
    replayed = await sources.create(BOB, request, key="k1")
    assert (replayed.id, replayed.is_replayed) == (source.id, True)
    with pytest.raises(SourceExists):
        await sources.create(BOB, request)
    scan = await sources.rescan(BOB, RescanSource(source_id=source.id), key="k2")
    again = await sources.rescan(BOB, RescanSource(source_id=source.id), key="k2")
    assert (again.job_id, again.is_replayed) == (scan.job_id, True)
    await house.settling().of(scan.job_id, project=BOB.project)


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
    await house.settling().of(scan.job_id, project=OTHER_PROJECT)  # the job is the project's
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


async def test_what_is_left_out_of_a_change_stays(house: Container, bare: Bare) -> None:
    source = await added(
        house,
        bare,
        root_hint="./tools/",
        manual_map={"./tools/x/": "agent"},
        rescan_interval="6h",
        trust_level=TrustLevel.BASIC,
    )
    shown = (source.root_hint, source.manual_map, source.rescan_interval)
    assert shown == ("tools", {"tools/x": "agent"}, 21_600)
    sources = house.marketplace_sources()

    async def changed(**fields: object) -> SourceSchema:
        return await sources.update(BOB, UpdateSource(source_id=source.id, **fields))  # type: ignore[arg-type]

    same = await changed()
    assert same.model_dump(exclude={"updated_at"}) == source.model_dump(exclude={"updated_at"})
    assert (await changed(rescan_interval="0 3 * * 1")).rescan_interval == "0 3 * * 1"
    assert (await changed(trust_level="official")).next_scan_at is not None
    assert (await changed(rescan_interval=None)).next_scan_at is None
    assert (await changed(rescan_interval=900)).rescan_interval == 900
    bare_again = await changed(rescan_interval="never", root_hint="", manual_map={})
    assert (bare_again.rescan_interval, bare_again.root_hint, bare_again.manual_map) == (None, None, {})


WRONG: list[tuple[dict[str, object], str]] = [
    ({"repo_url": "ext::sh -c id"}, "repo_url"),
    ({"repo_url": "https://user:word@git.example/a"}, "repo_url"),
    ({"branch": "--upload-pack=id"}, "branch"),
    ({"root_hint": "../up"}, "root_hint"),
    ({"manual_map": {"/etc": "skill"}}, "manual_map"),
    ({"rescan_interval": "1m"}, "rescan_interval"),
    ({"rescan_interval": "soon"}, "rescan_interval"),
]


@pytest.mark.parametrize(("fields", "told"), WRONG)
async def test_what_is_wrong_about_a_source_is_told(
    house: Container, bare: Bare, fields: dict[str, object], told: str
) -> None:
    request = CreateSource(**{"repo_url": f"file://{bare.folder}", **fields})  # type: ignore[arg-type]
    with pytest.raises(Invalid, match=told):
        await house.marketplace_sources().create(BOB, request)
    assert (await house.marketplace_sources().list(BOB, ListSources(search=str(bare.folder)))).total == 0


async def test_other_content_than_the_catalogue_tells_is_not_given(house: Container, bare: Bare) -> None:
    source = await added(house, bare)
    await scanned(house, source.id)
    entry = entry_id(SourceId(source.id), "commands/a.md")
    stored = await house.source_store().get(SourceId(source.id))
    await house.catalogue_store().change(
        entry, lambda one: replace(one, digest="0" * 64), source=stored.id, audit=a_row(stored)
    )
    with pytest.raises(EntryChanged):
        await house.source_artifacts().files(BOB, GetSourceArtifact(source_id=source.id, entry_id=entry))


async def test_what_is_removed_is_read_at_the_commit_that_had_it(house: Container, bare: Bare) -> None:
    source = await added(house, bare)
    await scanned(house, source.id)
    bare.git("update-ref", "refs/heads/kept", "main")
    bare.write({"skills/profile/SKILL.md": SKILL})
    assert (await scanned(house, source.id)).total == 1
    entry = entry_id(SourceId(source.id), "commands/a.md")
    read = ReadSourceArtifact(source_id=source.id, entry_id=entry, path="a.md")
    assert (await house.source_artifacts().read(BOB, read)).content == b"Do it.\n"


async def test_a_lone_scan_keeps_nothing_but_its_job(house: Container, bare: Bare) -> None:
    before = await house.marketplace_sources().audit(BOB, ListAudit())
    request = StartScan(url=f"file://{bare.folder}", manual_map={"docs": "agent"})
    taken = await house.scans().create(BOB, request, key="lone")
    again = await house.scans().create(BOB, request, key="lone")
    assert (again.id, again.is_replayed) == (taken.id, True)
    job = await house.settling().of(taken.id, project=BOB.project)
    assert job.outcome is not None
    found = ScanResult.model_validate(job.outcome.result).artifacts
    assert [one.path for one in found] == ["commands/a.md", "docs/guide.md", "skills/profile"]
    assert await house.marketplace_sources().audit(BOB, ListAudit()) == before
    with pytest.raises(RepositoryRefused):
        await house.scans().create(BOB, StartScan(url="ext::id"))


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
        job = await doors_alone.store().get(scan.job_id, project=BOB.project)
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
        job = await house.settling().of(now.scan, project=BOB.project)
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
