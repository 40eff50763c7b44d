import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce.core.marketplace.errors import (
    FileTooLarge,
    RefNotFound,
    RepositoryNotFound,
    RepositoryRefused,
    RepositoryTooLarge,
    SourceUnreachable,
    TreeTooLarge,
)
from taskforce.core.marketplace.model import TreeFile
from taskforce.infrastructure.marketplace.remotes import Remotes
from tests.integration.marketplace.trees_of_git import (
    FILE,
    FOLDER,
    Bare,
    a_bare,
    a_reader,
    contents,
    left_behind,
    tree_at,
)
from tests.integration.network.web import pointing
from tests.services.git_server import PASSWORD, USER, GitServer, git_server

FILES = {"skills/a/SKILL.md": b"---\nname: a\n---\n", "skills/a/run.sh": b"echo\n", "README.md": b""}
MANY = 20_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def sample(served: Path) -> Bare:
    """Two branches, a tag, an annotated one, and one on a tree."""
    bare = a_bare(served / "sample.git", FILES)
    bare.git("tag", "v1", "main")
    bare.git("-c", "user.name=A", "-c", "user.email=a@b", "tag", "-a", "-m", "two", "v2", "main")
    bare.git("tag", "tree", "main^{tree}")
    bare.write({"other.md": b"other"}, branch="feature/one")
    return bare


@pytest.fixture(scope="module")
def open_server(served: Path) -> Iterator[GitServer]:
    with git_server(served, is_open=True) as server:
        yield server


@pytest.fixture(scope="module")
def closed_server(served: Path) -> Iterator[GitServer]:
    with git_server(served) as server:
        yield server


async def test_a_file_and_a_server_give_the_same_tree_and_contents(
    sample: Bare, open_server: GitServer, tmp_path: Path
) -> None:
    reader = a_reader(tmp_path)
    urls = (str(sample.folder), f"file://{sample.folder}", open_server.open_url("sample.git"))
    trees = [await tree_at(reader, url) for url in urls]
    assert trees[0] == trees[1] == trees[2]
    assert [file.path for file in trees[0].files] == sorted(FILES)
    assert [file.size for file in trees[0].files] == [len(FILES[path]) for path in sorted(FILES)]
    assert trees[0].commit_sha == sample.git("rev-parse", "main")
    assert [await contents(reader, url) for url in urls] == [FILES] * 3
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("ref", "means"),
    [("main", "main"), ("feature/one", "feature/one"), ("v1", "main"), ("v2", "main"), ("HEAD", "main")],
)
async def test_a_ref_is_the_commit_it_names(sample: Bare, tmp_path: Path, ref: str, means: str) -> None:
    tree = await tree_at(a_reader(tmp_path), sample.folder, ref)
    assert tree.commit_sha == sample.git("rev-parse", f"refs/heads/{means}")


async def test_a_commit_may_stand_for_a_ref_and_is_preferred_to_it(sample: Bare, tmp_path: Path) -> None:
    reader, commit = a_reader(tmp_path), sample.git("rev-parse", "feature/one")
    assert (await tree_at(reader, sample.folder, commit)).commit_sha == commit
    assert (await tree_at(reader, sample.folder, "main", commit)).commit_sha == commit


@pytest.mark.parametrize(
    ("ref", "commit"), [("nothing", ""), ("0" * 40, ""), ("main", "1" * 40), ("tree", ""), ("v1", "2" * 40)]
)
async def test_what_is_no_commit_there_is_not_found(
    sample: Bare, open_server: GitServer, tmp_path: Path, ref: str, commit: str
) -> None:
    for url in (sample.folder, open_server.open_url("sample.git")):
        with pytest.raises(RefNotFound, match=commit or ref):
            await tree_at(a_reader(tmp_path), url, ref, commit)
    assert left_behind(tmp_path) == []


