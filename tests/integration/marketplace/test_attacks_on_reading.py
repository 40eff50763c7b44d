"""Repositories, servers and surroundings that want more than to be read; a canary tells when they get it."""

import shutil
import socket
from pathlib import Path

import pytest

from taskforce.core.errors import NotFound, TaskforceError
from taskforce.core.marketplace.errors import (
    RepositoryRefused,
    SourceUnreachable,
    TreeTooLarge,
)
from taskforce.infrastructure.marketplace.remotes import Remotes
from tests.integration.marketplace.canaries import everything_in, sing, unharmed
from tests.integration.marketplace.trees_of_git import (
    FILE,
    FOLDER,
    LINK,
    PROGRAM,
    SUBMODULE,
    a_bare,
    a_reader,
    contents,
    left_behind,
    tree_at,
)
from tests.integration.network.web import pointing, web

GOOD = b"---\nname: good\n---\n"
SITE = Remotes(allow_local=True, resolve=pointing("127.0.0.1"))


@pytest.mark.usefixtures("canary")
async def test_what_is_no_file_or_no_path_is_left_out_with_a_line_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    bare, reader = a_bare(tmp_path / "bare"), a_reader(tmp_path / "home")
    blob, passwd = bare.blob(GOOD), bare.blob(b"/etc/passwd")
    inside = bare.tree([(FILE, b"x", blob)])
    entries = [
        (FOLDER, b"..", inside), (FILE, b".", blob), (FOLDER, b".git", inside), (FOLDER, b".GIT. ", inside),
        (FOLDER, b"GIT~1", inside), (FILE, b"/etc/x", blob), (FILE, b"C:x", blob), (FILE, b"a\\..\\b", blob),
        (FILE, b"a/../../x", blob), (FILE, b"caf\xe9", blob), (FILE, b"line\nbreak", blob),
        (FILE, b"\xe2\x80\xaegnp", blob), (LINK, b"link", passwd), (LINK, b"skills.md", passwd),
        (SUBMODULE, b"module", "1" * 40), (FILE, b"SKILL.md", blob), (FILE, b"skill.MD", blob),
        (FOLDER, b"Skills", inside), (FILE, b"skills", blob), (FILE, "e\u0301".encode(), blob),
        (FILE, "é".encode(), blob), (PROGRAM, b"run.sh", blob), (FILE, b"same", blob), (FILE, b"same", blob),
        (FILE, b"x" * 256, blob), (FILE, b"a//b", blob),
    ]  # fmt: skip
    bare.commit(bare.tree(sorted(entries, key=lambda entry: entry[1])))
    tree = await tree_at(reader, bare.folder)
    assert [file.path for file in tree.files] == ["SKILL.md", "Skills/x", "e\u0301", "run.sh", "same"]
    left = dict(line.rsplit(": ", 1) for line in tree.left_out)
    absolute, parts = "its path is absolute", "its path has empty parts, . or .."
    own, odd = "its path leads into a folder of git's own", "its path has characters that cannot be printed"
    assert {path: why for path, why in left.items() if not path.startswith("xxx")} == {
        "../x": parts, ".": parts, ".git/x": own, ".GIT. /x": own, "GIT~1/x": own, "/etc/x": absolute,
        "C:x": absolute, "a\\..\\b": "its path has a backslash", "a/../../x": parts, "a//b": parts,
        "caf\\xe9": "its path is not UTF-8", "line\\nbreak": odd, "\\u202egnp": odd,
        "link": "it is a symbolic link, which is not followed",
        "skills.md": "it is a symbolic link, which is not followed",
        "module": "it is a submodule, which is not fetched", "same": "its path is there twice",
        "skill.MD": "its path differs from SKILL.md in case or form alone",
        "skills": "its path differs from Skills/x in case or form alone",
        "é": "its path differs from e\u0301 in case or form alone",
    }  # fmt: skip
    assert len(tree.left_out) == len(entries) - len(tree.files)
    assert set((await contents(reader, bare.folder)).values()) == {GOOD}


@pytest.mark.usefixtures("canary")
async def test_of_many_that_are_left_out_some_have_a_line_and_the_rest_are_counted(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "bare")
    target = bare.blob(b"/etc/passwd")
    bare.commit(bare.tree((LINK, b"l%04d" % n, target) for n in range(1_000)))
    tree = await tree_at(a_reader(tmp_path / "home"), bare.folder)
    assert (tree.files, len(tree.left_out)) == ((), 201)
    assert tree.left_out[-1] == "800 more: it is a symbolic link, which is not followed"


