"""Pointers reach a GitOps repository: over smart HTTP with a password, and in a bare repository beside us."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce.core.pipelines.errors import GitOpsUnreachable, PushRefused
from taskforce.core.pipelines.ports import GitOps
from taskforce.infrastructure.pipelines.gitops import GitGitOps, NoGitOps, gitops_at
from taskforce.settings import SettingsInvalid
from tests.services.git_server import PASSWORD, GitServer, git_server

PATH = "dev/apps/acme/shop/app/release.yaml"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    folder = tmp_path / "served"
    folder.mkdir()
    with git_server(folder) as found:
        yield found


def at(url: str, folder: Path, *, allow_local: bool = True) -> GitOps:
    return gitops_at(url, branch="main", folder=folder, allow_local=allow_local)


def git(repository: Path, *words: str) -> str:
    ran = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def commits(repository: Path) -> int:
    return int(git(repository, "rev-list", "--count", "main"))


@pytest.fixture(params=["http", "file"])
def place(request: pytest.FixtureRequest, server: GitServer) -> tuple[str, Path]:
    """An address, and the repository behind it."""
    repository = server.repository("ops.git")
    return (server.url("ops.git") if request.param == "http" else str(repository)), repository


async def test_a_file_is_committed_on_top_of_what_is_there(place: tuple[str, Path], tmp_path: Path) -> None:
    url, repository = place
    ops = at(url, tmp_path / "ops")
    assert not await ops.holds(PATH, b"one\n")
    first = await ops.push(PATH, b"one\n", message="Deploy one")
    second = await ops.push("other.yaml", b"other\n", message="Deploy other")
    assert git(repository, "rev-parse", "main", "main^").split() == [second, first]
    assert git(repository, "show", f"main:{PATH}") == "one"
    assert git(repository, "log", "-1", "--format=%s %an", first) == "Deploy one Taskforce"
    assert await ops.holds(PATH, b"one\n")
    assert not await ops.holds(PATH, b"two\n")


async def test_what_is_there_already_is_no_second_commit(place: tuple[str, Path], tmp_path: Path) -> None:
    url, repository = place
    first = await at(url, tmp_path / "a").push(PATH, b"one\n", message="m")
    await at(url, tmp_path / "a").push("other.yaml", b"other\n", message="m")
    # Another worker, which knows nothing of the push, after a crash before it was recorded.
    assert await at(url, tmp_path / "b").push(PATH, b"one\n", message="m") == first
    assert commits(repository) == 2


async def test_pushes_from_several_places_all_arrive(place: tuple[str, Path], tmp_path: Path) -> None:
    url, repository = place
    pushes = [
        at(url, tmp_path / f"worker{number % 3}").push(f"{number}.yaml", b"x\n", message="m")
        for number in range(6)
    ]
    assert len(set(await asyncio.gather(*pushes))) == 6
    assert commits(repository) == 6
    assert git(repository, "ls-tree", "--name-only", "main").split() == [f"{n}.yaml" for n in range(6)]


async def test_a_push_that_was_overtaken_is_made_again_on_top(server: GitServer, tmp_path: Path) -> None:
    repository = server.repository("ops.git")
    flag = tmp_path / "overtaken"
    await at(str(repository), tmp_path / "first").push("a.yaml", b"a\n", message="first")
    await at(str(repository), tmp_path / "late").holds("a.yaml", b"")
    hook = repository / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        # The first push meets a branch that moves under it, as another one's push would move it.
        f"#!/bin/sh\n[ -e {flag} ] && exit 0\ntouch {flag}\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY "
        "GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "export GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o\n"
        'new=$(git commit-tree -p main -m between "main^{tree}")\ngit update-ref refs/heads/main $new\n'
    )
    hook.chmod(0o755)
    pushed = await at(server.url("ops.git"), tmp_path / "late").push(PATH, b"one\n", message="late")
    assert flag.exists()
    assert git(repository, "log", "--format=%s", "main").split() == ["late", "between", "first"]
    assert git(repository, "rev-parse", "main") == pushed


async def test_a_server_that_says_no_is_told_with_its_reason(server: GitServer, tmp_path: Path) -> None:
    server.repository("closed.git", hook="exit 1")
    with pytest.raises(PushRefused, match="pre-receive hook declined"):
        await at(server.url("closed.git"), tmp_path / "ops").push(PATH, b"one\n", message="m")


@pytest.mark.parametrize(("name", "password"), [("ops.git", "wrong"), ("nothing.git", PASSWORD)])
async def test_a_repository_that_cannot_be_read_is_told_without_the_password(
    server: GitServer, tmp_path: Path, name: str, password: str
) -> None:
    server.repository("ops.git")
    with pytest.raises(GitOpsUnreachable) as refused:
        await at(server.url(name, password=password), tmp_path / "ops").push(PATH, b"x", message="m")
    assert "could not be read" in refused.value.message
    assert "word" not in refused.value.message
    assert "127.0.0.1" not in refused.value.message


async def test_what_a_killed_git_left_does_not_stop_the_next(server: GitServer, tmp_path: Path) -> None:
    repository = server.repository("ops.git")
    await at(str(repository), tmp_path / "ops").push(PATH, b"one\n", message="m")
    mirror = tmp_path / "ops" / "mirror.git"
    for left in ("index.lock", "HEAD.lock", "refs/remote/head.lock"):
        (mirror / left).parent.mkdir(exist_ok=True)
        (mirror / left).touch()
    await at(str(repository), tmp_path / "ops").push(PATH, b"two\n", message="m")
    assert git(repository, "show", f"main:{PATH}") == "two"


async def test_without_an_address_nothing_is_pushed(tmp_path: Path) -> None:
    ops = gitops_at(None, branch="main", folder=tmp_path, allow_local=False)
    assert isinstance(ops, NoGitOps)
    with pytest.raises(PushRefused, match="gitops_url"):
        await ops.push(PATH, b"one\n", message="m")
    with pytest.raises(PushRefused, match="gitops_url"):
        await ops.holds(PATH, b"one\n")


@pytest.mark.parametrize(
    ("url", "branch"),
    [
        ("/srv/ops.git", "main"),
        ("http://127.0.0.1/ops", "main"),
        ("ext::sh -c id", "main"),
        ("https://git.example/ops", "a..b"),
    ],
)
def test_an_address_that_git_may_not_be_given_is_a_wrong_setting(
    tmp_path: Path, url: str, branch: str
) -> None:
    with pytest.raises(SettingsInvalid, match="gitops_"):
        gitops_at(url, branch=branch, folder=tmp_path, allow_local=False)


def test_an_address_elsewhere_is_taken(tmp_path: Path) -> None:
    url = "https://user:secret@git.example/ops"
    assert isinstance(gitops_at(url, branch="main", folder=tmp_path, allow_local=False), GitGitOps)
