"""Working trees: exactly the commit, nothing of a hostile repository run, nothing left behind."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from taskforce.core.errors import Invalid
from taskforce.core.identity import JobId
from taskforce.core.pipelines.errors import CommitNotFound, RepositoryUnreachable
from taskforce.infrastructure.pipelines.addresses import Addresses, checked_branch
from taskforce.infrastructure.pipelines.checkout import GitCheckouts
from tests.integration.pipelines.repositories import Repository, a_repository


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    return a_repository(tmp_path / "shop", {"a.txt": "first\n"})


def sources(tmp_path: Path, known: Mapping[str, object] = {}, *, local: bool = True) -> GitCheckouts:
    addresses = Addresses(
        known={name: str(place) for name, place in known.items()},
        template="https://localhost:1/{repository}.git",
        allow_local=local,
    )
    return GitCheckouts(tmp_path / "pipelines", addresses=addresses, roots=[tmp_path / "work"])


def a_run() -> JobId:
    return JobId(str(uuid4()))


async def test_a_tree_is_at_exactly_its_commit(tmp_path: Path, shop: Repository) -> None:
    first, second = shop.head, shop.commit({"a.txt": "second\n"})
    trees = sources(tmp_path, {"acme/shop": shop.folder})
    old, new = await asyncio.gather(
        trees.open(a_run(), "acme/shop", first), trees.open(a_run(), "acme/shop", second)
    )
    assert (old.tree / "a.txt").read_text() == "first\n"
    assert (new.tree / "a.txt").read_text() == "second\n"
    assert Repository(old.tree).head == first
    assert (old.commit_sha, new.commit_sha) == (first, second)


async def test_a_commit_may_be_said_by_its_beginning(tmp_path: Path, shop: Repository) -> None:
    tree = await sources(tmp_path, {"acme/shop": shop.folder}).open(a_run(), "acme/shop", shop.head[:12])
    assert tree.commit_sha == shop.head


async def test_a_commit_that_came_later_is_fetched(tmp_path: Path, shop: Repository) -> None:
    trees = sources(tmp_path, {"acme/shop": f"file://{shop.folder}"})
    await trees.open(a_run(), "acme/shop", shop.head)
    later = shop.commit({"a.txt": "later\n"})
    assert ((await trees.open(a_run(), "acme/shop", later)).tree / "a.txt").read_text() == "later\n"


@pytest.mark.parametrize("commit", ["f" * 40, "abcdef0"])
async def test_a_commit_that_is_not_there_is_told(tmp_path: Path, shop: Repository, commit: str) -> None:
    with pytest.raises(CommitNotFound):
        await sources(tmp_path, {"acme/shop": shop.folder}).open(a_run(), "acme/shop", commit)


async def test_a_repository_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RepositoryUnreachable, match="acme/shop could not be read"):
        await sources(tmp_path).open(a_run(), "acme/shop", "f" * 40)


async def test_a_tree_that_is_there_is_used_again_and_a_half_one_is_made_anew(
    tmp_path: Path, shop: Repository
) -> None:
    trees, run = sources(tmp_path, {"acme/shop": shop.folder}), a_run()
    tree = (await trees.open(run, "acme/shop", shop.head)).tree
    (tree / "built").write_text("by a step")
    assert (await trees.open(run, "acme/shop", shop.head)).tree == tree
    assert (tree / "built").exists()
    (tree.parent / "ready").unlink()
    await trees.open(run, "acme/shop", shop.head)
    assert not (tree / "built").exists()


async def test_nothing_is_left_of_a_tree_that_is_removed(tmp_path: Path, shop: Repository) -> None:
    trees, run = sources(tmp_path, {"acme/shop": shop.folder}), a_run()
    tree = (await trees.open(run, "acme/shop", shop.head)).tree
    locked = tree / "locked"
    locked.mkdir()
    (locked / "file").write_text("x")
    locked.chmod(0o500)
    assert await trees.left() == [run]
    await trees.remove(run)
    assert await trees.left() == []
    assert not tree.exists()
    await trees.remove(run)


async def test_a_step_cannot_change_the_mirror_by_git(tmp_path: Path, shop: Repository) -> None:
    trees = sources(tmp_path, {"acme/shop": shop.folder})
    tree = Repository((await trees.open(a_run(), "acme/shop", shop.head)).tree)
    tree.git("commit", "--quiet", "--allow-empty", "--message", "Mine")
    tree.git("branch", "--force", "main")
    again = await trees.open(a_run(), "acme/shop", shop.head)
    assert Repository(again.tree).git("branch", "--list", "main").strip() == ""
    assert Repository(again.tree).head == shop.head


async def test_no_hook_no_filter_and_no_submodule_of_a_repository_runs(
    tmp_path: Path, shop: Repository
) -> None:
    trap = tmp_path / "trapped"
    for hook in ("post-checkout", "pre-push", "reference-transaction"):
        file = shop.folder / ".git" / "hooks" / hook
        file.write_text(f"#!/bin/sh\ntouch {trap}\n")
        file.chmod(0o755)
    shop.git("config", "filter.evil.smudge", f"touch {trap}")
    shop.git("config", "uploadpack.packObjectsHook", f"touch {trap};")
    (shop.folder / ".gitmodules").write_text(
        f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch {trap}"\n\tupdate = !touch {trap}\n'
    )
    head = shop.commit({".gitattributes": "* filter=evil\n", "b.txt": "b\n"})
    trap.unlink(missing_ok=True)
    tree = await sources(tmp_path, {"acme/shop": shop.folder}).open(a_run(), "acme/shop", head)
    assert (tree.tree / "b.txt").read_text() == "b\n"
    assert not trap.exists()


async def test_the_head_of_a_branch_a_tag_and_the_default_is_found(tmp_path: Path, shop: Repository) -> None:
    first = shop.head
    shop.git("tag", "--annotate", "--message", "One", "v1")
    second = shop.commit({"a.txt": "second\n"})
    trees = sources(tmp_path, {"acme/shop": shop.folder})
    heads = {name: await trees.head("acme/shop", name) for name in ("HEAD", "main", "v1")}
    assert [(head.branch, head.commit_sha) for head in heads.values()] == [
        ("main", second),
        ("main", second),
        ("v1", first),
    ]
    with pytest.raises(CommitNotFound):
        await trees.head("acme/shop", "topic")


@pytest.mark.parametrize(
    "repository",
    [
        *("../etc", "a/../b", "/", "-x", "--upload-pack=id", "a//b", "a b", "ext::sh -c id", ".git/x"),
        *("a/b.git", "https://x/y", "git@x:y", "a/b\n", ""),
    ],
)
def test_what_is_no_name_is_refused(tmp_path: Path, repository: str) -> None:
    with pytest.raises(Invalid):
        sources(tmp_path).check(repository)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        *(("ext::sh -c id", True), ("fd::7", True), ("--upload-pack=id", True), ("git://x/y", True)),
        *(("ssh://-oProxyCommand=id/x", True), ("ssh://u:p@x/y", True), ("https:///x", True)),
        *(("/srv/git/x", False), ("file:///srv/git/x", False), ("http://127.0.0.1/x", False)),
        *(("https://localhost/x", False), ("http://[::1]/x", False), ("https://0.0.0.0/x", False)),
        *(("https://[::ffff:127.0.0.1]/x", False), ("https://a.localhost/x", False)),
    ],
)
def test_an_address_that_is_not_allowed_is_refused(tmp_path: Path, url: str, local: bool) -> None:
    with pytest.raises(Invalid, match="has an address that"):
        sources(tmp_path, {"acme/shop": url}, local=local).check("acme/shop")


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://example.org/acme/shop.git", "https://example.org/acme/shop.git"),
        ("https://ann:se%3Acret@example.org:8443/x", "https://example.org:8443/x"),
        ("ssh://git@example.org/x", "ssh://git@example.org/x"),
        ("git@example.org:acme/shop.git", "git@example.org:acme/shop.git"),
    ],
)
def test_credentials_are_no_part_of_an_address(url: str, plain: str) -> None:
    address = Addresses(known={"acme/shop": url}, template="{repository}", allow_local=False).of("acme/shop")
    assert address.url == plain
    assert "cret" not in repr(address)
    assert (address.header is not None) == ("ann" in url)


@pytest.mark.parametrize(
    "branch", ["-x", "a..b", "a b", "a~1", "a^", "a:b", "/a", "a/", "a.lock", "a//b", "@{x"]
)
def test_what_is_no_branch_is_refused(branch: str) -> None:
    with pytest.raises(Invalid):
        checked_branch(branch)


def test_names_of_branches_are_taken() -> None:
    for branch in ("main", "feature/x-1", "v1.2.3", "größe"):
        assert checked_branch(branch) == branch


async def test_a_working_folder_is_used_as_it_is(tmp_path: Path) -> None:
    work = a_repository(tmp_path / "work" / "app", {"a.txt": "committed\n"})
    work.write({"a.txt": "dirty\n"})
    trees, run = sources(tmp_path), a_run()
    head = await trees.head(str(work.folder), "HEAD")
    assert (head.branch, head.commit_sha) == ("main", work.head)
    tree = await trees.open(run, str(work.folder), head.commit_sha)
    assert (tree.tree / "a.txt").read_text() == "dirty\n"
    await trees.remove(run)
    assert (work.folder / "a.txt").exists()
    assert not tree.scratch.exists()


async def test_a_folder_without_git_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    head = await sources(tmp_path).head(str(tmp_path / "work"), "HEAD")
    assert (head.branch, head.commit_sha) == ("", "")


@pytest.mark.parametrize("place", ["", "elsewhere", "work/nothing", "work/../elsewhere", "work/link"])
def test_a_folder_outside_of_the_roots_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Invalid):
        sources(tmp_path).check(f"{tmp_path}/{place}")
