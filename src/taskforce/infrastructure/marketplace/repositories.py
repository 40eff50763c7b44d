"""Reading repositories with a real git: a bare one of ours for each, with one commit, thrown away after.

Nothing is checked out, and nothing of what was fetched is run: hooks, filters, submodules and helper programs
are off. Files over the limit are not fetched (`--filter=blob:limit`), so all that is read is there after one
fetch, with its size; `blob:none` would leave the sizes to be asked for, file by file.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from taskforce.core.marketplace.errors import (
    FileTooLarge,
    RefNotFound,
    RepositoryRefused,
    RepositoryTooLarge,
    SourceUnreachable,
    TreeTooLarge,
)
from taskforce.core.marketplace.limits import FILE_SIZE, TREE_FILES, in_mb
from taskforce.core.marketplace.model import TreeFile
from taskforce.core.marketplace.ports import OpenRepository, OpenTree, RepositoryReader, Tell, to_nobody
from taskforce.core.marketplace.tree_paths import shown
from taskforce.infrastructure.git.names import COMMIT, listed, refs_of
from taskforce.infrastructure.git.program import Git, GitEnded, Reading
from taskforce.infrastructure.marketplace.blob_batches import Contents, batches, names
from taskforce.infrastructure.marketplace.complaints import GONE, meaning
from taskforce.infrastructure.marketplace.passing_folders import passing_folder
from taskforce.infrastructure.marketplace.remotes import Remote, Remotes, check_version
from taskforce.infrastructure.marketplace.tree_listing import TreeListing
from taskforce.infrastructure.marketplace.urls import check_commit, check_ref
from taskforce.infrastructure.processes.process import ProcessLimits

_GB = 1024**3
_SHA1 = 40
_CONFIG = {
    "http.followRedirects": "false",
    "protocol.https.allow": "never",
    "protocol.ssh.allow": "never",
    "protocol.version": "2",
    "ssh.variant": "ssh",
    "fetch.unpackLimit": "1",
    "fetch.fsckObjects": "false",
    "fetch.negotiationAlgorithm": "noop",
    "transfer.bundleURI": "false",
    "core.bigFileThreshold": "32m",
    "core.packedGitWindowSize": "32m",
    "core.packedGitLimit": "256m",
    "core.useReplaceRefs": "false",
    "core.multiPackIndex": "false",
    "core.commitGraph": "false",
    "pack.threads": "2",
}
_PLAIN = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
"""Settings of a repository that asks no server for what is missing."""
_SHARE = re.compile(r"(Receiving objects|Resolving deltas): +(\d+)%")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """What one repository may take."""

    seconds: float = 100.0
    """To resolve and to fetch, together; the listing and each reading may take as long again."""
    pack: int = _GB
    """Bytes that may be fetched."""
    memory: int = 3 * _GB // 2
    """Bytes of address space for each git."""
    entries: int = TREE_FILES


class GitRepositories(RepositoryReader):
    """Reads repositories by way of a folder of ours."""

    def __init__(self, folder: Path, *, remotes: Remotes, limits: ReadingLimits | None = None) -> None:
        self._opened = folder / "opened"
        self._remotes = remotes
        self._limits = limits or ReadingLimits()
        most = ProcessLimits(memory=self._limits.memory, file_size=self._limits.pack, processes=64)
        self._git = Git(home=folder / "git", limits=most, config=_CONFIG)

    def check(self, url: str, ref: str) -> None:
        self._remotes.check(url)
        check_ref(ref)

    @asynccontextmanager
    async def open(
        self, url: str, ref: str, *, commit_sha: str = "", tell: Tell = to_nobody
    ) -> AsyncIterator[OpenRepository]:
        self.check(url, ref)
        if commit_sha:
            check_commit(commit_sha)
        async with passing_folder(self._opened) as folder:
            fetching = _Fetching(self._git, folder, self._limits)
            try:
                async with asyncio.timeout(self._limits.seconds):
                    remote = await self._remotes.find(url)
                    commit = await fetching.fetched(remote, ref, commit_sha, tell)
            except TimeoutError as late:
                raise SourceUnreachable(_too_long(url, self._limits.seconds)) from late
            yield GitRepository(self._git, folder, commit, limits=self._limits)


@dataclass(frozen=True, slots=True)
class _Fetching:
    """Has git fetch one commit into a folder."""

    git: Git
    folder: Path
    limits: ReadingLimits

    async def fetched(self, remote: Remote, ref: str, commit_sha: str, tell: Tell) -> str:
        """Return the commit that was fetched: the one that is asked for, else the ref's."""
        check_version((await self._done("version")).text)
        await self._done("init", "-q", "--bare", "--object-format=sha1")
        commit = commit_sha or await self._resolved(remote, ref)
        if len(commit) != _SHA1:
            raise RepositoryRefused(
                "repo_url", f"{remote.url} names its commits by SHA-256, which is not read."
            )
        tell(0.0, "fetching")
        ended = await self._fetch(remote, commit, tell)
        if ended.exit_code != 0:
            raise self._meaning(ended, remote, ref, commit_sha or (commit if commit == ref else ""))
        await asyncio.to_thread((self.folder / "config").write_text, _PLAIN)
        found = await self._asked("rev-parse", "--verify", "-q", f"{commit}^{{commit}}")
        if found.exit_code != 0:
            raise RefNotFound(remote.url, commit_sha or ref)
        tell(1.0, "fetched")
        return found.text.strip()

    async def _resolved(self, remote: Remote, ref: str) -> str:
        if COMMIT.fullmatch(ref):
            return ref
        wanted = refs_of(ref)
        words = ("ls-remote", *remote.upload, "--", remote.url, *wanted)
        ended = await self._asked(*words, remote=remote)
        if ended.exit_code != 0:
            raise meaning(ended, remote.url)
        found = listed(ended.text)
        for name in wanted:
            if name in found:
                return found[name]
        raise RefNotFound(remote.url, ref)

    async def _fetch(self, remote: Remote, commit: str, tell: Tell) -> GitEnded:
        return await self._asked(
            *("fetch", "--progress", "--depth=1", f"--filter=blob:limit={FILE_SIZE + 1}", "--no-tags"),
            *("--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"),
            *(*remote.upload, "--", remote.url, commit),
            remote=remote,
            reading=_Progress(tell),
        )

    def _meaning(self, ended: GitEnded, remote: Remote, ref: str, named: str) -> Exception:
        """Return what it means that a commit did not come; one that nobody named may have been replaced."""
        if _largest(self.folder) >= self.limits.pack:  # git ended when it wrote beyond that
            return RepositoryTooLarge(remote.url, in_mb(self.limits.pack))
        if not GONE.search(ended.complaint):
            return meaning(ended, remote.url)
        if named:
            return RefNotFound(remote.url, named)
        return SourceUnreachable(f"{ref} of {remote.url} was replaced while it was fetched. Try again.")

    async def _asked(
        self, *words: str, remote: Remote | None = None, reading: Reading | None = None
    ) -> GitEnded:
        return await self.git.read(
            *words,
            folder=self.folder,
            seconds=self.limits.seconds,
            reading=reading or Reading(),
            config=None if remote is None else remote.config,
        )

    async def _done(self, *words: str) -> GitEnded:
        ended = await self._asked(*words)
        if ended.exit_code != 0:
            raise SourceUnreachable(f"git {words[0]} did not succeed: {ended.problem}.")
        return ended