async def test_a_branch_that_was_pushed_by_force_is_what_it_is_now(tmp_path: Path) -> None:
    bare, reader = a_bare(tmp_path / "bare", FILES), a_reader(tmp_path / "home")
    before = await tree_at(reader, bare.folder)
    bare.write({"skills/b/SKILL.md": FILES["skills/a/SKILL.md"]})
    after = await tree_at(reader, bare.folder)
    assert [file.path for file in after.files] == ["skills/b/SKILL.md"]
    assert after.files[0].blob_sha in {file.blob_sha for file in before.files}  # it was renamed
    assert (await tree_at(reader, bare.folder, "main", before.commit_sha)) == before


async def test_an_empty_repository_has_no_branch_and_an_empty_tree_no_files(tmp_path: Path) -> None:
    bare, reader = a_bare(tmp_path / "bare"), a_reader(tmp_path / "home")
    with pytest.raises(RefNotFound, match="main"):
        await tree_at(reader, bare.folder)
    bare.commit(bare.tree(()))
    assert (await tree_at(reader, bare.folder)).files == ()


async def test_a_server_that_asks_for_credentials_is_given_the_operators_and_shows_them_nowhere(
    sample: Bare, closed_server: GitServer, tmp_path: Path
) -> None:
    host, said = f"127.0.0.1:{closed_server.port}", f"{USER}:p%40ss%2Fword"
    url = closed_server.open_url("sample.git")
    for name in (host, "127.0.0.1"):
        remotes = Remotes(allow_local=True, credentials={name: said})
        assert await contents(a_reader(tmp_path, remotes=remotes), url) == FILES
        assert PASSWORD not in f"{remotes}{await remotes.find(url)}"
        assert "p%40ss" not in repr(remotes)
    others: tuple[dict[str, str], ...] = ({}, {host: "deployer:wrong"}, {"127.0.0.2": said})
    for credentials in others:
        remotes = Remotes(allow_local=True, credentials=credentials)
        with pytest.raises(RepositoryNotFound, match="MARKETPLACE_CREDENTIALS") as told:
            await tree_at(a_reader(tmp_path, remotes=remotes), url)
        assert "wrong" not in str(told.value)
    assert sample.folder.exists()


