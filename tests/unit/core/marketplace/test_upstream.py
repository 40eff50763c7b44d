"""Where an artifact is looked at, and which addresses are one repository."""

import pytest

from taskforce.core.marketplace.upstream import same_repository, upstream_url
from tests.marketplace_builders import found

COMMIT = "c" * 40


@pytest.mark.parametrize(
    ("repo_url", "folder", "file"),
    [
        ("https://github.com/o/r.git", f"tree/{COMMIT}/skills/a%20b", f"blob/{COMMIT}/commands/a.md"),
        ("https://GitHub.com/o/r/", f"tree/{COMMIT}/skills/a%20b", f"blob/{COMMIT}/commands/a.md"),
        ("https://gitlab.com/o/r", f"-/tree/{COMMIT}/skills/a%20b", f"-/blob/{COMMIT}/commands/a.md"),
        ("https://bitbucket.org/o/r", f"src/{COMMIT}/skills/a%20b", f"src/{COMMIT}/commands/a.md"),
        (
            "https://codeberg.org/o/r",
            f"src/commit/{COMMIT}/skills/a%20b",
            f"src/commit/{COMMIT}/commands/a.md",
        ),
    ],
)
def test_a_known_host_shows_the_artifact_at_its_commit(repo_url: str, folder: str, file: str) -> None:
    host = repo_url.split("/")[2].lower()
    assert upstream_url(repo_url, COMMIT, found("skills/a b").artifact) == f"https://{host}/o/r/{folder}"
    assert upstream_url(repo_url, COMMIT, found("commands/a.md").artifact) == f"https://{host}/o/r/{file}"


@pytest.mark.parametrize(
    "repo_url", ["https://git.example/o/r.git", "git@github.com:o/r.git", "file:///srv/r"]
)
def test_of_another_host_it_is_the_repository(repo_url: str) -> None:
    assert upstream_url(repo_url, COMMIT, found("skills/a").artifact) == repo_url


def test_a_repository_as_a_whole_is_its_page() -> None:
    page = upstream_url("https://github.com/o/r", COMMIT, found("").artifact)
    assert page == f"https://github.com/o/r/tree/{COMMIT}"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://h.example/o/r", "HTTPS://H.example/o/r.git/", True),
        ("git@h:o/r.git", "git@h:o/r", True),
        ("https://h.example/o/r", "https://h.example/o/R", False),
        ("https://h.example/o/r", "ssh://h.example/o/r", False),
    ],
)
def test_usual_spellings_of_an_address_are_one_repository(one: str, other: str, *, is_same: bool) -> None:
    assert (same_repository(one) == same_repository(other)) is is_same
