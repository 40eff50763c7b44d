import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.marketplace.errors import ArtifactTooLarge
from taskforce.core.marketplace.limits import ARTIFACT_FILES, ARTIFACT_SIZE, check_artifact, in_mb
from taskforce.core.marketplace.model import TreeFile
from taskforce.core.marketplace.tree_paths import clashes, reason_against, shown


def a_file(path: str, size: int = 1) -> TreeFile:
    return TreeFile(path=path, blob_sha="0" * 40, size=size)


@pytest.mark.parametrize(
    "path", ["a", "a/b.md", "...", "a b", ".github/x", "git", "ü/é", "ab:c", "-x", "CON"]
)
def test_a_plain_path_is_taken(path: str) -> None:
    assert reason_against(path) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        *[(path, "absolute") for path in ("/", "/a", "c:a", "C:/a")],
        *[(path, "empty parts") for path in ("", "..", ".", "a/", "a//b", "a/../b", "./a")],
        *[(path, "git's own") for path in (".git", "a/.git/config", ".Git", "GIT~1", ".git ", ".git./x")],
        *[(path, "printed") for path in ("a\n", "a\x00", "\u202e", "a\u200d", "\x7f", "a\u00a0b")],
        ("a\\b", "backslash"),
        ("/".join("a" * 65), "64 parts"),
        ("a" * 256, "255 in a part"),
        ("/".join(["ü" * 100] * 6), "1,024 bytes"),
    ],
)
def test_another_is_not_and_the_reason_is_told(path: str, why: str) -> None:
    assert why in reason_against(path)


@given(st.lists(st.text(alphabet="aAbBéÉ/", min_size=1, max_size=6), max_size=20, unique=True))
def test_what_stays_after_the_clashes_are_gone_is_one_file_each_on_any_disk(paths: list[str]) -> None:
    taken = [path for path in paths if not reason_against(path)]
    gone = dict(clashes(taken))
    stay = [path for path in taken if path not in gone]
    folded = [path.casefold() for path in stay]
    assert len(set(folded)) == len(folded)
    folders = {path[:place] for path in folded for place, sign in enumerate(path) if sign == "/"}
    assert folders.isdisjoint(folded)
    assert dict(clashes(reversed(taken))) == gone
    assert list(clashes(stay)) == []


def test_a_strange_path_is_shown_in_one_line_and_cut() -> None:
    assert shown("a\nb\u202e") == "a\\nb\\u202e"
    assert shown(b"caf\xe9") == "caf\\xe9"
    assert shown("a" * 200) == "a" * 120 + "…"


def test_an_artifact_may_have_so_many_files_and_bytes_and_no_more() -> None:
    check_artifact("skills/a", [a_file(str(n)) for n in range(ARTIFACT_FILES)])
    check_artifact("skills/a", [a_file("a", ARTIFACT_SIZE)])
    with pytest.raises(ArtifactTooLarge, match=r"skills/a has 5,001 files; the most is 5,000 files"):
        check_artifact("skills/a", [a_file(str(n)) for n in range(ARTIFACT_FILES + 1)])
    with pytest.raises(ArtifactTooLarge, match=r"skills/a has 50 MB; the most is 50 MB") as refused:
        check_artifact("skills/a", [a_file("a", ARTIFACT_SIZE), a_file("b")])
    assert refused.value.code == "artifact_too_large"


def test_sizes_are_told_in_mb() -> None:
    assert [in_mb(size) for size in (0, 10 * 1024**2, 1024**3, 1_500_000)] == [
        "0 MB",
        "10 MB",
        "1,024 MB",
        "1.4 MB",
    ]
