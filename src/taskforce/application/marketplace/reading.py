"""Reading an entry's files: the same ones that the scan found, or none."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from taskforce.core.marketplace.digest import digest_of, files_by_artifact, within
from taskforce.core.marketplace.errors import EntryChanged, EntryFileNotFound, RefNotFound
from taskforce.core.marketplace.limits import check_artifact
from taskforce.core.marketplace.model import Entry, EntryStatus, Source, TreeFile
from taskforce.core.marketplace.paths import sound_paths
from taskforce.core.marketplace.ports import OpenRepository, OpenTree, RepositoryReader


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFiles:
    """The files of an entry, in an open repository."""

    commit_sha: str
    """The commit that they are read at."""
    by_path: Mapping[str, TreeFile]
    """By their paths in the artifact, sorted; the single file of one is its name."""
    repository: OpenRepository

    async def content(self, path: str) -> bytes:
        """Return the content of one file. Raises EntryFileNotFound, FileTooLarge."""
        file = self.by_path.get(path)
        if file is None:
            raise EntryFileNotFound(path)
        async for _, content in self.repository.read([file]):
            return content
        raise EntryFileNotFound(path)

    async def contents(self) -> AsyncIterator[tuple[str, bytes]]:
        """Give all files by their paths in the artifact, a few MB at a time. Raises FileTooLarge."""
        paths = {file.path: path for path, file in self.by_path.items()}
        async for file, content in self.repository.read(tuple(self.by_path.values())):
            yield paths[file.path], content


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntries:
    """Entries of one source, in its open repository."""

    commit_sha: str
    by_path: Mapping[str, Sequence[TreeFile]]
    """By the entries' paths."""
    repository: OpenRepository

    def files_of(self, entry: Entry) -> EntryFiles:
        """Return the files of one of them. Raises EntryChanged, ArtifactTooLarge."""
        path = entry.found.path
        files = self.by_path[path]
        check_artifact(path, files)
        if digest_of(files, path=path) != entry.digest:
            raise EntryChanged(path)
        return EntryFiles(
            commit_sha=self.commit_sha,
            by_path={within(file.path, path): file for file in sorted(files)},
            repository=self.repository,
        )


class EntryReading:
    """Opens repositories at the content that the catalogue tells of."""

    def __init__(self, repositories: RepositoryReader) -> None:
        self._repositories = repositories

    @asynccontextmanager
    async def open(self, source: Source, entry: Entry) -> AsyncIterator[EntryFiles]:
        """Open an entry's files; leaving removes what was fetched.

        Raises EntryChanged when the repository holds other content than the scan found, ArtifactTooLarge,
        and as `RepositoryReader.open` does.
        """
        is_gone = entry.status is EntryStatus.REMOVED
        commit = entry.commit_sha if is_gone or not source.commit_sha else source.commit_sha
        async with self._opened(source, [entry], commit) as entries:
            yield entries.files_of(entry)

    @asynccontextmanager
    async def open_all(self, source: Source, entries: Sequence[Entry]) -> AsyncIterator[OpenEntries]:
        """Open entries that are in the repository still, fetched once.

        Raises EntryChanged when the commit that was scanned is gone, and as `RepositoryReader.open` does.
        """
        async with self._opened(source, entries, source.commit_sha) as opened:
            yield opened

    @asynccontextmanager
    async def _opened(
        self, source: Source, entries: Sequence[Entry], commit: str
    ) -> AsyncIterator[OpenEntries]:
        async with AsyncExitStack() as stack:
            opening = self._repositories.open(source.repo_url, source.branch, commit_sha=commit)
            try:
                repository = await stack.enter_async_context(opening)
            except RefNotFound as gone:
                if not commit:
                    raise
                raise EntryChanged(source.repo_url) from gone  # it was pushed over, and the commit pruned
            tree = await repository.tree()
            files = await asyncio.to_thread(_files_by_path, entries, tree)
            yield OpenEntries(commit_sha=tree.commit_sha, by_path=files, repository=repository)


def _files_by_path(entries: Sequence[Entry], tree: OpenTree) -> Mapping[str, Sequence[TreeFile]]:
    sound = frozenset(sound_paths([file.path for file in tree.files]).kept)
    return files_by_artifact(
        [entry.found for entry in entries], (file for file in tree.files if file.path in sound)
    )