@pytest.mark.usefixtures("canary")
async def test_a_tree_without_end_in_depth_or_name_is_refused_or_left_out(tmp_path: Path) -> None:
    bare, reader = a_bare(tmp_path / "bare"), a_reader(tmp_path / "home")
    within, mode = bare.blob(GOOD), FILE
    for _ in range(100):
        within, mode = bare.tree([(mode, b"d", within)]), FOLDER
    bare.commit(within)
    tree = await tree_at(reader, bare.folder)
    assert (tree.files, len(tree.left_out)) == ((), 1)
    bare.commit(bare.tree([(FILE, b"n" * 1_000_000, bare.blob(GOOD))]))
    with pytest.raises(TreeTooLarge, match="a path of more than 65,536 bytes"):
        await tree_at(reader, bare.folder)


async def test_nothing_of_a_repository_is_run_and_lfs_pointers_stay_what_they_are(
    tmp_path: Path, canary: str
) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12\n" % (b"0" * 64)
    files = {
        ".gitattributes": b"* filter=evil diff=evil merge=evil\n*.bin filter=lfs diff=lfs merge=lfs -text\n",
        ".gitmodules": f'[submodule "x"]\npath = x\nurl = ext::{canary}\nupdate = !{canary}\n'.encode(),
        ".lfsconfig": b"[lfs]\nurl = http://127.0.0.1:1/\n",
        "model.bin": pointer,
        "hooks/post-checkout": f"#!/bin/sh\n{canary}\n".encode(),
    }
    bare = a_bare(tmp_path / "bare", files)
    sing(bare, canary)
    async with unharmed(bare.folder):
        assert await contents(a_reader(tmp_path / "home"), bare.folder) == files


async def test_a_repository_that_lacks_what_it_promises_fetches_it_nowhere(
    tmp_path: Path, canary: str
) -> None:
    bare, reader = a_bare(tmp_path / "bare"), a_reader(tmp_path / "home")
    blob = bare.blob(b"missing")
    bare.commit(bare.tree([(FILE, b"a", blob)]))
    (bare.folder / "objects" / blob[:2] / blob[2:]).unlink()
    sing(bare, canary)
    bare.git("config", "core.repositoryFormatVersion", "1")
    bare.git("config", "extensions.partialClone", "origin")
    bare.git("config", "remote.origin.url", str(tmp_path))
    bare.git("config", "remote.origin.promisor", "true")
    async with unharmed(bare.folder):
        with pytest.raises(TaskforceError):
            await tree_at(reader, bare.folder)
    assert left_behind(tmp_path / "home") == []


@pytest.mark.usefixtures("canary")
async def test_what_replaces_an_object_does_not_count(tmp_path: Path) -> None:
    bare = a_bare(tmp_path / "bare", {"a.md": GOOD})
    bare.git("replace", bare.git("rev-parse", "main:a.md"), bare.blob(b"replaced"))
    (bare.folder / "objects" / "info" / "alternates").write_text(f"{tmp_path}\n")
    assert await contents(a_reader(tmp_path / "home"), bare.folder) == {"a.md": GOOD}


# ------------------------------------------------------------ servers

LIST = "/a/info/refs?service=git-upload-pack"
ADVERTISED = {"Content-Type": "application/x-git-upload-pack-advertisement"}
RESULT = {"Content-Type": "application/x-git-upload-pack-result"}


def lines(*texts: bytes) -> bytes:
    """Packet lines (gitprotocol-common), and the flush that ends them."""
    return b"".join(b"%04x" % (len(text) + 4) + text for text in texts) + b"0000"


HELLO = lines(b"# service=git-upload-pack\n") + lines(
    b"version 2\n", b"agent=git/2\n", b"ls-refs\n", b"fetch=shallow filter\n", b"object-format=sha1\n"
)


@pytest.mark.usefixtures("canary")
@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
async def test_a_redirect_is_not_followed(tmp_path: Path, status: str) -> None:
    async with web() as served:
        elsewhere = served.raw("/b/info/refs?service=git-upload-pack", b"HTTP/1.1 200 OK\r\n\r\n")
        url = served.page(LIST, status=status, headers={"Location": elsewhere})
        with pytest.raises(RepositoryRefused, match="redirects elsewhere"):
            await tree_at(a_reader(tmp_path / "home", remotes=SITE), url.partition("/info")[0])
        assert [asked.split(b" ")[1].decode() for asked in served.asked] == [LIST]


@pytest.mark.usefixtures("canary")
async def test_a_redirect_of_what_is_posted_is_not_followed_either(tmp_path: Path) -> None:
    async with web() as served:
        elsewhere = served.raw("/b/git-upload-pack", b"HTTP/1.1 200 OK\r\n\r\n")
        url = served.page(LIST, HELLO, headers=ADVERTISED)
        served.page("/a/git-upload-pack", status="307 Temporary Redirect", headers={"Location": elsewhere})
        with pytest.raises(RepositoryRefused, match="redirects elsewhere"):
            await tree_at(a_reader(tmp_path / "home", remotes=SITE), url.partition("/info")[0])
        assert b"/b/" not in b"".join(served.asked)


