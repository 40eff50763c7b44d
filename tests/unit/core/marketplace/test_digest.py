"""A digest is that of the content below an artifact's folder, wherever the folder lies."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.marketplace.detection import detect
from taskforce.core.marketplace.digest import digest_of, files_by_artifact
from taskforce.core.marketplace.model import TreeFile


def file(path: str, blob: str = "0") -> TreeFile:
    return TreeFile(path=path, blob_sha=blob * 40, size=1)


def test_it_is_the_sha_256_of_sorted_lines() -> None:
    files = [file("skills/x/b", "2"), file("skills/x/a/c", "1")]
    lines = f"a/c:{'1' * 40}\nb:{'2' * 40}\n"
    assert digest_of(files, path="skills/x") == hashlib.sha256(lines.encode()).hexdigest()


def test_a_single_file_is_its_name() -> None:
    here, there = file("commands/a.md"), file("x/commands/git/a.md")
    assert digest_of([here], path=here.path) == digest_of([there], path=there.path)


@given(st.lists(st.sampled_from(["a", "b", "c/d"]), unique=True))
def test_order_does_not_matter_and_a_copy_has_the_same(names: list[str]) -> None:
    here = [file(f"skills/x/{name}") for name in names]
    there = [file(name) for name in reversed(names)]
    assert digest_of(here, path="skills/x") == digest_of(there, path="")


def test_a_name_and_a_blob_cannot_be_taken_for_one_another() -> None:
    assert digest_of([file("a", "1")], path="") != digest_of([file("a", "2")], path="")
    assert digest_of([file("a")], path="") != digest_of([file("b")], path="")


def test_a_file_belongs_to_every_artifact_around_it() -> None:
    files = [
        file(path)
        for path in ("p/plugin.json", "p/skills/x/SKILL.md", "p/skills/x/y.py", "p/commands/a.md", "z")
    ]
    gathered = files_by_artifact(detect([one.path for one in files]), files)
    assert {path: [one.path for one in inner] for path, inner in gathered.items()} == {
        "p": ["p/plugin.json", "p/skills/x/SKILL.md", "p/skills/x/y.py", "p/commands/a.md"],
        "p/skills/x": ["p/skills/x/SKILL.md", "p/skills/x/y.py"],
        "p/commands/a.md": ["p/commands/a.md"],
    }
    whole = files_by_artifact(detect(["SKILL.md"]), files)
    assert len(whole[""]) == len(files)
