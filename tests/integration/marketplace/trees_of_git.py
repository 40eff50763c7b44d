"""Bare repositories made by git itself, also with trees that git would never make."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from taskforce.core.marketplace.ports import OpenTree, RepositoryReader
from taskforce.infrastructure.marketplace.remotes import Remotes
from taskforce.infrastructure.marketplace.repositories import GitRepositories, ReadingLimits

FILE, PROGRAM, LINK, SUBMODULE, FOLDER = "100644", "100755", "120000", "160000", "40000"
_WHO = "Ann <ann@example.org> 1767268800 +0000"
_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare repository."""

    folder: Path

    def git(self, *words: str, stdin: bytes = b"") -> str:
        """Run git in it and return what that says."""
        ran = subprocess.run(
            ["git", *words], cwd=self.folder, env=_ENVIRONMENT, check=True, capture_output=True, input=stdin
        )
        return ran.stdout.decode().strip()

    def blob(self, content: bytes) -> str:
        """Store a content and return its name."""
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def tree(self, entries: Iterable[tuple[str, bytes, str]]) -> str:
        """Store a tree of modes, names and objects, whatever they are, and return its name."""
        raw = b"".join(
            mode.encode() + b" " + name + b"\0" + bytes.fromhex(sha) for mode, name, sha in entries
        )
        return self.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)

    def commit(self, tree: str, *, branch: str = "main") -> str:
        """Have a branch stand at a new commit of a tree, without a parent, and return the commit."""
        text = f"tree {tree}\nauthor {_WHO}\ncommitter {_WHO}\n\nChange it\n"
        commit = self.git("hash-object", "-w", "-t", "commit", "--stdin", stdin=text.encode())
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def write(self, files: Mapping[str, bytes], *, branch: str = "main") -> str:
        """Have a branch stand at a new commit of these files alone, and return the commit."""
        lines = [f"commit refs/heads/{branch}\ncommitter {_WHO}\ndata 0\ndeleteall\n".encode()]
        for path, content in files.items():
            lines.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        self.git("fast-import", "--quiet", "--force", stdin=b"".join(lines))
        return self.git("rev-parse", f"refs/heads/{branch}")


def a_bare(folder: Path, files: Mapping[str, bytes] | None = None) -> Bare:
    """A bare repository; its branch is main."""
    folder.mkdir(parents=True)
    bare = Bare(folder)
    bare.git("init", "--quiet", "--bare", "--initial-branch=main")
    if files is not None:
        bare.write(files)
    return bare


def a_reader(folder: Path, *, remotes: Remotes | None = None, **limits: float) -> GitRepositories:
    """A reader that may go to this machine."""
    return GitRepositories(
        folder,
        remotes=remotes or Remotes(allow_local=True),
        limits=ReadingLimits(**limits),  # type: ignore[arg-type] # int or float
    )


async def tree_at(reader: RepositoryReader, url: str | Path, ref: str = "main", commit: str = "") -> OpenTree:
    """The tree of a repository."""
    async with reader.open(str(url), ref, commit_sha=commit) as opened:
        return await opened.tree()


async def contents(reader: RepositoryReader, url: str | Path, ref: str = "main") -> dict[str, bytes]:
    """All files of a repository that are taken."""
    async with reader.open(str(url), ref) as opened:
        return {file.path: content async for file, content in opened.read((await opened.tree()).files)}


def left_behind(folder: Path) -> list[str]:
    """What a reader left in its folder, but for what it always has."""
    ours = {"git", "opened", "opened/making"}
    return [
        str(found) for path in folder.rglob("*") if (found := path.relative_to(folder)).as_posix() not in ours
    ]