GARBAGE = {
    "a page": (b"<html>\n<p>Hello</p>\n</html>\n", {"Content-Type": "text/html"}, NotFound),
    "nothing": (b"", {}, NotFound),
    "no packet lines": (b"garbage" * 1_000, ADVERTISED, SourceUnreachable),
    "binary": (bytes(range(256)) * 16, ADVERTISED, SourceUnreachable),
    "a packet too long": (b"fffe" + b"x" * 100, ADVERTISED, SourceUnreachable),
    "no refs": (lines(b"# service=git-upload-pack\n") + b"0000", ADVERTISED, TaskforceError),
    "alternates": (b"1" * 40 + b"\trefs/heads/main\n", {"Content-Type": "text/plain"}, TaskforceError),
}


@pytest.mark.usefixtures("canary")
@pytest.mark.parametrize("name", GARBAGE)
async def test_a_server_that_sends_garbage_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    body, headers, error = GARBAGE[name]
    async with web() as served:
        url = served.page(LIST, body, headers=headers)
        for path in ("/a/HEAD", "/a/objects/info/http-alternates", "/a/objects/info/packs"):
            served.page(path, f"http://127.0.0.1:{served.port}/secret\n".encode())
        with pytest.raises(error) as told:
            await tree_at(a_reader(tmp_path / "home", remotes=SITE), url.partition("/info")[0])
        assert b"/secret" not in b"".join(served.asked)
    assert str(told.value).isprintable()
    assert str(tmp_path) not in str(told.value)
    assert left_behind(tmp_path / "home") == []


@pytest.mark.usefixtures("canary")
@pytest.mark.parametrize(
    "answer", [b"garbage", lines(b"packfile\n", b"\x01PACKgarbage"), lines(b"\x03rm -rf /\n"), b""]
)
async def test_a_server_that_sends_no_pack_is_told_in_a_sentence(tmp_path: Path, answer: bytes) -> None:
    async with web() as served:
        url = served.page(LIST, HELLO, headers=ADVERTISED)
        served.page("/a/git-upload-pack", answer, headers=RESULT)
        reader = a_reader(tmp_path / "home", remotes=SITE)
        with pytest.raises(SourceUnreachable) as told:
            await tree_at(reader, url.partition("/info")[0], "1" * 40)
    assert str(told.value).isprintable()
    assert left_behind(tmp_path / "home") == []


@pytest.mark.usefixtures("canary")
async def test_a_server_that_stalls_is_left_in_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        with pytest.raises(SourceUnreachable, match=r"within 1 s|longer than 1 s"):
            await tree_at(a_reader(tmp_path / "home", seconds=1), url)
    assert left_behind(tmp_path / "home") == []


@pytest.mark.usefixtures("canary")
async def test_a_port_where_nobody_is_may_have_somebody_later(tmp_path: Path) -> None:
    async with web() as served:
        port = served.port
    with pytest.raises(SourceUnreachable, match="could not be read"):
        await tree_at(a_reader(tmp_path / "home"), f"http://127.0.0.1:{port}/a")


@pytest.mark.skipif(shutil.which("ssh") is None, reason="ssh is missing: scripts/services.sh")
@pytest.mark.usefixtures("canary")
async def test_a_host_that_ssh_cannot_reach_is_told_without_where_its_name_leads(tmp_path: Path) -> None:
    async with web() as served:
        port = served.port
    with pytest.raises(SourceUnreachable, match="Could not read from remote repository") as told:
        await tree_at(a_reader(tmp_path / "home", remotes=SITE), f"ssh://git@site.test:{port}/a")
    assert "127.0.0.1" not in str(told.value)


async def test_no_word_of_a_caller_reaches_git_as_an_option_or_a_program(tmp_path: Path, canary: str) -> None:
    bare, reader = a_bare(tmp_path / "bare", {"a.md": GOOD}), a_reader(tmp_path / "home")
    word = canary.replace(" ", "${IFS}")
    urls = (f"--upload-pack={word}", f"ext::{canary}", f"ext::{word}", f"ssh://-oProxyCommand={word}/a")
    for url in (*urls, f"git@-oProxyCommand={word}:a", f"file://{tmp_path}/../{word}", f"-u{word}"):
        with pytest.raises(RepositoryRefused):
            await tree_at(reader, url)
    for ref in (
        f"--upload-pack={word}",
        f"-u{word}",
        "main..main",
        "@{-1}",
        "main\n",
        "refs/heads/*:refs/heads/*",
    ):
        with pytest.raises(RepositoryRefused):
            await tree_at(reader, bare.folder, ref)
    for commit in ("--all", "HEAD", "-" * 40):
        with pytest.raises(RepositoryRefused):
            await tree_at(reader, bare.folder, "main", commit)
    odd = a_bare(tmp_path / "o'd;$(touch${IFS}sung)`id`", {"a.md": GOOD})
    assert await contents(reader, odd.folder) == {"a.md": GOOD}
    assert not any(path.endswith("sung") for path in everything_in(tmp_path))
