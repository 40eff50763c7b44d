"""A repository that wants more than to be listed: scanned and imported as a whole, it gets no further."""

import os
import zlib
from hashlib import sha1
from pathlib import Path

from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.marketplace.import_schemas import ImportArtifacts
from taskforce.application.marketplace.schemas import ListArtifacts, RescanSource
from taskforce.core.jobs.model import JobStatus
from taskforce.core.marketplace.task import ScanSummary
from taskforce.settings import Settings
from tests.integration.marketplace.canaries import everything_in, sing, unharmed
from tests.integration.marketplace.sources_in_use import BOB, SKILL, added, ended
from tests.integration.marketplace.trees_of_git import FILE, FOLDER, LINK, PROGRAM, SUBMODULE, Bare, a_bare

_LEVELS = b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in b"abcdefgh")
BOMB = b"---\na: &a [x, x]\n" + _LEVELS + b"---\n"
HUGE = 2 * 1024**3
"""Bytes that a file says it has."""


def a_huge(bare: Bare) -> str:
    """Store a blob that says it has 2 GB, and return its name; whoever reads it finds nothing in it."""
    head = b"blob %d\0" % HUGE
    name = sha1(head, usedforsecurity=False).hexdigest()
    place = bare.folder / "objects" / name[:2] / name[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(zlib.compress(head))
    return name


def a_hostile(bare: Bare, canary: str) -> None:
    """Have main stand at a tree that tries whatever a tree can, beside one skill that is as it should be."""
    script = bare.blob(f"#!/bin/sh\n{canary}\n".encode())
    skill, bomb, passwd = bare.blob(SKILL), bare.blob(BOMB), bare.blob(b"/etc/passwd")
    lfs = bare.blob(b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 9\n" % (b"0" * 64))
    good = bare.tree(
        [
            (FILE, b"SKILL.md", skill), (FILE, b"caf\xe9", skill), (FILE, b"huge.bin", a_huge(bare)),
            (FILE, b"model.bin", lfs), (LINK, b"passwd", passwd), (PROGRAM, b"post-checkout", script),
            (FILE, b"skill.MD", bomb),
        ]
    )  # fmt: skip
    escaping = bare.tree([(FILE, b"SKILL.md", skill)])
    skills = bare.tree(
        [
            (FOLDER, b"..", escaping), (FOLDER, b"bomb", bare.tree([(FILE, b"SKILL.md", bomb)])),
            (FOLDER, b"good", good), (LINK, b"linked", passwd), (SUBMODULE, b"module", "1" * 40),
        ]
    )  # fmt: skip
    modules = f'[submodule "x"]\npath = skills/module\nurl = ext::{canary}\nupdate = !{canary}\n'.encode()
    bare.commit(
        bare.tree(
            [
                (FILE, b".gitattributes", bare.blob(b"* filter=evil diff=evil\n*.bin filter=lfs\n")),
                (FILE, b".gitmodules", bare.blob(modules)), (FOLDER, b"skills", skills),
            ]
        )
    )  # fmt: skip
    sing(bare, canary)


async def test_of_a_hostile_repository_what_is_sound_is_taken_and_the_rest_is_told(
    tmp_path: Path, canary: str
) -> None:
    bare = a_bare(tmp_path / "there.git")
    a_hostile(bare, canary)
    house = open_container(Settings(home=tmp_path / "home", git_allow_local=True))
    try:
        async with unharmed(bare.folder, tmp_path / "surroundings"):
            paths, left_out = await taken(house, bare)
    finally:
        close_container(house)
    assert paths == ["skills/bomb", "skills/good"]
    for path, reason in {
        "skills/../SKILL.md": "its path has empty parts", "skills/good/caf\\xe9": "not UTF-8",
        "skills/good/huge.bin": "larger than 10 MB", "skills/good/passwd": "a symbolic link",
        "skills/good/skill.MD": "in case or form alone", "skills/linked": "a symbolic link",
        "skills/module": "a submodule", "skills/bomb/SKILL.md": "anchors, aliases and tags are not read",
    }.items():  # fmt: skip
        assert any(line.startswith(path) and reason in line for line in left_out), (path, left_out)
    stored = {path for path in (tmp_path / "home" / "artifacts").rglob("*") if path.is_file()}
    assert sorted(path.name for path in stored) == ["SKILL.md", "SKILL.md", "model.bin", "post-checkout"]
    assert not any(path.is_symlink() or os.access(path, os.X_OK) for path in stored)
    around = {Path(path).parts[0] for path in everything_in(tmp_path)}
    assert around == {"there.git", "home", "surroundings"}
    assert not any("passwd" in path for path in everything_in(tmp_path / "home"))


async def taken(house: Container, bare: Bare) -> tuple[list[str], list[str]]:
    """Scan a repository and import all that is found; return the paths, and what the scan left out."""
    source = await added(house, bare)
    scan = await house.marketplace_sources().rescan(BOB, RescanSource(source_id=source.id))
    job = await ended(house, scan.job_id)
    assert job.outcome is not None
    assert job.status is JobStatus.SUCCEEDED, job.outcome
    summary = ScanSummary.model_validate(job.outcome.result)
    listed = (await house.source_artifacts().list(BOB, ListArtifacts(source_id=source.id))).items
    asked = {"source_id": source.id, "entry_ids": [one.id for one in listed]}
    result = await house.collection().take(BOB, ImportArtifacts.model_validate(asked))
    assert (result.imported_count, result.errors) == (len(listed), ())
    return sorted(one.path for one in listed), list(summary.left_out)
