"""Sources as they are used: added, ended, looked at, changed."""

from dataclasses import replace

import pytest

from taskforce.application.factory import Container
from taskforce.application.marketplace.schemas import (
    CreateSource,
    GetSourceArtifact,
    ListArtifacts,
    ListAudit,
    ListSources,
    ReadSourceArtifact,
    RescanSource,
    SourceSchema,
    UpdateSource,
    UpdateSourceArtifact,
)
from taskforce.core.errors import Invalid
from taskforce.core.marketplace.errors import (
    EntryChanged,
    EntryFileNotFound,
    EntryNotFound,
    SourceExists,
)
from taskforce.core.marketplace.model import SourceId, SourceStatus, TrustLevel, entry_id
from tests.integration.marketplace.sources_in_use import BOB, SKILL, added, ended, scanned
from tests.integration.marketplace.trees_of_git import Bare
from tests.marketplace_builders import a_row, an_id


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
    await ended(house, scan.job_id)


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