class GitRepository(OpenRepository):
    """A commit that was fetched."""

    def __init__(self, git: Git, folder: Path, commit_sha: str, *, limits: ReadingLimits) -> None:
        self._git = git
        self._folder = folder
        self._commit = commit_sha
        self._limits = limits

    async def tree(self) -> OpenTree:
        listing = TreeListing(most=self._limits.entries)
        seconds = self._limits.seconds
        ended = await self._git.read(
            *("ls-tree", "-r", "-l", "-z", "--full-tree", self._commit),
            folder=self._folder,
            seconds=seconds,
            reading=listing,
        )
        if listing.problem:
            raise TreeTooLarge(f"The tree at {self._commit} {listing.problem}.")
        if ended.exit_code != 0:
            raise TreeTooLarge(f"The tree at {self._commit} cannot be listed: {shown(ended.problem)}.")
        return await asyncio.to_thread(listing.tree, self._commit)

    async def read(self, files: Sequence[TreeFile]) -> AsyncIterator[tuple[TreeFile, bytes]]:
        for file in files:
            if file.size > FILE_SIZE:
                raise FileTooLarge(file.path, in_mb(FILE_SIZE))
        for part in batches(files):
            contents = Contents(part)
            await self._git.read(
                *("cat-file", "--batch"),
                folder=self._folder,
                seconds=self._limits.seconds,
                reading=contents,
                stdin=names(part),
            )
            for each in contents.each():
                yield each


class _Progress(Reading):
    """Hears how far git is: nine tenths are what it receives, the rest what it makes of it."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell
        self._last = 0.0

    def hear(self, data: bytes) -> None:
        for doing, percent in _SHARE.findall(data.decode("utf-8", "replace")):
            is_first = doing == "Receiving objects"
            share = min(int(percent), 100) / 100 * (0.9 if is_first else 0.1) + (0.0 if is_first else 0.9)
            if share >= self._last + 0.01:
                self._last = share
                self._tell(share, doing.lower())


def _largest(folder: Path) -> int:
    """Return the bytes of the largest file in a folder."""
    return max((file.stat().st_size for file in folder.rglob("*")), default=0)


def _too_long(url: str, seconds: float) -> str:
    return f"{url} could not be fetched within {seconds:g} s. Try again later, or a smaller repository."
