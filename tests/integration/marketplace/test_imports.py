"""Imports of real repositories: conflicts and what is said of them, files as they are, and who did it."""

import asyncio
import os
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection

from taskforce.application.marketplace.import_schemas import (
    DeleteItem,
    GetItem,
    ImportArtifacts,
    ListCollection,
    VerifyCollection,
)
from taskforce.core.artifacts import Content, StoredBytes
from taskforce.core.errors import Forbidden, NotFound, Unavailable
from taskforce.core.marketplace.errors import SourceForeign, SourceNotFound
from taskforce.core.marketplace.model import ArtifactType, EntryStatus, TrustLevel, Visibility
from taskforce.core.principals import Principal, Role
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.infrastructure.marketplace.sql_ledger import SqlMarketplaceLedger
from taskforce.infrastructure.system.clock import SetClock
from tests.builders import OTHER_PROJECT
from tests.integration.marketplace.markets import ANN, Market, a_market
from tests.integration.marketplace.trees_of_git import Bare, a_bare

WEIGH = b"---\nname: weigh\ndescription: Weigh something.\n---\n# Weigh\n"
FILES = {
    "skills/weigh/SKILL.md": WEIGH,
    "skills/weigh/scripts/run.py": b"print(1)\n",
    "skills/weigh/empty": b"",
    "commands/deploy.md": b"Deploy it.\n",
    "more/skills/weigh/SKILL.md": WEIGH + b"Otherwise.\n",
}
AN_ID, OTHER_ID = (f"00000000-0000-7000-8000-00000000000{number}" for number in (1, 2))
WEIGH_PATH, OTHER_PATH = "skills/weigh", "more/skills/weigh"


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    return a_bare(tmp_path / "there.git", FILES)


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with a_market(tmp_path / "home") as opened:
        yield opened


async def test_what_is_imported_is_in_the_collection_as_it_is_in_the_repository(
    market: Market, bare: Bare
) -> None:
    source = await market.add(bare, trust_level=TrustLevel.BASIC)
    result = await market.take(source, WEIGH_PATH, "commands/deploy.md")
    assert (result.imported_count, result.conflict_count, result.skipped_count, result.error_count) == (
        2,
        0,
        0,
        0,
    )
    items, entries = await market.items(), await market.entries(source)
    item, entry = items["weigh"], entries[WEIGH_PATH]
    assert set(items) == {"weigh", "deploy"}
    assert (item.source, item.entry, item.path) == (source.id, entry.id, WEIGH_PATH)
    assert item.repo_url == f"file://{bare.folder}"
    assert (item.commit_sha, item.digest) == (bare.git("rev-parse", "main"), entry.digest)
    assert (item.trust_level, item.imported_by, item.imported_at) == (
        TrustLevel.BASIC,
        "ann",
        market.clock.now(),
    )
    assert (entry.status, entry.imported_at) == (EntryStatus.IMPORTED, item.imported_at)
    assert entries[OTHER_PATH].status is EntryStatus.NEW
    assert market.files == ["SKILL.md", "deploy.md", "scripts/run.py"]
    kept = {file.path: file.size for file in await market.collection.files(item)}
    assert kept == {"SKILL.md": len(WEIGH), "empty": 0, "scripts/run.py": 9}
    stored = market.folder / "artifacts" / item.folder / "scripts/run.py"
    assert stored.read_bytes() == b"print(1)\n"
    assert [(row.by, row.action, row.subject, row.outcome) for row in await market.audit()] == [
        ("ann", "import", entry.id, "success"),
        ("ann", "import", entries["commands/deploy.md"].id, "success"),
    ]


async def test_a_conflict_is_listed_and_changes_nothing(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source, WEIGH_PATH)
    before = await market.items()
    result = await market.take(source, OTHER_PATH, "commands/deploy.md")
    assert (result.imported_count, result.conflict_count) == (1, 1)
    (conflict,) = result.conflicts
    entry = (await market.entries(source))[OTHER_PATH]
    assert (conflict.entry_id, conflict.name, conflict.type) == (entry.id, "weigh", "skill")
    assert (conflict.existing_id, conflict.suggested_name) == (before["weigh"].id, "weigh-2")
    assert (await market.items())["weigh"] == before["weigh"]
    assert [row.outcome for row in await market.audit()] == ["success", "success", "conflict"]


