import time
from pathlib import Path

import pytest

from taskforce.core.tools import ToolContext, ToolFailed
from taskforce.infrastructure.missions.search import Grep, SearchText
from tests.integration.missions.tool_calls import call


async def test_matches_are_shown_with_path_and_line(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "b" / "c.txt").write_text("Two\r\n")
    assert (await call("grep", tmp_path, pattern="^two$", ignore_case=True)).content == (
        "a.txt:2: two\nb/c.txt:1: Two\n(2 matching lines in 2 files)"
    )


async def test_nothing_found_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")
    found = await call("grep", tmp_path, pattern="^$")
    assert found.content == "(0 matching lines in 0 files)"
    assert not found.failed


async def test_lines_around_a_match_are_marked_as_such(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n3\n4\n5\n6\n7\n")
    found = await call("grep", tmp_path, pattern="[26]", context=1)
    assert found.content == (
        "a-1- 1\na:2: 2\na-3- 3\n--\na-5- 5\na:6: 6\na-7- 7\n(2 matching lines in 1 file)"
    )


async def test_a_glob_without_folder_is_meant_at_any_depth(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.py", "b/c.py", "b/c.txt"):
        (tmp_path / name).write_text("x")
    assert (await call("grep", tmp_path, pattern="x", glob="*.py")).details["matches"] == 2
    assert (await call("grep", tmp_path, pattern="x", path="b/c.txt")).details["matches"] == 1


async def test_two_hundred_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n" * 999)
    found = await call("grep", tmp_path, pattern="x")
    assert found.content.count("a:") == 200
    assert found.content.endswith("(999 matching lines in 1 file; the first 200 are shown)")


async def test_a_long_line_is_cut_around_its_match(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("-" * 100_000 + "needle" + "-" * 100_000)
    found = await call("grep", tmp_path, pattern="needle")
    assert "needle" in found.content
    assert len(found.content) < 500


async def test_what_is_not_searched_is_told(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"x\0")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(11_000_000)
    found = await call("grep", tmp_path, pattern="x")
    assert "1 binary file was not searched" in found.content
    assert "1 file could not be read" in found.content
    with pytest.raises(ToolFailed, match="bytes"):
        await call("grep", tmp_path, pattern="x", path="large")


async def test_a_link_that_leads_out_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    (tmp_path / "etc").symlink_to("/etc")
    assert (await call("grep", tmp_path, pattern="root")).details["matches"] == 0
    for path in ("passwd", "etc", "etc/passwd"):
        with pytest.raises(ToolFailed, match="leads out"):
            await call("grep", tmp_path, pattern="root", path=path)


async def test_a_pattern_that_is_none_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="no regular expression: missing"):
        await call("grep", tmp_path, pattern="(")


async def test_a_pattern_that_takes_for_ever_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a" * 100 + "b")
    begun = time.monotonic()
    with pytest.raises(ToolFailed, match="Use a simpler pattern"):
        await Grep(seconds=1).run(
            SearchText(pattern="(a+)+$"), ToolContext(workspace=tmp_path, idempotency_key="call")
        )
    assert time.monotonic() - begun < 5