async def test_a_host_is_resolved_once_and_git_goes_where_that_led(
    sample: Bare, open_server: GitServer, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def resolve(name: str, _: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    reader = a_reader(tmp_path, remotes=Remotes(allow_local=True, resolve=resolve))
    url = f"http://git.no-such-name.test:{open_server.port}/sample.git"
    assert (await tree_at(reader, url)).commit_sha == sample.git("rev-parse", "main")
    assert asked == ["git.no-such-name.test"]


async def test_progress_is_told_from_beginning_to_end(sample: Bare, tmp_path: Path) -> None:
    told: list[float] = []
    async with a_reader(tmp_path).open(
        str(sample.folder), "main", tell=lambda share, doing: told.append(share) if doing else None
    ):
        pass
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.0, 1.0)
    assert len(told) > len((0.0, 1.0))


# ------------------------------------------------------------ what is large


@pytest.fixture(scope="module")
def large(served: Path) -> Bare:
    """20,000 files in folders of ten, and beside them one of 11 MB, one of 10 MB, and small ones."""
    files = {f"skills/s{n // 10}/f{n}.md": b"%d\n" % n for n in range(MANY)}
    return a_bare(
        served / "large.git", files | {"over.bin": bytes(11 * 1024**2), "at.bin": bytes(10 * 1024**2)}
    )


async def test_20_000_files_are_listed_and_read_and_one_over_the_limit_is_neither(
    large: Bare, open_server: GitServer, tmp_path: Path
) -> None:
    reader = a_reader(tmp_path)
    async with reader.open(str(large.folder), "main") as opened:
        tree = await opened.tree()
        assert len(tree.files) == MANY + 1
        assert tree.left_out == ("over.bin: it is larger than 10 MB",)
        count = 0
        async for file, content in opened.read(tree.files):
            assert len(content) == file.size
            count += 1
        assert count == MANY + 1
    assert await tree_at(reader, open_server.open_url("large.git")) == tree


async def test_a_file_over_the_limit_is_not_read_even_when_it_is_asked_for(
    large: Bare, tmp_path: Path
) -> None:
    sha = large.git("rev-parse", "main:over.bin")
    async with a_reader(tmp_path).open(str(large.folder), "main") as opened:
        with pytest.raises(FileTooLarge, match=r"over\.bin is larger than 10 MB"):
            await anext(aiter(opened.read([TreeFile(path="over.bin", blob_sha=sha, size=11 * 1024**2)])))
        for size in (1, 3):
            with pytest.raises(SourceUnreachable, match=r"over\.bin is not in what was fetched"):
                await anext(aiter(opened.read([TreeFile(path="over.bin", blob_sha=sha, size=size)])))


async def test_a_tree_of_too_many_entries_is_refused(large: Bare, tmp_path: Path) -> None:
    with pytest.raises(TreeTooLarge, match="more than 15,000 entries"):
        await tree_at(a_reader(tmp_path, entries=15_000), large.folder)


async def test_a_tree_that_multiplies_itself_is_refused(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "bare")
    within, mode = bare.blob(b"boom"), FILE
    for _ in range(10):  # 10 ** 10 files
        within, mode = bare.tree([(mode, b"%d" % n, within) for n in range(10)]), FOLDER
    bare.commit(within)
    with pytest.raises(TreeTooLarge, match="more than 100,000 entries"):
        await tree_at(a_reader(tmp_path / "home"), bare.folder)
    assert left_behind(tmp_path / "home") == []


async def test_a_repository_that_holds_too_much_is_refused(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "bare", {f"{n}.bin": os.urandom(1024**2) for n in range(3)})
    with pytest.raises(RepositoryTooLarge, match="more than the 2 MB"):
        await tree_at(a_reader(tmp_path / "home", pack=2 * 1024**2), bare.folder)
    assert left_behind(tmp_path / "home") == []


# ------------------------------------------------------------ what goes wrong


async def test_what_is_not_there_is_told(open_server: GitServer, tmp_path: Path) -> None:
    reader = a_reader(tmp_path / "home")
    (tmp_path / "empty").mkdir()
    for url in (tmp_path / "nothing", tmp_path / "empty", open_server.open_url("nothing.git")):
        with pytest.raises(RepositoryNotFound):
            await tree_at(reader, url)


async def test_a_name_without_an_address_may_have_one_later(tmp_path: Path) -> None:
    reader = a_reader(tmp_path, remotes=Remotes(resolve=pointing()))
    with pytest.raises(SourceUnreachable, match=r"site\.test has no address"):
        await tree_at(reader, "https://site.test/a")


async def test_a_repository_of_sha_256_is_refused(tmp_path: Path) -> None:
    bare = Bare(tmp_path)
    bare.git("init", "-q", "--bare", "--object-format=sha256", "--initial-branch=main")
    bare.git("fast-import", "--quiet", stdin=b"commit refs/heads/main\ncommitter A <a@b> 0 +0000\ndata 0\n")
    with pytest.raises(RepositoryRefused, match="SHA-256"):
        await tree_at(a_reader(tmp_path / "home"), bare.folder)


async def test_leaving_by_an_error_or_a_cancellation_removes_everything(sample: Bare, tmp_path: Path) -> None:
    reader = a_reader(tmp_path)

    async def hold(opened: asyncio.Event) -> None:
        async with reader.open(str(sample.folder), "main"):
            opened.set()
            await asyncio.Event().wait()

    event = asyncio.Event()
    holding = asyncio.create_task(hold(event))
    await event.wait()
    assert left_behind(tmp_path) != []
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert left_behind(tmp_path) == []


_DYING = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.integration.marketplace.trees_of_git import a_reader

async def main():
    async with a_reader(Path(sys.argv[1])).open(sys.argv[2], "main"):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_open_stays(
    sample: Bare, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", _DYING, str(tmp_path), str(sample.folder)]
    died = await asyncio.to_thread(subprocess.run, words, check=False)
    assert died.returncode == -signal.SIGKILL
    assert left_behind(tmp_path) != []
    reader = a_reader(tmp_path)
    async with reader.open(str(sample.folder), "main") as first:
        async with reader.open(str(sample.folder), "main"):
            pass
        assert len((await first.tree()).files) == len(FILES)
    assert left_behind(tmp_path) == []
