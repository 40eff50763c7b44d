"""Working trees by git: a bare mirror of each repository, and for each run a clone at exactly its commit.

The clone borrows the mirror's objects, so it costs no copy of the history. It is made beside, and counts when
its commit stands in the file `ready`: what a killed worker left half done is made anew.
"""

import asyncio
import os
import re
import shutil
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from taskforce.core.identity import ID_PATTERN, JobId
from taskforce.core.pipelines.errors import CommitNotFound, RepositoryUnreachable
from taskforce.core.pipelines.ports import Head, OpenTree, SourceTree
from taskforce.infrastructure.git.addresses import Address
from taskforce.infrastructure.git.locks import locked
from taskforce.infrastructure.git.names import COMMIT, HEAD, listed, refs_of
from taskforce.infrastructure.git.program import Git, GitEnded
from taskforce.infrastructure.pipelines.addresses import Addresses, checked_branch, refused

_QUICK, _LONG = 30.0, 540.0


class GitCheckouts(SourceTree):
    """Trees under a folder of ours; a working folder must lie in one of the roots."""

    def __init__(self, folder: Path, *, addresses: Addresses, roots: Sequence[Path]) -> None:
        self._runs = folder / "runs"
        self._mirrors = folder / "mirrors"
        self._git = Git(home=folder / "git")
        self._addresses = addresses
        self._roots = tuple(roots)

    def is_folder(self, repository: str) -> bool:
        return repository.startswith("/")

    def check(self, repository: str) -> None:
        if self.is_folder(repository):
            self._folder(repository)
        else:
            self._addresses.of(repository)

    async def head(self, repository: str, branch: str) -> Head:
        if self.is_folder(repository):
            return await self._head_of_folder(self._folder(repository))
        address = self._addresses.of(repository)
        wanted = refs_of(branch if branch == HEAD else checked_branch(branch))
        said = await self._remote(repository, address, "ls-remote", "--symref", "--", address.url, *wanted)
        found = listed(said.text)
        for name in wanted:
            if name in found:
                return Head(branch=_branch_of(said.text, branch), commit_sha=found[name])
        raise CommitNotFound(repository, branch)

    async def open(self, run: JobId, repository: str, commit_sha: str) -> OpenTree:
        own = self._runs / run
        (own / "scratch").mkdir(parents=True, exist_ok=True)
        if self.is_folder(repository):
            return OpenTree(tree=self._folder(repository), scratch=own / "scratch", commit_sha=commit_sha)
        ready = own / "ready"
        if not ready.exists():
            await asyncio.to_thread(_removed, own / "tree")
            full = await self._checked_out(repository, commit_sha, own / "tree")
            ready.write_text(full)
        return OpenTree(tree=own / "tree", scratch=own / "scratch", commit_sha=ready.read_text())

    async def remove(self, run: JobId) -> None:
        await asyncio.to_thread(_removed, self._runs / run)

    async def left(self) -> Sequence[JobId]:
        return await asyncio.to_thread(_runs_in, self._runs)

    # ------------------------------------------------------------ working folders

    def _folder(self, repository: str) -> Path:
        folder = Path(repository).resolve()
        if not any(folder.is_relative_to(root.resolve()) for root in self._roots):
            raise refused("repository", f"{repository} lies outside of the workspace roots")
        if not folder.is_dir():
            raise refused("repository", f"{repository} is no folder")
        return folder

    async def _head_of_folder(self, folder: Path) -> Head:
        commit = await self._git.ask("rev-parse", "--verify", "-q", HEAD, folder=folder, seconds=_QUICK)
        branch = await self._git.ask("symbolic-ref", "--short", "-q", HEAD, folder=folder, seconds=_QUICK)
        return Head(branch=branch.text.strip(), commit_sha=commit.text.strip())

    # ------------------------------------------------------------ mirrors and clones

    async def _checked_out(self, repository: str, commit_sha: str, tree: Path) -> str:
        """Make a tree at a commit and return the commit in full."""
        address = self._addresses.of(repository)
        mirror = self._mirrors / f"{sha256(address.url.encode()).hexdigest()[:32]}.git"
        async with locked(mirror.with_suffix(".lock")):
            await self._begun(mirror)
            full = await self._known(mirror, commit_sha) or await self._fetched(
                repository, address, mirror, commit_sha
            )
        beside = ("clone", "-q", "--shared", "--no-checkout", "--no-tags", "--", str(mirror), str(tree))
        await self._done(*beside, folder=mirror)
        await self._done("checkout", "-q", "--detach", "--force", full, folder=tree)
        await self._done("remote", "set-url", "origin", address.url, folder=tree)
        return full

    async def _begun(self, mirror: Path) -> None:
        if not (mirror / "HEAD").exists():
            os.makedirs(mirror, exist_ok=True)  # noqa: PTH103 - the same in an instant
            await self._done("init", "-q", "--bare", folder=mirror)

    async def _fetched(self, repository: str, address: Address, mirror: Path, commit_sha: str) -> str:
        """Fetch a commit: it alone if the server gives it, else all that has a name."""
        fetch = ("fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        if COMMIT.fullmatch(commit_sha):
            only = await self._asked(address, *fetch, "--", address.url, commit_sha, folder=mirror)
            if only.exit_code == 0 and (full := await self._known(mirror, commit_sha)):
                return full
        named = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        await self._remote(repository, address, *fetch, "--", address.url, *named, folder=mirror)
        full = await self._known(mirror, commit_sha)
        if full is None:
            raise CommitNotFound(repository, commit_sha)
        return full

    async def _known(self, mirror: Path, commit_sha: str) -> str | None:
        """Return a commit in full, if the mirror holds it and no other begins so."""
        wanted = f"{commit_sha}^{{commit}}"
        found = await self._git.ask("rev-parse", "--verify", "-q", wanted, folder=mirror, seconds=_QUICK)
        return found.text.strip() if found.exit_code == 0 else None

    async def _remote(
        self, repository: str, address: Address, *words: str, folder: Path | None = None
    ) -> GitEnded:
        """Ask who serves a repository. Raises RepositoryUnreachable."""
        said = await self._asked(address, *words, folder=folder)
        if said.exit_code != 0:
            told = said.problem or f"git ended with exit code {said.exit_code}"
            raise RepositoryUnreachable(f"{repository} could not be read: {told}. Is its address right?")
        return said

    async def _asked(self, address: Address, *words: str, folder: Path | None = None) -> GitEnded:
        place = folder or self._git.home
        place.mkdir(parents=True, exist_ok=True)
        local = self._addresses.allow_local
        return await self._git.ask(*words, folder=place, seconds=_LONG, address=address, local=local)

    async def _done(self, *words: str, folder: Path) -> None:
        """Have git do something with files of ours."""
        said = await self._git.ask(*words, folder=folder, seconds=_LONG, local=True)
        if said.exit_code != 0:
            raise RepositoryUnreachable(f"git {words[0]} did not succeed: {said.problem}.")


def _runs_in(folder: Path) -> list[JobId]:
    try:
        names = [place.name for place in folder.iterdir()]
    except FileNotFoundError:
        return []
    return [JobId(name) for name in names if re.fullmatch(ID_PATTERN, name)]


def _branch_of(listed: str, asked: str) -> str:
    """Return the branch that was asked for; of HEAD the one that it stands for, where that is told."""
    found = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", listed, re.MULTILINE) if asked == HEAD else None
    return found[1] if found else asked


def _removed(folder: Path) -> None:
    """Remove a folder with all that is in it, also what a step took its own rights to."""

    def opened(do: Callable[[str], object], path: str, _: BaseException) -> None:
        with suppress(FileNotFoundError):
            os.chmod(os.path.dirname(path), stat.S_IRWXU)  # noqa: PTH101, PTH120 - as rmtree gives it
            os.chmod(path, stat.S_IRWXU, follow_symlinks=os.chmod not in os.supports_follow_symlinks)  # noqa: PTH101
            do(path)

    with suppress(FileNotFoundError):
        shutil.rmtree(folder, onerror=lambda do, path, info: opened(do, path, info[1]))
