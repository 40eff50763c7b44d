import os
from pathlib import Path

import pytest

from taskforce.core.tools import ToolFailed
from taskforce.infrastructure.missions.editing import already_so
from taskforce.infrastructure.missions.globs import matches
from tests.integration.missions.tool_calls import call


async def test_what_is_written_is_read(tmp_path: Path) -> None:
    await call("file_write", tmp_path, path="a/b.txt", content="ä\r\n\u2028x")
    assert (await call("file_read", tmp_path, path="a/b.txt")).content == "ä\r\n\u2028x"


async def test_a_part_is_read_by_lines_and_told_as_a_part(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("".join(f"{n}\n" for n in range(1, 11)))
    read = await call("file_read", tmp_path, path="log", offset=3, limit=2)
    assert read.content == "3\n4\n[lines 3 to 4 of 10]"
    assert (await call("file_read", tmp_path, path="log", offset=9)).content == "9\n10\n"


async def test_an_offset_behind_the_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("1\n")
    with pytest.raises(ToolFailed, match="has 1 line"):
        await call("file_read", tmp_path, path="log", offset=2)


async def test_an_empty_file_is_read_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert (await call("file_read", tmp_path, path="empty")).content == ""


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"\x89PNG\r\n\x1a\n", "a PNG image of 8 bytes"), (b"a\0b", "binary data"), (b"\xff", "1 byte")],
)
async def test_what_is_no_text_is_told_by_kind_and_size(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(ToolFailed, match=told):
        await call("file_read", tmp_path, path="file")


async def test_a_missing_file_is_told_with_what_comes_near(tmp_path: Path) -> None:
    (tmp_path / "report.md").touch()
    with pytest.raises(ToolFailed, match=r"There is no 'reprot.md'. There is: report.md."):
        await call("file_read", tmp_path, path="reprot.md")


async def test_etc_passwd_is_not_read_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "harmless").symlink_to("/etc/passwd")
    with pytest.raises(ToolFailed, match="leads out of the workspace"):
        await call("file_read", tmp_path, path="harmless")


async def test_arguments_that_the_tool_does_not_know_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="Invalid arguments"):
        await call("file_write", tmp_path, path="a", content="", append=True)
    with pytest.raises(ToolFailed, match="Invalid arguments"):
        await call("file_write", tmp_path, path="a", content=1)
    with pytest.raises(ToolFailed, match="Invalid arguments"):
        await call("file_edit", tmp_path, path="a", old="a", new="b", all="yes")


async def test_appending_adds_at_the_end(tmp_path: Path) -> None:
    await call("file_append", tmp_path, path="log", content="a\n")
    await call("file_append", tmp_path, path="log", content="b\n")
    assert (tmp_path / "log").read_text() == "a\nb\n"


async def test_an_edit_replaces_the_only_match(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n")
    await call("file_edit", tmp_path, path="a.py", old="x = 1", new="x = 3")
    assert (tmp_path / "a.py").read_text() == "x = 3\ny = 2\n"


async def test_an_edit_of_several_matches_says_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x\ny\nx\n")
    with pytest.raises(ToolFailed, match=r"2 times in a.py \(lines 1, 3\)"):
        await call("file_edit", tmp_path, path="a.py", old="x", new="z")
    await call("file_edit", tmp_path, path="a.py", old="x", new="z", all=True)
    assert (tmp_path / "a.py").read_text() == "z\ny\nz\n"


async def test_matches_that_overlap_are_several(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("aaa")
    with pytest.raises(ToolFailed, match="2 times"):
        await call("file_edit", tmp_path, path="a", old="aa", new="b")


async def test_an_edit_without_a_match_names_the_nearest_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import os\ndef total(values):\n")
    with pytest.raises(ToolFailed, match=r"Nearest is line 2: 'def total\(values\):'"):
        await call("file_edit", tmp_path, path="a.py", old="def totals(value):", new="")
    with pytest.raises(ToolFailed, match="white space"):
        await call("file_edit", tmp_path, path="a.py", old="  import os", new="")


async def test_an_edit_that_is_started_again_changes_nothing_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("foo")
    try:
        os.setxattr(tmp_path / "a", "user.test", b"")
    except OSError:
        pytest.skip("this file system keeps no attributes")
    first = await call("file_edit", tmp_path, key="job/7", path="a", old="foo", new="foofoo", all=True)
    again = await call("file_edit", tmp_path, key="job/7", path="a", old="foo", new="foofoo", all=True)
    assert (tmp_path / "a").read_text() == "foofoo"
    assert again == first


@pytest.mark.parametrize(
    ("text", "old", "new", "so"),
    [
        ("new", "old", "new", True),
        ("foobar", "foo", "foobar", True),
        ("foobar foo", "foo", "foobar", False),
        ("other", "old", "new", False),
        ("other", "old", "", False),
    ],
)
def test_an_edit_looks_done_if_new_is_there_and_old_is_only_a_part_of_it(
    text: str, old: str, new: str, so: bool
) -> None:
    assert already_so(text, old, new) is so


async def test_a_listing_is_in_order_with_sizes_and_counts(tmp_path: Path) -> None:
    for name in ("b/c.txt", "b.txt", "a.txt", ".git/config", ".taskforce/store.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("12345")
    (tmp_path / "link").symlink_to("/etc")
    listed = await call("list_files", tmp_path)
    assert listed.content == "a.txt\t5\nb/\nb/c.txt\t5\nb.txt\t5\nlink\ta link\n(4 files, 1 folder)"
    assert "config" in (await call("list_files", tmp_path, path=".git")).content


async def test_a_listing_of_one_folder_says_that_more_matches_below(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.py").touch()
    (tmp_path / "c.py").touch()
    listed = await call("list_files", tmp_path, pattern="*.py")
    assert listed.content.startswith("c.py\t0\n(1 file, 0 folders; 1 more match in folders below")
    assert (await call("list_files", tmp_path, path="a", pattern="*.py")).details["files"] == 1


async def test_a_listing_shows_a_thousand_and_counts_all(tmp_path: Path) -> None:
    for number in range(1_005):
        (tmp_path / f"{number:04}").touch()
    listed = await call("list_files", tmp_path)
    assert listed.content.count("\n") == 1_000
    assert "(1,005 files, 0 folders; the first 1000 are shown" in listed.content


async def test_a_name_keeps_to_its_line_whatever_it_is_made_of(tmp_path: Path) -> None:
    (tmp_path / "a\nb").touch()
    (tmp_path / os.fsdecode(b"\xff")).touch()
    assert (await call("list_files", tmp_path)).content == "a\\nb\t0\n\\xff\t0\n(2 files, 0 folders)"


@pytest.mark.parametrize(
    ("path", "pattern", "does"),
    [
        ("a.py", "*.py", True),
        ("b/a.py", "*.py", False),
        ("b/a.py", "**/*.py", True),
        ("a.py", "**/*.py", True),
        ("a/b/c/d.py", "a/**/d.py", True),
        ("a/d.py", "a/**/d.py", True),
        ("a/d.pyc", "a/**/*.py", False),
        ("a/b", "a/**", True),
        ("x/b", "[xy]/?", True),
    ],
)
def test_globs(path: str, pattern: str, does: bool) -> None:
    assert matches(path, pattern) is does