async def test_what_becomes_of_a_conflict_is_said_for_all_or_for_one(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source)
    assert set(await market.items()) == {"weigh", "deploy"}
    skipped = await market.take(source, conflict_resolution="skip")
    assert (skipped.skipped_count, skipped.imported_count) == (3, 0)
    ids = {path: entry.id for path, entry in (await market.entries(source)).items()}
    mixed = await market.take(
        source, conflict_resolution="skip", resolutions={ids[OTHER_PATH]: "rename", ids[WEIGH_PATH]: "force"}
    )
    assert (mixed.imported_count, mixed.skipped_count) == (2, 1)
    assert {one.entry_id: one.name for one in mixed.imported} == {
        ids[OTHER_PATH]: "weigh-2",
        ids[WEIGH_PATH]: "weigh",
    }
    assert set(await market.items()) == {"weigh", "weigh-2", "deploy"}


async def test_what_is_forced_takes_the_place_under_the_same_id(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source, WEIGH_PATH)
    before = (await market.items())["weigh"]
    result = await market.take(source, OTHER_PATH, conflict_resolution="force")
    assert result.imported_count == 1
    after = (await market.items())["weigh"]
    assert (after.id, after.path) == (before.id, OTHER_PATH)
    assert market.files == ["SKILL.md"]
    entries = await market.entries(source)
    assert [entries[path].status for path in (WEIGH_PATH, OTHER_PATH)] == [
        EntryStatus.NEW,
        EntryStatus.IMPORTED,
    ]


async def test_an_updated_entry_is_taken_anew_by_force(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source, WEIGH_PATH)
    bare.write({**FILES, "skills/weigh/SKILL.md": WEIGH + b"Better.\n"})
    await market.scan(source)
    assert (await market.entries(source))[WEIGH_PATH].status is EntryStatus.UPDATED
    assert (await market.take(source, WEIGH_PATH)).conflict_count == 1
    assert (await market.take(source, WEIGH_PATH, conflict_resolution="force")).imported_count == 1
    entry = (await market.entries(source))[WEIGH_PATH]
    assert entry.status is EntryStatus.IMPORTED
    assert (await market.items())["weigh"].digest == entry.digest


