"""Which files of a workspace were written between two looks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from taskforce.infrastructure.missions import survey as surveying
from taskforce.infrastructure.missions.survey import survey


def a_workspace(folder: Path) -> Path:
    for name in ("a.txt", "b/c.txt", ".taskforce/db", "node_modules/x/y.js", "own/home.db"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("one\n")
    return folder


def moved(workspace: Path) -> None:
    (workspace / "a.txt").rename(workspace / "z.txt")


WRITES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "a new file": (lambda folder: (folder / "b/new.txt").write_text(""), ("b/new.txt",)),
    "the same length": (lambda folder: (folder / "a.txt").write_text("two\n"), ("a.txt",)),
    "another name": (moved, ("z.txt",)),
    "a file less": (lambda folder: (folder / "a.txt").unlink(), ()),
    "a link": (lambda folder: (folder / "link").symlink_to("/etc/passwd"), ()),
    "a linked folder": (lambda folder: (folder / "more").symlink_to("/etc"), ()),
    "a cache": (lambda folder: (folder / "node_modules/x/z.js").write_text(""), ()),
    "our own": (lambda folder: (folder / ".taskforce/db").write_text("two"), ()),
    "our own home": (lambda folder: (folder / "own/home.db").write_text("two"), ()),
    "a name that cannot be shown": (lambda folder: (folder / "a\nb").write_text(""), ()),
    "nothing": (lambda _: None, ()),
}


@pytest.mark.parametrize("what", WRITES)
def test_what_was_written_is_found_by_its_facts(tmp_path: Path, what: str) -> None:
    write, expected = WRITES[what]
    workspace = a_workspace(tmp_path)
    before = survey(workspace, without=(tmp_path / "own",))
    write(workspace)
    assert survey(workspace, without=(tmp_path / "own",)).written_since(before) == expected


def test_a_workspace_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert survey(tmp_path / "gone", without=()).files == {}


def test_of_a_workspace_too_large_nothing_is_told(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path)
    before = survey(workspace, without=())
    for place in range(surveying.MOST_ENTRIES + 1):
        (workspace / "b" / str(place)).touch()
    after = survey(workspace, without=())
    assert not after.is_whole
    assert after.written_since(before) == ()