async def test_what_cannot_be_taken_is_an_error_and_the_others_are_taken(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    bare.write({path: content for path, content in FILES.items() if path != "commands/deploy.md"})
    await market.scan(source)
    result = await market.take(source)
    assert (result.imported_count, result.conflict_count, result.error_count) == (1, 1, 1)
    assert result.errors[0].code == "entry_removed"
    strange = await market.service.take(
        ANN, ImportArtifacts(source_id=source.id, entry_id="00000000-0000-5000-8000-000000000000")
    )
    assert (strange.error_count, strange.errors[0].code) == (1, "resource_not_found")
    assert [row.outcome for row in await market.audit()] == ["success", "error", "conflict", "error"]


class FullArtifacts(LocalArtifactStore):
    """Has no room for scripts."""

    async def put(self, key: str, content: Content, *, media_type: str) -> StoredBytes:
        if key.endswith(".py"):
            raise Unavailable("There is no room for it.")
        return await super().put(key, content, media_type=media_type)


async def test_what_cannot_be_stored_is_an_error_and_leaves_nothing(bare: Bare, tmp_path: Path) -> None:
    artifacts = FullArtifacts(tmp_path / "home/artifacts", SetClock())
    async with a_market(tmp_path / "home", artifacts=artifacts) as market:
        source = await market.add(bare)
        result = await market.take(source, WEIGH_PATH, "commands/deploy.md")
        assert (result.imported_count, result.error_count) == (1, 1)
        assert (result.errors[0].code, result.errors[0].detail) == ("unavailable", "There is no room for it.")
        assert market.files == ["deploy.md"]
        assert await market.collection.litter(begun_before=market.clock.now(), limit=9) == ()


async def test_what_is_excluded_is_not_taken(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    excluded = (await market.entries(source))[WEIGH_PATH].exclude()
    await market.database.write(lambda connection: SqlMarketplaceLedger(connection).put_entries([excluded]))
    result = await market.take(source, WEIGH_PATH)
    assert [error.code for error in result.errors] == ["entry_excluded"]
    assert await market.items() == {}


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({}, "must have either entry_ids or entry_id"),
        ({"entry_id": AN_ID, "entry_ids": [AN_ID]}, "must have either entry_ids or entry_id"),
        ({"entry_ids": []}, "at least 1 item"),
        ({"entry_id": AN_ID, "conflict_resolution": "replace"}, "'skip', 'rename' or 'force'"),
        ({"entry_id": AN_ID, "resolutions": {OTHER_ID: "skip"}}, f"{OTHER_ID} is not"),
    ],
)
def test_an_import_that_says_nothing_clear_is_refused(said: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ImportArtifacts.model_validate({"source_id": AN_ID, **said})


async def test_what_the_repository_holds_otherwise_now_is_not_taken(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    known = (await market.entries(source))[WEIGH_PATH]
    bare.write({**FILES, "skills/weigh/SKILL.md": WEIGH + b"Evil.\n"})
    assert (await market.take(source, WEIGH_PATH)).imported_count == 1
    assert (await market.items())["weigh"].digest == known.digest
    assert WEIGH in [path.read_bytes() for path in (market.folder / "artifacts").rglob("SKILL.md")]


async def test_a_repository_that_is_gone_fails_the_import_and_is_told(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    bare.folder.rename(bare.folder.with_name("gone.git"))
    with pytest.raises(NotFound):
        await market.take(source)
    assert await market.items() == {}
    assert [(row.subject, row.outcome) for row in await market.audit()] == [(source.id, "error")]


async def test_of_two_imports_of_one_entry_at_once_there_is_one_artifact(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    async with a_market(market.folder) as other:
        places = market, other, market
        for resolution in (None, "skip", "force"):
            said = [place.take(source, WEIGH_PATH, conflict_resolution=resolution) for place in places]
            results = await asyncio.gather(*said)
            assert sum(one.error_count for one in results) == 0
            (item,) = (await market.items()).values()
            assert await market.service.verify(ANN, VerifyCollection()) == await other.service.verify(
                ANN, VerifyCollection()
            )
            assert market.files == ["SKILL.md", "scripts/run.py"]
            assert (market.folder / "artifacts" / item.folder).is_dir()
        await market.service.delete(ANN, DeleteItem(item_id=item.id))
        results = await asyncio.gather(
            *(place.take(source, WEIGH_PATH, conflict_resolution="rename") for place in (market, other))
        )
        assert sum(one.imported_count for one in results) in {1, 2}


async def test_only_members_import_from_a_source_of_their_project(
    market: Market, bare: Bare, tmp_path: Path
) -> None:
    hidden = await market.add(bare)
    stranger = Principal(name="eve", project=OTHER_PROJECT, roles=frozenset({Role.ADMIN}))
    with pytest.raises(SourceNotFound):
        await market.take(hidden, WEIGH_PATH, by=stranger)
    public = await market.add(a_bare(tmp_path / "public.git", FILES), visibility=Visibility.PUBLIC)
    with pytest.raises(SourceForeign) as foreign:
        await market.take(public, WEIGH_PATH, by=stranger)
    assert isinstance(foreign.value, Forbidden)
    assert await market.items() == {}


async def test_the_collection_is_shown_and_emptied(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source)
    everything = await market.service.list(ANN, ListCollection())
    assert (everything.total, {view.name for view in everything.items}) == (2, {"weigh", "deploy"})
    (skill,) = (await market.service.list(ANN, ListCollection(type=[ArtifactType.SKILL]))).items
    assert await market.service.get(ANN, GetItem(item_id=skill.id)) == skill
    stranger = Principal(name="eve", project=OTHER_PROJECT, roles=frozenset({Role.ADMIN}))
    assert (await market.service.list(stranger, ListCollection())).total == 0
    for ask in (
        market.service.get(stranger, GetItem(item_id=skill.id)),
        market.service.delete(stranger, DeleteItem(item_id=skill.id)),
    ):
        with pytest.raises(NotFound):
            await ask
    assert (await market.service.delete(ANN, DeleteItem(item_id=skill.id))).item_id == skill.id
    assert market.files == ["deploy.md"]
    assert (await market.entries(source))[WEIGH_PATH].status is EntryStatus.NEW
    assert (await market.audit())[-1].action == "delete"


async def test_what_is_stored_is_verified(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source, WEIGH_PATH, "commands/deploy.md")
    sound = await market.service.verify(ANN, VerifyCollection())
    assert (sound.sound_count, sound.damaged_count) == (2, 0)
    item = (await market.items())["weigh"]
    folder = market.folder / "artifacts" / item.folder
    (folder / "scripts/run.py").write_bytes(b"print(2)\n")
    (folder / "SKILL.md").unlink()
    damaged = await market.service.verify(ANN, VerifyCollection())
    assert (damaged.sound_count, damaged.damaged_count) == (1, 1)
    (look,) = (await market.service.verify(ANN, VerifyCollection(item_id=item.id))).items
    assert not look.is_sound
    assert look.found_digest is None
    assert {one.path: one.problem for one in look.differences} == {
        "scripts/run.py": "its bytes are others than were imported",
        "SKILL.md": "it is missing",
    }
    assert (await market.take(source, WEIGH_PATH, conflict_resolution="force")).imported_count == 1
    assert (await market.service.verify(ANN, VerifyCollection())).damaged_count == 0


async def test_records_that_do_not_fit_each_other_are_told(market: Market, bare: Bare) -> None:
    source = await market.add(bare)
    await market.take(source, "commands/deploy.md")
    item = (await market.items())["deploy"]
    for change, problem in (
        ("UPDATE collection_files SET blob_sha = '" + "0" * 40 + "'", "not those that its repository names"),
        ("UPDATE collection_items SET digest = '" + "0" * 64 + "'", "not those that its hash is of"),
        ("DELETE FROM collection_files", "1 files were imported, and 0 are on record"),
    ):
        if "digest" in change:
            await market.take(source, "commands/deploy.md", conflict_resolution="force")
        await market.database.write(partial(_run, change))
        (look,) = (await market.service.verify(ANN, VerifyCollection(item_id=item.id))).items
        assert not look.is_sound
        assert problem in look.differences[-1].problem


async def test_nothing_that_is_imported_is_run_or_may_be(market: Market, tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "hostile.git")
    marker = tmp_path / "ran"
    script = f"#!/bin/sh\ntouch {marker}\n".encode()
    skill, link = bare.blob(WEIGH), bare.blob(b"/etc/passwd")
    inner = bare.tree(
        [
            ("100644", b"SKILL.md", skill),
            ("120000", b"passwd", link),
            ("100755", b"post-checkout", bare.blob(script)),
        ]
    )
    bare.commit(
        bare.tree(
            [
                ("100644", b".gitattributes", bare.blob(b"* filter=evil\n")),
                ("40000", b"skills", bare.tree([("40000", b"weigh", inner)])),
            ]
        )
    )
    source = await market.add(bare)
    assert (await market.take(source, WEIGH_PATH)).imported_count == 1
    assert market.files == ["SKILL.md", "post-checkout"]
    stored = [path for path in (market.folder / "artifacts").rglob("*") if path.is_file()]
    assert not any(path.is_symlink() or os.access(path, os.X_OK) for path in stored)
    assert not marker.exists()


def _run(sql: str, connection: Connection) -> None:
    connection.exec_driver_sql(sql)
